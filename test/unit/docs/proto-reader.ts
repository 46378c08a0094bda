/** Reads what the API reference needs of this project's .proto files: services, messages and enums with their comments. */
import assert from 'node:assert/strict';

export interface ProtoFile {
  readonly path: string;
  readonly package: string;
  /** Lines of comments, without their slashes. */
  readonly comment: readonly string[];
  readonly services: readonly Service[];
  readonly messages: readonly Message[];
  readonly enums: readonly Enum[];
}

export interface Service {
  readonly name: string;
  readonly methods: readonly Method[];
}

export interface Method {
  readonly name: string;
  readonly comment: readonly string[];
  readonly request: string;
  readonly reply: string;
  readonly requestStream: boolean;
  readonly replyStream: boolean;
}

/** Inner messages and enums have names such as "Outer.Inner". */
export interface Message {
  readonly name: string;
  readonly comment: readonly string[];
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly label: '' | 'repeated' | 'optional';
  /** Of which one at most is set; "" = none. */
  readonly oneof: string;
  readonly comment: readonly string[];
}

export interface Enum {
  readonly name: string;
  readonly comment: readonly string[];
  readonly values: readonly { readonly name: string; readonly number: number; readonly comment: readonly string[] }[];
}

const METHOD = /^rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\)(;| \{\}$)/;
const FIELD = /^(?:(repeated|optional) )?([\w.]+|map<[\w., ]+>) (\w+) = (\d+);/;
const VALUE = /^([A-Z][A-Z0-9_]*) = (\d+);/;

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The blocks that are open around a line, outermost first. */
type Block =
  | { readonly kind: 'service'; readonly of: Writable<Service> }
  | { readonly kind: 'message'; readonly of: Writable<Message> }
  | { readonly kind: 'enum'; readonly of: Writable<Enum> }
  | { readonly kind: 'oneof'; readonly of: Writable<Message>; readonly name: string };

/** The formatting is that of this project: a thing per line, comments in lines of their own above it. */
export function readProto(path: string, text: string): ProtoFile {
  const lines = text.split('\n').map((line) => line.trim());
  const head = lines.findIndex((line) => !line.startsWith('//'));
  const file = {
    path,
    package: /^package ([\w.]+);/m.exec(text)?.[1] ?? '',
    comment: lines.slice(0, head).map(withoutSlashes),
    services: [] as Service[],
    messages: [] as Message[],
    enums: [] as Enum[],
  };
  const open: Block[] = [];
  let comment: string[] = [];
  for (const line of lines.slice(head)) {
    if (line.startsWith('//')) comment.push(withoutSlashes(line));
    else {
      if (!/^(syntax|package|import|reserved)\b/.test(line) && line !== '') read(file, open, line, comment);
      comment = [];
    }
  }
  assert.equal(open.length, 0, `${path} ends inside of a block`);
  return file;
}

interface Found {
  readonly path: string;
  readonly services: Service[];
  readonly messages: Message[];
  readonly enums: Enum[];
}

function read(file: Found, open: Block[], line: string, comment: string[]): void {
  const inside = open.at(-1);
  const [, keyword, word = ''] = /^(service|message|enum|oneof) (\w+) \{(?:\})?$/.exec(line) ?? [];
  if (line === '}') open.pop();
  else if (keyword !== undefined) {
    const block = begin(file, inside, { keyword, word, comment });
    if (!line.endsWith('}')) open.push(block);
  } else {
    assert(inside !== undefined && readInside(inside, line, comment), `${file.path}: cannot read "${line}"`);
  }
}

function begin(
  file: Found,
  inside: Block | undefined,
  { keyword, word, comment }: { keyword: string; word: string; comment: string[] },
): Block {
  if (keyword === 'oneof') {
    assert(inside?.kind === 'message', `${file.path}: oneof ${word} outside of a message`);
    return { kind: 'oneof', of: inside.of, name: word };
  }
  const name = inside?.kind === 'message' ? `${inside.of.name}.${word}` : word;
  if (keyword === 'service') {
    const of: Writable<Service> = { name, methods: [] };
    file.services.push(of);
    return { kind: 'service', of };
  }
  if (keyword === 'enum') {
    const of: Writable<Enum> = { name, comment, values: [] };
    file.enums.push(of);
    return { kind: 'enum', of };
  }
  const of: Writable<Message> = { name, comment, fields: [] };
  file.messages.push(of);
  return { kind: 'message', of };
}

function readInside(block: Block, line: string, comment: string[]): boolean {
  if (block.kind === 'service') {
    const [, name, requestStream, request, replyStream, reply] = METHOD.exec(line) ?? [];
    if (name === undefined || request === undefined || reply === undefined) return false;
    const streams = { requestStream: requestStream !== undefined, replyStream: replyStream !== undefined };
    block.of.methods.push({ name, comment, request, reply, ...streams });
    return true;
  }
  if (block.kind === 'enum') {
    const [, name, number] = VALUE.exec(line) ?? [];
    if (name === undefined) return false;
    block.of.values.push({ name, number: Number(number), comment });
    return true;
  }
  const [, label = '', type, name, number] = FIELD.exec(line) ?? [];
  if (type === undefined || name === undefined) return false;
  const oneof = block.kind === 'oneof' ? block.name : '';
  block.of.fields.push({ name, number: Number(number), type, label: label as Field['label'], oneof, comment });
  return true;
}

function withoutSlashes(line: string): string {
  return line.replace(/^\/\/ ?/, '');
}

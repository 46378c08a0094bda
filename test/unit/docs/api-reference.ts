/** docs/api.md, made from the .proto files. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../../../src/domain/errors.ts';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import { STATUS_OF } from '../../../src/transport/status.ts';
import { readProto } from './proto-reader.ts';
import type { Enum, Field, Message, Method, ProtoFile, Service } from './proto-reader.ts';

const ROOT = join(import.meta.dirname, '../../..');
export const DOCUMENT = join(ROOT, 'docs/api.md');

/** In the order in which one reads them; sluice/control is between our own processes. */
const FILES = ['sluice/v1/predict.proto', 'sluice/v1/*.proto', 'sluice/admin/v1/*.proto', 'inference/*.proto'];

/** Fields that mean the same wherever they stand, where they have no comment of their own. */
const EVERYWHERE: readonly (readonly [name: RegExp, meaning: string])[] = [
  [/^model$/, "The model's name."],
  [/^version$/, "The version's name."],
  [/^reason$/, 'Why, in words; kept with the change.'],
  [/^idempotency_key$/, 'The same call with the same key is done once; see [Changes](#changes).'],
  [/^page_token$/, '`next_page_token` of the page before; "" = the first page.'],
  [/^next_page_token$/, '"" on the last page.'],
  [
    /^expected_generation$/,
    'The generation that the caller has seen; 0 = whatever it is. ABORTED where it is another.',
  ],
  [/^expected_epoch$/, 'The epoch that the caller has seen; 0 = whatever it is. ABORTED where it is another.'],
  [/^wait_ms$/, 'How long to wait until every connected serve process has put it in force; at most 600,000.'],
  [/^(id|seq)$/, 'Its number.'],
  [/^at$/, 'When it happened.'],
  [/^(actor|\w+_by)$/, 'Who did it.'],
  [/^created_at$/, 'When it was created.'],
  [/^started_at$/, 'When it began.'],
  [/^ended_at$/, 'When it ended; absent while it goes on.'],
  [/^valid_from$/, 'When the change was acknowledged.'],
  [/^arm$/, "The arm's name."],
  [/^digest$/, "Of the version's files, sha256 in hex."],
  [/^instance$/, 'The serve process, such as `host/127.0.0.1:50051#1`.'],
  [/^ok$/, 'Of those, answered well.'],
  [/^(\w+_)?p50(_ms)?$/, 'The median.'],
  [/^(\w+_)?p95(_ms)?$/, '95 % are no more than it.'],
  [/^(\w+_)?p99(_ms)?$/, '99 % are no more than it.'],
];

/** What a caller does about a status. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  invalid_argument: 'The request is wrong whatever the state of the server. Do not send it again.',
  not_found: 'There is no such model, version, alias, rollout, …',
  unavailable: 'It is there but cannot answer now. Send it again, after a pause.',
  resource_exhausted: 'A limit was reached. Send it again after `grpc-retry-pushback-ms`, or send less.',
  deadline_exceeded: 'The answer would have come, or came, too late.',
  cancelled: 'The caller gave up.',
  already_exists: 'The name is taken.',
  failed_precondition: 'The state of things does not allow it; the message says what has to come first.',
  aborted: 'Somebody else changed it meanwhile. Read it and decide again.',
  unauthenticated: 'Nobody knows who calls: a token or certificate is missing, unknown or revoked.',
  permission_denied: 'Whoever calls may not do this.',
  data_loss: 'Stored bytes are gone or are not what they were.',
  unimplemented: 'The server does not do this; the message says what to do instead.',
  internal: 'A fault of the server or the model; the log has the cause.',
};

export function readProtos(): ProtoFile[] {
  const paths = FILES.flatMap((pattern) => globSync(pattern, { cwd: join(ROOT, 'proto') }).sort());
  return [...new Set(paths)].map((path) => readProto(path, readFileSync(join(ROOT, 'proto', path), 'utf8')));
}

/** What a field's own comment says, else what its name says everywhere; '' where neither does. */
export function meaningOf({ name, comment }: Field): string {
  if (comment.length > 0) return comment.join(' ');
  return EVERYWHERE.find(([pattern]) => pattern.test(name))?.[1] ?? '';
}

export function apiReference(files: readonly ProtoFile[]): string {
  const names = new Set(files.flatMap((file) => [...file.messages, ...file.enums].map(({ name }) => full(file, name))));
  const served = files.filter(({ services }) => services.length > 0);
  return [
    '<!-- prettier-ignore-start -->',
    '# API reference',
    'Made from the comments of [proto](../proto) by `npm run gen:api`: change them there. `sluice/control` is between the',
    "processes of one server and is nobody else's.\n",
    ...served.flatMap((file) => file.services.map((service) => contentsOf(file, service))),
    ...introduction(),
    ...served.flatMap((file) => file.services.map((service) => serviceText(file, service))),
    ...files.flatMap((file) => messagesText(file, names)),
    '<!-- prettier-ignore-end -->',
    '',
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function introduction(): string[] {
  return [
    '\n## Ports\n',
    '`sluice.v1`, `inference` and `grpc.health.v1` are on `--predict-address`, `sluice.admin.v1` and `grpc.health.v1` on',
    '`--admin-address`. Both answer reflection, unless `--reflection=false`.\n',
    '## Changes\n',
    'A change that is acknowledged is on disk, and an event of the audit log. Changes take an `idempotency_key`: a repeated',
    "call with the same key, within 24 hours, gets the first one's reply and changes nothing; the same key with another",
    'request is INVALID_ARGUMENT.\n',
    '## Errors\n',
    'The message says what happened, with values, and what to do.\n',
    '| Status | Number | What it says |',
    '| - | -: | - |',
    ...ERROR_CODES.map((code) => `| ${code.toUpperCase()} | ${STATUS_OF[code]} | ${ADVICE[code]} |`),
  ];
}

function contentsOf(file: ProtoFile, { name, methods }: Service): string {
  const links = methods.map((method) => `[${method.name}](#${anchor(`${name}/${method.name}`)})`);
  return `- [${full(file, name)}](#${anchor(full(file, name))}): ${links.join(', ')}`;
}

function serviceText(file: ProtoFile, { name, methods }: Service): string {
  return [
    `\n## ${full(file, name)}\n`,
    ...paragraphs(file.comment),
    ...methods.map((m) => methodText(file, name, m)),
  ].join('\n');
}

function methodText(file: ProtoFile, service: string, method: Method): string {
  const side = (stream: boolean, name: string): string =>
    `${stream ? 'stream of ' : ''}[${name}](#${anchor(full(file, name))})`;
  const { request, reply, requestStream, replyStream } = method;
  return [
    `\n### ${service}/${method.name}\n`,
    `${side(requestStream, request)} → ${side(replyStream, reply)}\n`,
    ...paragraphs(method.comment),
  ].join('\n');
}

/** Comments as Markdown: errors as a list, what is indented after an empty line as code. */
function paragraphs(comment: readonly string[]): string[] {
  const blocks = comment.join('\n').split(/\n\n/);
  return blocks
    .filter((block) => block !== '')
    .flatMap((block) => {
      if (/^ {2}/.test(block)) return ['```sh', ...block.split('\n').map((line) => line.slice(2)), '```', ''];
      const parts = block.replaceAll(/\n */g, ' ').split(/(?<=^|[.…] )(?=[A-Z]+(?:_[A-Z]+)*: )/);
      const isError = (part: string): boolean => /^[A-Z]+(_[A-Z]+)*: /.test(part);
      const text = parts.filter((part) => !isError(part)).map((part) => part.trim());
      const errors = parts.filter(isError).map((part) => `- ${part.trim()}`);
      return [...text, ...(text.length > 0 && errors.length > 0 ? [''] : []), ...errors, ''];
    });
}

function messagesText(file: ProtoFile, names: ReadonlySet<string>): string[] {
  return [
    `\n## Messages of ${file.path}\n`,
    ...file.messages.map((message) => messageText(file, message, names)),
    ...file.enums.map((found) => enumText(file, found)),
  ];
}

function messageText(file: ProtoFile, message: Message, names: ReadonlySet<string>): string {
  const fields = message.fields.map((field) => {
    const choice = field.oneof === '' ? '' : `One of \`${field.oneof}\`. `;
    const cells = [`\`${field.name}\``, typeText(file, message, field, names), String(field.number)];
    return row([...cells, `${choice}${meaningOf(field)}`]);
  });
  const table =
    fields.length === 0 ? ['No fields.'] : ['| Field | Type | No. | Meaning |', '| - | - | -: | - |', ...fields];
  return [`### ${full(file, message.name)}\n`, ...paragraphs(message.comment), ...table, ''].join('\n');
}

function enumText(file: ProtoFile, { name, comment, values }: Enum): string {
  const rows = values.map((value) => row([`\`${value.name}\``, String(value.number), value.comment.join(' ')]));
  return [
    `### ${full(file, name)}\n`,
    ...paragraphs(comment),
    '| Value | No. | Meaning |',
    '| - | -: | - |',
    ...rows,
    '',
  ].join('\n');
}

/** A type with a link to where it stands, if that is here. */
function typeText(file: ProtoFile, message: Message, { label, type }: Field, names: ReadonlySet<string>): string {
  const linked = type.replaceAll(/[\w.]+/g, (word) => {
    const found = [full(file, `${message.name}.${word}`), full(file, word)].find((name) => names.has(name));
    return found === undefined ? word : `[${word}](#${anchor(found)})`;
  });
  return label === '' ? linked : `${label} ${linked}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function full(file: ProtoFile, name: string): string {
  return `${file.package}.${name}`;
}

/** The anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

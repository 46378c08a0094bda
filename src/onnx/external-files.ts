/** The files beside a model that its tensors lie in: which, how much of each, and that none is outside of the model. */
import { ServerError } from '../domain/errors.ts';
import type { Range } from './wire-reader.ts';
import type { TensorFacts } from './tensor-reader.ts';

export interface ExternalFile {
  /** Relative to the model file's folder, with '/' between its parts. */
  readonly path: string;
  /** Bytes that the file must have at least. */
  readonly size: number;
  /** Of its tensors. */
  readonly bytes: number;
  /** One of them, for messages. */
  readonly tensor: string;
}

/** What is where the file should be. */
export type FoundFile =
  { readonly kind: 'file'; readonly size: number } | { readonly kind: 'missing' | 'outside' | 'no file' };

interface Entries {
  readonly tensor: string;
  /** By `start end`: tensors may have the same values, to the byte. */
  readonly ranges: Map<string, Range>;
  bytes: number;
}

/** A version has no more files. */
const MAX_EXTERNAL_FILES = 1000;
const WHOLE = /^\d{1,15}$/;
/** `prepacked…`: weights in the form of one machine. */
const KEYS: ReadonlySet<string> = new Set(['location', 'offset', 'length', 'checksum']);
/**
 * What no exporter writes: parts of Windows' paths, control characters, what is no Unicode. The runtime takes locations
 * with '*' for addresses of memory.
 */
const STRANGE = /[\x00-\x1f\x7f\\:*?"<>|\ufffd]/;

export class ExternalFiles {
  readonly #files = new Map<string, Entries>();

  /** Throws where what the tensor says of its place cannot be. */
  add({ name, external }: TensorFacts): void {
    if (external === undefined) return;
    const { entries, bytes } = external;
    const path = pathOf(name, entries.get('location') ?? '');
    const strange = [...entries.keys()].find((key) => !KEYS.has(key));
    if (strange !== undefined) throw refused(name, `${shown(strange)} beside its place in another file`);
    const start = numberOf(name, 'offset', entries.get('offset') ?? '0');
    const length = numberOf(name, 'length', entries.get('length') ?? String(bytes));
    if (length !== bytes) throw refused(name, `${length} bytes in another file where its shape asks for ${bytes}`);
    const file = this.#fileAt(path, name);
    const end = start + bytes;
    file.ranges.set(`${start} ${end}`, { start, end });
    file.bytes += bytes;
  }

  #fileAt(path: string, tensor: string): Entries {
    const former = this.#files.get(path);
    if (former !== undefined) return former;
    if (this.#files.size === MAX_EXTERNAL_FILES) {
      const message = `the model's tensors lie in more than ${MAX_EXTERNAL_FILES} files; pack them into fewer`;
      throw new ServerError('invalid_argument', message);
    }
    const file = { tensor, ranges: new Map<string, Range>(), bytes: 0 };
    this.#files.set(path, file);
    return file;
  }

  /** Throws where tensors lie in parts of each other. */
  list(): readonly ExternalFile[] {
    return [...this.#files].map(([path, { tensor, ranges, bytes }]) => {
      return { path, size: sizeOf(path, [...ranges.values()]), bytes, tensor };
    });
  }
}

/** Throws where the file is not there, or is shorter than its tensors need. */
export function checkExternalFile({ path, size, tensor }: ExternalFile, found: FoundFile): void {
  if (found.kind === 'file' && found.size >= size) return;
  throw new ServerError('invalid_argument', `tensor "${tensor}" lies in "${path}", ${problemOf(found, size)}`);
}

function problemOf(found: FoundFile, size: number): string {
  switch (found.kind) {
    case 'file':
      return `of which it needs ${size} bytes and ${found.size} are there; add the whole file`;
    case 'missing':
      return 'which is not there; add the whole file';
    case 'outside':
      return "which is a link that leaves the model's folder; put the file itself there";
    case 'no file':
      return 'which is no regular file; put one there';
  }
}

/** Where the last one ends. */
function sizeOf(path: string, ranges: readonly Range[]): number {
  let end = 0;
  for (const range of ranges.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (range.start < end && range.end > range.start) {
      const message = `tensors of the model lie in parts of each other in "${path}", around byte ${range.start}; export it again`;
      throw new ServerError('invalid_argument', message);
    }
    end = Math.max(end, range.end);
  }
  return end;
}

function pathOf(tensor: string, location: string): string {
  const parts = location.split('/').filter((part) => part !== '.');
  const isInside = parts.every((part) => part !== '' && part !== '..') && !STRANGE.test(location);
  if (isInside && parts.length > 0) return parts.join('/');
  const message = `tensor "${tensor}" lies in ${shown(location)}, which is not inside the model; put the file beside it`;
  throw new ServerError('invalid_argument', message);
}

function numberOf(tensor: string, key: string, text: string): number {
  if (WHOLE.test(text)) return Number(text);
  throw refused(tensor, `${shown(text)} as ${key} in another file`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function refused(tensor: string, what: string): ServerError {
  return new ServerError('invalid_argument', `tensor "${tensor}" has ${what}; export it again`);
}

/** The files beside a model that its tensors lie in: which, how much of each, and that none is outside of the model. */
import { ServerError } from '../domain/errors.ts';
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

/** A version has no more files. */
const MAX_EXTERNAL_FILES = 1000;
const WHOLE = /^\d{1,15}$/;

export class ExternalFiles {
  readonly #files = new Map<string, ExternalFile>();

  /** Throws where what the tensor says of its place cannot be. */
  add({ name, external }: TensorFacts): void {
    if (external === undefined) return;
    const path = pathOf(name, external.get('location') ?? '');
    const offset = numberOf(name, 'offset', external.get('offset') ?? '0');
    const length = numberOf(name, 'length', external.get('length') ?? '0');
    const former = this.#files.get(path);
    this.#files.set(path, {
      path,
      size: Math.max(offset + length, former?.size ?? 0),
      bytes: length + (former?.bytes ?? 0),
      tensor: former?.tensor ?? name,
    });
    if (this.#files.size > MAX_EXTERNAL_FILES) {
      const message = `the model's tensors lie in more than ${MAX_EXTERNAL_FILES} files; pack them into fewer`;
      throw new ServerError('invalid_argument', message);
    }
  }

  list(): readonly ExternalFile[] {
    return [...this.#files.values()];
  }
}

/** Throws where the file is not there, or is shorter than its tensors need. */
export function checkExternalFile({ path, size, tensor }: ExternalFile, realSize: number | undefined): void {
  if (realSize !== undefined && realSize >= size) return;
  const what =
    realSize === undefined ? 'which is not there' : `of which it needs ${size} bytes and ${realSize} are there`;
  throw new ServerError('invalid_argument', `tensor "${tensor}" lies in "${path}", ${what}; add the whole file`);
}

function pathOf(tensor: string, location: string): string {
  const parts = location.split('/').filter((part) => part !== '.');
  const isInside = parts.every((part) => part !== '' && part !== '..') && !/[\\\0]/.test(location);
  if (isInside && parts.length > 0) return parts.join('/');
  const shown = JSON.stringify(location.slice(0, 100));
  const message = `tensor "${tensor}" lies in ${shown}, which is not inside the model; put the file beside it`;
  throw new ServerError('invalid_argument', message);
}

function numberOf(tensor: string, key: string, text: string): number {
  if (WHOLE.test(text)) return Number(text);
  const message = `tensor "${tensor}" has ${JSON.stringify(text.slice(0, 100))} as ${key} in another file; export it again`;
  throw new ServerError('invalid_argument', message);
}

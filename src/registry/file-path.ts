/** The paths that a version's files may have: relative, inside the version's folder, and writable on any system. */
import { ServerError } from '../domain/errors.ts';

/** Of one version. */
export const MAX_FILES = 1000;
/** Parts of a path. */
export const MAX_DEPTH = 4;
const MAX_PATH_CHARACTERS = 512;
/** What the file systems in use allow. */
const MAX_PART_BYTES = 255;

/** Throws an `invalid_argument` that says what is wrong with the path. */
export function checkFilePath(path: string): void {
  const reason = whyNot(path);
  if (reason === undefined) return;
  const shown = JSON.stringify(path.length > 100 ? `${path.slice(0, 100)}…` : path);
  throw new ServerError('invalid_argument', `file path ${shown} ${reason}`);
}

function whyNot(path: string): string | undefined {
  if (path === '') return 'is empty; give one such as "model.onnx"';
  if (path.length > MAX_PATH_CHARACTERS) {
    return `has ${path.length} characters, and ${MAX_PATH_CHARACTERS} are the most; shorten it`;
  }
  if (path.includes('\0') || path.includes('\\')) return 'has a NUL or a backslash; separate its parts with "/"';
  if (!path.isWellFormed()) return 'is no well-formed text; give it in Unicode';
  const parts = path.split('/');
  if (parts.includes('') || parts.includes('.')) return 'has an empty part; give it relative, as "weights/part1.bin"';
  if (parts.some((part) => part.startsWith('..'))) return 'has a part that begins with ".."; keep inside the version';
  if (parts.some((part) => Buffer.byteLength(part) > MAX_PART_BYTES)) {
    return `has a part of more than ${MAX_PART_BYTES} bytes; shorten it`;
  }
  return parts.length > MAX_DEPTH ? `has ${parts.length} parts, and ${MAX_DEPTH} are the most` : undefined;
}

/** The paths of one version: each checked when it is added, and together no more than may be. */
export class FilePaths {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  add(path: string): void {
    checkFilePath(path);
    if (this.#files.has(path)) {
      throw new ServerError('invalid_argument', `file "${path}" comes twice; send each file once, all of it in a row`);
    }
    const parts = path.split('/');
    const folders = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
    if (this.#folders.has(path) || folders.some((folder) => this.#files.has(folder))) {
      throw new ServerError('invalid_argument', `"${path}" would be a file and a folder at once; rename one of them`);
    }
    this.#files.add(path);
    for (const folder of folders) this.#folders.add(folder);
    if (this.#files.size > MAX_FILES || this.#folders.size >= MAX_FILES) {
      const message = `a version may have ${MAX_FILES} files and fewer folders; pack them into fewer`;
      throw new ServerError('resource_exhausted', message);
    }
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }
}

/** The files of a version in the body of one PUT, one after the other, with their sizes in the query. */
import { ServerError } from '../domain/errors.ts';
import type { UploadPiece } from './admin-calls.ts';

interface DeclaredFile {
  readonly path: string;
  readonly size: number;
}

const MAX_FILES = 1000;
/** RegisterVersion takes pieces of 4 MiB at most. */
const MAX_PIECE_BYTES = 2 ** 20;

/** `text`: [["model.onnx", 533], …]. */
export function parseFiles(text: string | null): readonly DeclaredFile[] {
  const list = parseList(text ?? '');
  if (list === undefined || list.length === 0 || list.length > MAX_FILES) {
    throw bad(`give 1 to ${MAX_FILES} files as files=[["model.onnx", bytes], …]`);
  }
  return list.map((item: unknown) => {
    const [path, size] = listOf(item);
    if (typeof path !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw bad('a file is ["path", bytes]');
    }
    return { path, size };
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Throws where the body has more or fewer bytes than were declared. */
export async function* piecesOf(
  files: readonly DeclaredFile[],
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<UploadPiece, void> {
  const rest = [...files];
  let current = rest.shift();
  let left = current?.size ?? 0;
  /** An empty file is a piece of its own. */
  const emptyOnes = function* (): Generator<UploadPiece, void> {
    while (current !== undefined && left === 0) {
      if (current.size === 0) yield { path: current.path, data: new Uint8Array(0) };
      current = rest.shift();
      left = current?.size ?? 0;
    }
  };
  yield* emptyOnes();
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length;) {
      if (current === undefined) throw bad('the body has more bytes than its files; declare the size of each');
      const data = chunk.subarray(at, at + Math.min(left, MAX_PIECE_BYTES));
      yield { path: current.path, data };
      at += data.length;
      left -= data.length;
      yield* emptyOnes();
    }
  }
  if (current !== undefined) {
    throw bad(`the body ended ${left} bytes before the end of "${current.path}"; send it again`);
  }
}

function bad(message: string): ServerError {
  return new ServerError('invalid_argument', message);
}

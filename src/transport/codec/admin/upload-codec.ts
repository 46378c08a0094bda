/** The stream of RegisterVersion, taken apart: what is said about the version first, then the pieces of its files. */
import type { NewVersionInput } from '../../../admin/register-version-check.ts';
import type { FilePiece } from '../../../admin/upload.ts';
import { ServerError } from '../../../domain/errors.ts';
import type { RegisterVersionRequest__Output as Message } from '../../gen/sluice/admin/v1/RegisterVersionRequest.ts';
import type { OrderFields } from './order.ts';
import { parseMetadata } from './metadata-codec.ts';

export interface Upload {
  readonly input: NewVersionInput;
  readonly order: OrderFields;
  /** Ends where the caller's stream does; throws where that breaks off. */
  readonly files: AsyncIterable<FilePiece>;
}

/** Waits for the first message. */
export async function parseUpload(messages: AsyncIterable<Message>): Promise<Upload> {
  const iterator = messages[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw bad('the stream ended before its first message, which says what the version is');
  const { version } = first.value;
  if (version === null || version === undefined) throw bad('the first message has no version; send it first');
  const { model, metadata, path, warm, reason, idempotencyKey } = version;
  return {
    input: { model, version: version.version, metadata: parseMetadata(metadata), path, warm },
    order: { reason, idempotencyKey },
    files: piecesOf(iterator),
  };
}

async function* piecesOf(iterator: AsyncIterator<Message>): AsyncGenerator<FilePiece, void> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    const { file } = next.value;
    if (file === null || file === undefined) throw bad('a message after the first has no file; send its pieces');
    yield file;
  }
}

function bad(message: string): ServerError {
  return new ServerError('invalid_argument', message);
}

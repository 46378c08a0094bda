/** What a server of the lean transport has answered on one stream. */
import { HpackDecoder } from '../../src/transport/h2/hpack/decoder.ts';
import { END_STREAM, type Frame, type RawH2, TYPE } from './raw-h2.ts';

export interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  /** The same as the headers where nothing else came. */
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The code of RST_STREAM; undefined where none came. */
  readonly reset: number | undefined;
}

const PREFIX_BYTES = 5;

/** Once the stream has ended. */
export async function answerOn(raw: RawH2, stream: number): Promise<Answer> {
  await raw.next((frame) => frame.stream === stream && ends(frame));
  const frames = raw.frames.filter((frame) => frame.stream === stream);
  const blocks = frames.filter(({ type }) => type === TYPE.headers).map(({ payload }) => fieldsOf(payload));
  const reset = frames.find(({ type }) => type === TYPE.rstStream);
  return {
    headers: blocks[0] ?? {},
    trailers: blocks.at(-1) ?? {},
    body: Buffer.concat(frames.filter(({ type }) => type === TYPE.data).map(({ payload }) => payload)),
    reset: reset?.payload.readUInt32BE(),
  };
}

/** `grpc-status` and the words that go with it. */
export async function statusOn(raw: RawH2, stream: number): Promise<string> {
  const { trailers, reset } = await answerOn(raw, stream);
  if (trailers['grpc-status'] === undefined) return `reset with ${String(reset)}`;
  return `${trailers['grpc-status']} ${decodeURIComponent(trailers['grpc-message'] ?? '')}`.trimEnd();
}

/** The messages of a body; what is left of one that is cut is not among them. */
export function messagesOf(body: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; body.length - at >= PREFIX_BYTES;) {
    const end = at + PREFIX_BYTES + body.readUInt32BE(at + 1);
    if (end <= body.length) messages.push(body.toString('latin1', at + PREFIX_BYTES, end));
    at = end;
  }
  return messages;
}

function ends({ type, flags }: Frame): boolean {
  return type === TYPE.rstStream || ((type === TYPE.headers || type === TYPE.data) && (flags & END_STREAM) !== 0);
}

/** The server keeps no table, so each block stands for itself. */
function fieldsOf(block: Buffer): Record<string, string> {
  const decoder = new HpackDecoder({ maxTableBytes: 4096, maxListBytes: 65_536, maxFields: 100 });
  return Object.fromEntries(decoder.decode(block).fields.map(({ name, value }) => [name, value]));
}

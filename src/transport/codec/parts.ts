/** Messages as bytes: what the hot methods take and give, whichever transport carries them. */
import type { Call } from '../call.ts';

/** One message's bytes, in order. The large ones are views of what the model gave; nobody writes to them. */
export type Parts = readonly Uint8Array[];

/** Answers one message, or throws; bytes that are no protobuf are a ServerError like any other refusal. */
export type BytesHandler = (message: Uint8Array, call: Call) => Promise<Parts>;

/** Answers the messages of a stream one by one; a failure is a reply too, so that it does not end the stream. */
export interface BytesStreamHandler {
  readonly answer: BytesHandler;
  /** Finds the request's id in bytes that may be broken; `message` is undefined where they could not be had. */
  readonly refuse: (message: Uint8Array | undefined, status: { code: number; message: string }) => Parts;
}

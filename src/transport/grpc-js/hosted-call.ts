/** A call of the lean transport as grpc-js's handlers know calls: a Duplex with metadata and `cancelled`. */
import { Duplex } from 'node:stream';
import { Metadata } from '@grpc/grpc-js';
import type { MetadataFields } from '../h2/metadata.ts';
import type { Status, StreamCall } from '../h2/route.ts';
import { STATUS_OF, STATUS_OK } from '../status.ts';

export interface HostedCodec {
  readonly serialize: (reply: unknown) => Uint8Array;
  readonly deserialize: (bytes: Buffer) => unknown;
}

/** What gRPC calls UNKNOWN: an error without a code. */
const UNKNOWN = 2;

export class HostedCall extends Duplex {
  /** The message of a method that takes one. */
  request: unknown;
  cancelled = false;
  readonly metadata = new Metadata();
  readonly certificateNames: readonly string[];
  readonly #call: StreamCall;
  readonly #codec: HostedCodec;
  /** Tells the writer that its reply was taken. */
  #taken: (() => void) | undefined;

  constructor(call: StreamCall, codec: HostedCodec) {
    super({ objectMode: true, emitClose: false });
    this.#call = call;
    this.certificateNames = call.peer.certificateNames;
    this.#codec = codec;
    for (const [name, value] of call.metadata.fields()) addTo(this.metadata, name, value);
    // Handlers end a stream with a status by emitting it as an error.
    this.on('error', (error: unknown) => {
      this.#call.end(statusOf(error));
    });
  }

  /** As grpc-js has it: an instant of the system's clock. */
  getDeadline(): Date | number {
    const { deadline } = this.#call;
    return deadline === Infinity ? Infinity : new Date(Date.now() + deadline - performance.now());
  }

  /** The next message for whoever reads them. */
  takeMessage(bytes: Uint8Array): void {
    if (!this.push(this.decode(bytes))) this.#call.pause();
  }

  decode(bytes: Uint8Array): unknown {
    return this.#codec.deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** The caller has sent its last message. */
  takeEnd(): void {
    this.push(null);
  }

  drained(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  /** The caller has gone, or its deadline has passed. */
  gone(): void {
    this.cancelled = true;
    this.emit('cancelled', 'cancelled');
    this.destroy();
    this.#call.end({ code: STATUS_OF.cancelled });
  }

  /** Ends a call that has one reply, as grpc-js's callback does. */
  readonly respond = (error: unknown, reply?: unknown): void => {
    if (error !== null && error !== undefined) {
      this.#call.end(statusOf(error));
      return;
    }
    this.#call.send([this.#codec.serialize(reply)]);
    this.#call.end({ code: STATUS_OK });
  };

  override _read(): void {
    this.#call.resume();
  }

  override _write(reply: unknown, _encoding: BufferEncoding, taken: () => void): void {
    if (this.#call.send([this.#codec.serialize(reply)])) taken();
    else this.#taken = taken;
  }

  override _final(done: () => void): void {
    this.#call.end({ code: STATUS_OK });
    done();
  }
}

/** Names that are good in HTTP and not in gRPC are left out. */
function addTo(metadata: Metadata, name: string, value: string | Uint8Array): void {
  try {
    metadata.add(name, typeof value === 'string' ? value : Buffer.from(value));
  } catch {
    // It cannot be asked for either.
  }
}

function statusOf(error: unknown): Status {
  if (typeof error !== 'object' || error === null) return { code: UNKNOWN, message: String(error) };
  const code = 'code' in error && typeof error.code === 'number' ? error.code : UNKNOWN;
  const message = 'details' in error && typeof error.details === 'string' ? error.details : '';
  const metadata = 'metadata' in error && error.metadata instanceof Metadata ? error.metadata : undefined;
  return metadata === undefined ? { code, message } : { code, message, trailing: fieldsOf(metadata) };
}

function fieldsOf(metadata: Metadata): MetadataFields {
  return Object.entries(metadata.toJSON()).flatMap(([name, values]) =>
    values.map((value): MetadataFields[number] => [name, value]),
  );
}

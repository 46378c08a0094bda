/** A connection of its own for calls by the thousand: no second tries, and failures as gRPC has them. */
import { Client } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, Metadata, ServiceError } from '@grpc/grpc-js';

/** What a call needs to know of a method. */
export interface Method<Request, Reply> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Reply;
}

export interface CallLineOptions {
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly channel: ChannelOptions;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
}

export class CallLine {
  readonly #options: CallLineOptions;
  readonly #client: Client;

  constructor(options: CallLineOptions) {
    this.#options = options;
    // Else channels to one address share their connection.
    const channel = { ...options.channel, 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Client(options.address, options.credentials, channel);
  }

  call<Request, Reply>(
    { path, requestSerialize, responseDeserialize }: Method<Request, Reply>,
    request: Request,
    onAnswer: (error: ServiceError | null, reply?: Reply) => void,
  ): void {
    const { metadata, timeoutMs } = this.#options;
    const deadline = Date.now() + timeoutMs;
    this.#client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      { deadline },
      onAnswer,
    );
  }

  /** What is unanswered is cancelled. */
  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

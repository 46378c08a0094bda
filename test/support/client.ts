/** Clients of both services over grpc-js, as a Node user would write them. */
import { join } from 'node:path';
import {
  type ChannelCredentials,
  type ClientDuplexStream,
  Client,
  credentials,
  type ServiceError,
  type CallOptions,
  Metadata,
} from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader';
import { REPOSITORY } from './sluice.ts';

const schema: PackageDefinition = loadSync(
  ['sluice/v1/predict.proto', 'sluice/v1/outcomes.proto', 'inference/grpc_service.proto'],
  {
    includeDirs: [join(REPOSITORY, 'proto')],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

export interface TensorMessage {
  readonly name: string;
  readonly datatype?: string;
  readonly shape?: readonly number[];
  readonly raw?: Uint8Array;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly int64s?: readonly number[];
  readonly strings?: readonly string[];
}

export interface PredictMessage {
  readonly model: string;
  readonly version?: string;
  readonly requestId?: string;
  readonly routingKey?: string;
  readonly inputs: readonly TensorMessage[];
}

export interface PredictReplyMessage {
  readonly model: string;
  readonly version: string;
  readonly requestId: string;
  readonly outputs: readonly Required<TensorMessage>[];
  /** 0, '', '' without a registry. */
  readonly epoch: number;
  readonly arm: string;
  readonly predictionId: string;
  readonly failedOverFrom: string;
  readonly timings: { readonly queueMs: number; readonly computeMs: number; readonly batchRows: number };
}

export class SluiceClient {
  readonly #client: Client;

  constructor(
    address: string,
    options: Readonly<Record<string, number | string>> = {},
    identity: ChannelCredentials = credentials.createInsecure(),
  ) {
    this.#client = new Client(address, identity, {
      'grpc.use_local_subchannel_pool': 1,
      ...options,
    });
  }

  predict(
    request: PredictMessage,
    options: CallOptions = {},
    metadata = new Metadata(),
    cancelAfterMs?: number,
  ): Promise<PredictReplyMessage> {
    return this.call(
      'sluice.v1.PredictService',
      'Predict',
      request,
      options,
      metadata,
      cancelAfterMs,
    ) as Promise<PredictReplyMessage>;
  }

  /** Any unary method of either service; rejects with the ServiceError. */
  call(
    service: string,
    method: string,
    request: object,
    options: CallOptions = {},
    metadata = new Metadata(),
    cancelAfterMs?: number,
  ): Promise<unknown> {
    const definition = methodOf(service, method);
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, reply: unknown): void => {
        if (error === null) resolve(reply);
        else reject(error);
      };
      const call = this.#client.makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        request,
        metadata,
        options,
        done,
      );
      if (cancelAfterMs !== undefined) {
        setTimeout(() => {
          call.cancel();
        }, cancelAfterMs);
      }
    });
  }

  stream(service: string, method: string): ClientDuplexStream<object, object> {
    const definition = methodOf(service, method);
    return this.#client.makeBidiStreamRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      new Metadata(),
    );
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function methodOf(service: string, method: string): MethodDefinition<object, object> {
  const definition = schema[service];
  if (definition === undefined || 'format' in definition) throw new Error(`no service ${service}`);
  const found = definition[method];
  if (found === undefined) throw new Error(`no method ${service}/${method}`);
  return found;
}

/** The iris classifier's input. */
export function iris(...rows: readonly (readonly number[])[]): TensorMessage {
  return { name: 'X', datatype: 'FP32', shape: [rows.length, 4], floats: rows.flat() };
}

/** A client of the Admin services, by the protos as any client would read them. */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { CallOptions, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { join } from 'node:path';
import { REPOSITORY } from './sluice.ts';

const FILES = ['registry', 'traffic', 'rollouts', 'experiments', 'shadows', 'drift', 'monitor', 'audit'].map(
  (name) => `sluice/admin/v1/${name}.proto`,
);
const schema = loadSync(FILES, {
  includeDirs: [join(REPOSITORY, 'proto')],
  defaults: true,
  enums: String,
  longs: Number,
  oneofs: true,
});

const DEADLINE_MS = 30_000;

export interface VersionMessage {
  readonly model: string;
  readonly version: string;
  readonly digest: string;
  readonly state: string;
  readonly reason: string;
  readonly stage: string;
  readonly weight: number;
  readonly instances: readonly { readonly instance: string; readonly state: string; readonly reason: string }[];
}

export interface ArmMessage {
  readonly version: string;
  readonly weight: number;
  readonly arm?: string;
}

export interface EpochMessage {
  readonly model: string;
  readonly epoch: number;
  readonly policy: { readonly arms: readonly ArmMessage[]; readonly salt: string };
  readonly digests: Readonly<Record<string, string>>;
  readonly cause: string;
  readonly validFrom: { readonly seconds: number; readonly nanos: number } | null;
  readonly validTo: { readonly seconds: number; readonly nanos: number } | null;
}

export interface TrafficMessage {
  readonly epoch: EpochMessage;
  readonly applied: boolean;
  readonly instances: readonly { readonly instance: string; readonly epoch: number; readonly reason: string }[];
}

export type Service = 'Registry' | 'Traffic' | 'Rollouts' | 'Experiments' | 'Shadows' | 'Drift' | 'Monitor' | 'Audit';

export class AdminClient {
  readonly #client: Client;
  readonly #actor: string;

  constructor(address: string, actor = 'tester') {
    this.#actor = actor;
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 200,
    });
  }

  /** Any unary method; rejects with the ServiceError. */
  call<Reply>(service: Service, method: string, request: object, options: CallOptions = {}): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, reply?: object): void => {
        if (error === null) resolve(reply as Reply);
        else reject(error);
      };
      const deadline = Date.now() + DEADLINE_MS;
      const full = { deadline, ...options };
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, this.#metadata(), full, done);
    });
  }

  watch(service: Service, method: string, request: object): ClientReadableStream<object> {
    const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
    return this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, this.#metadata());
  }

  /** Uploads one version from the bytes of its files. */
  register(
    version: {
      readonly model: string;
      readonly version: string;
      readonly idempotencyKey?: string;
      readonly warm?: boolean;
    },
    files: Readonly<Record<string, Uint8Array>>,
  ): Promise<{ version: VersionMessage; created: boolean }> {
    const { path, requestSerialize, responseDeserialize } = methodOf('Registry', 'RegisterVersion');
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + DEADLINE_MS };
      const stream = this.#client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        this.#metadata(),
        options,
        (error: ServiceError | null, reply?: object) => {
          if (error === null) resolve(reply as { version: VersionMessage; created: boolean });
          else reject(error);
        },
      );
      stream.on('error', () => undefined);
      stream.write({ version });
      for (const [name, data] of Object.entries(files)) {
        for (let at = 0; at < data.length || at === 0; at += 2 ** 18) {
          stream.write({ file: { path: name, data: data.subarray(at, at + 2 ** 18) } });
        }
      }
      stream.end();
    });
  }

  /** Waits until the version is qualified; rejects with the reason where it is rejected. */
  async qualified(model: string, version: string): Promise<VersionMessage> {
    const stream = this.watch('Registry', 'WatchVersion', { model, version, untilSettled: true });
    let last: VersionMessage | undefined;
    for await (const message of stream) last = message as VersionMessage;
    if (last?.state !== 'QUALIFIED') {
      throw new Error(`${model} ${version} is ${last?.state ?? ''}: ${last?.reason ?? ''}`);
    }
    return last;
  }

  setTraffic(model: string, arms: readonly ArmMessage[], more: object = {}): Promise<TrafficMessage> {
    return this.call('Traffic', 'SetTraffic', { model, policy: { arms }, ...more });
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set('x-sluice-actor', this.#actor);
    return metadata;
  }
}

function methodOf(service: Service, method: string): MethodDefinition<object, object> {
  const definition = schema[`sluice.admin.v1.${service}`] as ServiceDefinition;
  const found = definition[method];
  if (found === undefined) throw new Error(`no method ${service}/${method}`);
  return found;
}

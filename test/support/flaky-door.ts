/** A door with TLS before a real server: it lets bytes through, and fails the first unary call of each method. */
import { Client, credentials, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  MethodDefinition,
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { selfSigned } from './certificate.ts';

export interface SeenCall {
  readonly method: string;
  readonly authorization: string;
  readonly failed: boolean;
}

type Method = MethodDefinition<Buffer, Buffer>;

const METHODS = [
  ['sluice.v1.PredictService', 'Predict', false],
  ['sluice.v1.PredictService', 'PredictStream', true],
  ['sluice.v1.OutcomeService', 'ReportOutcomes', false],
] as const;

export class FlakyDoor {
  readonly address: string;
  /** A file with the certificate to trust. */
  readonly authority: string;
  readonly #seen: SeenCall[];
  readonly #server: Server;
  readonly #client: Client;

  private constructor(parts: { port: number; authority: string; seen: SeenCall[]; server: Server; client: Client }) {
    this.address = `localhost:${String(parts.port)}`;
    this.authority = parts.authority;
    this.#seen = parts.seen;
    this.#server = parts.server;
    this.#client = parts.client;
  }

  static async open(upstream: string): Promise<FlakyDoor> {
    const { key, cert, certFile } = await selfSigned();
    const client = new Client(upstream, credentials.createInsecure());
    const seen: SeenCall[] = [];
    const server = new Server();
    for (const [service, name, stream] of METHODS) {
      const method = passing(`/${service}/${name}`, stream);
      const handlers: UntypedServiceImplementation = { [name]: handlerOf(client, seen, { name, method }) };
      const definition: ServiceDefinition = { [name]: method };
      server.addService(definition, handlers);
    }
    const tls = ServerCredentials.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }]);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', tls, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    return new FlakyDoor({ port, authority: certFile, seen, server, client });
  }

  /** The calls since the last `forget`. */
  get seen(): readonly SeenCall[] {
    return this.#seen;
  }

  /** From now on the first call of each method fails again. */
  forget(): void {
    this.#seen.length = 0;
  }

  async close(): Promise<void> {
    this.#client.close();
    this.#server.forceShutdown();
  }
}

function passing(path: string, stream: boolean): Method {
  const same = (bytes: Buffer): Buffer => bytes;
  const bytes = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  return { path, requestStream: stream, responseStream: stream, ...bytes };
}

function handlerOf(
  client: Client,
  seen: SeenCall[],
  { name, method }: { name: string; method: Method },
): UntypedServiceImplementation[string] {
  const { path, requestSerialize, responseDeserialize } = method;
  const note = (call: Pick<ServerUnaryCall<Buffer, Buffer>, 'metadata'>, failed: boolean): void => {
    seen.push({ method: name, authorization: String(call.metadata.get('authorization')[0] ?? ''), failed });
  };
  if (method.requestStream) {
    return ((call: ServerDuplexStream<Buffer, Buffer>) => {
      note(call, false);
      const through = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      call.on('data', (request: Buffer) => through.write(request));
      call.on('end', () => through.end());
      through.on('data', (reply: Buffer) => call.write(reply));
      through.on('end', () => call.end());
    }) as UntypedServiceImplementation[string];
  }
  return ((call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
    const failed = !seen.some((earlier) => earlier.method === name);
    note(call, failed);
    if (failed) {
      done({ code: status.UNAVAILABLE, details: 'try again' });
    } else {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, call.request, (error, reply) =>
        done(error, reply),
      );
    }
  }) as UntypedServiceImplementation[string];
}

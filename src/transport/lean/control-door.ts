/** Where serve processes meet the admin process: sluice.control.v1 on a Unix socket or an address. */
import { formatAddress, parseAddress } from '../../config/address.ts';
import type { ControlHub } from '../../control/hub-port.ts';
import { ServerError } from '../../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../../domain/experiment.ts';
import { formatReceipt, parseKept } from '../codec/outcome-codec.ts';
import type { BlobChunk } from '../gen/sluice/control/v1/BlobChunk.ts';
import type { FetchBlobRequest__Output as FetchBlobRequest } from '../gen/sluice/control/v1/FetchBlobRequest.ts';
import { loadControlSchema, tolerantly } from '../grpc-js/codec.ts';
import { whyNotListening } from '../grpc-js/listen.ts';
import { addServerStream, addUnary, nameOf } from '../grpc-js/methods.ts';
import { Places } from '../grpc-js/places.ts';
import type { TlsMaterial, TlsOptions } from '../h2/listener.ts';
import type { StreamRoute } from '../h2/route.ts';
import type { DoorHooks } from '../hooks.ts';
import type { ServerStreamHandler } from '../long-call.ts';
import { ControlStream } from './control-stream.ts';
import { LeanServer } from './lean-server.ts';
import { listenOnSocket } from './listen-on-socket.ts';

export interface ControlDoorOptions {
  /** `unix:PATH`, or `host:port` where port 0 = any free one. */
  readonly address: string;
  readonly hub: ControlHub;
  /** The file with this digest, in pieces of any size; throws where it is not there or is damaged. */
  readonly readBlob: (sha256: string) => AsyncIterable<Uint8Array>;
  /** Resolves once they are stored. */
  readonly keepOutcomes: (outcomes: readonly ReportedOutcome[]) => Promise<OutcomeReceipt>;
  readonly hooks: DoorHooks;
  /** For addresses of TCP; undefined = connections are in the clear. */
  readonly tls?: TlsOptions | undefined;
  /** Each serve process has one, and one more for each file that it fetches. Further ones are hung up on. */
  readonly maxConnections?: number;
  /** Changes that may wait for one receiver; more, and it has to start anew. */
  readonly maxWaitingBytes?: number;
}

const MAX_CONNECTIONS = 4096;
const MAX_FETCHES = 256;
const MAX_WAITING_BYTES = 64 * 2 ** 20;
/** Pieces of files. */
const CHUNK_BYTES = 2 ** 20;
const SHA256 = /^[0-9a-f]{64}$/;

/** Reports hold the totals of up to tens of thousands of series. */
const LIMITS = { maxMessageBytes: 256 * 2 ** 20, maxConcurrentStreams: 1000 };

export class ControlDoor {
  /** As it was given, with the port that the system chose. */
  readonly address: string;
  readonly #server: LeanServer;

  private constructor(address: string, server: LeanServer) {
    this.address = address;
    this.#server = server;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: ControlDoorOptions): Promise<ControlDoor> {
    const { hub, hooks, readBlob, keepOutcomes, maxWaitingBytes = MAX_WAITING_BYTES } = options;
    const server = new LeanServer();
    const { hosted, openStreams } = server;
    const { Sync, FetchBlob, KeepOutcomes } = loadControlSchema().sluice.control.v1.ControlPlane.service;
    const codec = { decode: tolerantly(Sync), encode: Sync.responseSerialize };
    const sync = { method: nameOf(Sync.path), ...codec, hub, hooks, openStreams, maxWaitingBytes };
    const route: StreamRoute = {
      kind: 'stream',
      open: (call) => {
        call.listener = new ControlStream(call, sync);
      },
    };
    hosted.routes.set(Sync.path, route);
    const registrar = { server: hosted, hooks, openStreams, guard: undefined };
    addServerStream(
      registrar,
      FetchBlob,
      { places: new Places(MAX_FETCHES, 'files'), leaves: false },
      sendBlob(readBlob),
    );
    addUnary(registrar, KeepOutcomes, async ({ outcomes }) =>
      formatReceipt(await keepOutcomes(outcomes.map(parseKept))),
    );
    return new ControlDoor(await listen(server, options), server);
  }

  /** Connections from now on are met with these. Throws on bad ones, and changes nothing. */
  setTls(material: TlsMaterial): void {
    this.#server.setTls(material);
  }

  /** Asks every serve process to go, and cuts who is still there after `graceMs`. True when nobody was cut. */
  async drain(graceMs: number): Promise<boolean> {
    return await this.#server.drain(graceMs);
  }

  /** Cuts what is still open. */
  close(): void {
    this.#server.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Resolves with the address, as it was given, with the port that the system chose. */
async function listen(server: LeanServer, options: ControlDoorOptions): Promise<string> {
  const { address, tls, hooks, maxConnections = MAX_CONNECTIONS } = options;
  const serving = { limits: { ...LIMITS, maxConnections }, hooks: { onAbuse: hooks.recordLimit } };
  if (address.startsWith('unix:')) {
    const path = address.slice('unix:'.length);
    await listenOnSocket(path, () => server.listen({ path, ...serving }));
    return address;
  }
  const parsed = parseAddress(address);
  if (parsed === undefined) {
    throw new ServerError('invalid_argument', `cannot listen on ${address}: give unix:PATH or host:port`);
  }
  try {
    return formatAddress({ host: parsed.host, port: await server.listen({ ...parsed, tls, ...serving }) });
  } catch (caught) {
    throw new ServerError('unavailable', whyNotListening(parsed, caught), { cause: caught });
  }
}

function sendBlob(readBlob: ControlDoorOptions['readBlob']): ServerStreamHandler<FetchBlobRequest, BlobChunk> {
  return async ({ sha256 }, _call, send) => {
    if (!SHA256.test(sha256)) throw new ServerError('invalid_argument', 'sha256 is no digest of 64 hex digits');
    for await (const piece of readBlob(sha256)) {
      for (let at = 0; at < piece.byteLength; at += CHUNK_BYTES) {
        await send({ data: piece.subarray(at, at + CHUNK_BYTES) });
      }
    }
  };
}

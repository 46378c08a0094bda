/** Where serve processes meet the admin process: sluice.control.v1 on a Unix socket or a loopback address. */
import type { Server as NetServer, Socket } from 'node:net';
import { formatAddress, parseAddress } from '../../config/address.ts';
import type { ControlHub } from '../../control/hub-port.ts';
import { ServerError } from '../../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../../domain/experiment.ts';
import { formatReceipt, parseKept } from '../codec/outcome-codec.ts';
import type { BlobChunk } from '../gen/sluice/control/v1/BlobChunk.ts';
import type { FetchBlobRequest__Output as FetchBlobRequest } from '../gen/sluice/control/v1/FetchBlobRequest.ts';
import type { ServerStreamHandler } from '../long-call.ts';
import { loadControlSchema, tolerantly } from './codec.ts';
import { ControlStream, type SyncStream } from './control-stream.ts';
import { GrpcServer } from './grpc-server.ts';
import type { DoorHooks } from '../hooks.ts';
import { listen } from './listen.ts';
import { listenOnSocket } from './listen-on-socket.ts';
import { addServerStream, addUnary, nameOf } from './methods.ts';
import { Places } from './places.ts';

export interface ControlDoorOptions {
  /** `unix:PATH`, or `host:port` where port 0 = any free one. */
  readonly address: string;
  readonly hub: ControlHub;
  /** The file with this digest, in pieces of any size; throws where it is not there or is damaged. */
  readonly readBlob: (sha256: string) => AsyncIterable<Uint8Array>;
  /** Resolves once they are stored. */
  readonly keepOutcomes: (outcomes: readonly ReportedOutcome[]) => Promise<OutcomeReceipt>;
  readonly hooks: DoorHooks;
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
const LIMITS = { maxMessageBytes: 256 * 2 ** 20, maxConcurrentStreams: 1000, maxConnectionAgeMs: 'off' } as const;

export class ControlDoor {
  /** As it was given, with the port that the system chose. */
  readonly address: string;
  readonly #server: GrpcServer;

  private constructor(address: string, server: GrpcServer) {
    this.address = address;
    this.#server = server;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: ControlDoorOptions): Promise<ControlDoor> {
    const { hub, hooks, readBlob, keepOutcomes, maxWaitingBytes = MAX_WAITING_BYTES } = options;
    const grpc = new GrpcServer(LIMITS);
    const { server, openStreams } = grpc;
    const { Sync, FetchBlob, KeepOutcomes } = loadControlSchema().sluice.control.v1.ControlPlane.service;
    const sync = { method: nameOf(Sync.path), hub, hooks, openStreams, maxWaitingBytes };
    const answer = (stream: SyncStream): void => {
      new ControlStream(stream, sync);
    };
    server.register(Sync.path, answer, Sync.responseSerialize, tolerantly(Sync), 'bidi');
    const places = new Places(MAX_FETCHES, 'files');
    addServerStream({ server, hooks, openStreams }, FetchBlob, { places, leaves: false }, sendBlob(readBlob));
    addUnary({ server, hooks, openStreams }, KeepOutcomes, async ({ outcomes }) =>
      formatReceipt(await keepOutcomes(outcomes.map(parseKept))),
    );
    const bound = await grpc.listen((onConnection) => listenAt(options.address, onConnection));
    bound.server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
    return new ControlDoor(bound.address, grpc);
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

interface Bound {
  readonly server: NetServer;
  readonly address: string;
}

async function listenAt(address: string, onConnection: (socket: Socket) => void): Promise<Bound> {
  if (address.startsWith('unix:')) {
    return { server: await listenOnSocket(address.slice('unix:'.length), onConnection), address };
  }
  const parsed = parseAddress(address);
  if (parsed === undefined) {
    throw new ServerError('invalid_argument', `cannot listen on ${address}: give unix:PATH or host:port`);
  }
  const bound = await listen({ address: parsed, reusePort: false }, onConnection);
  return { server: bound.server, address: formatAddress(bound.address) };
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

/** The messages between the main thread and a lane's worker thread. */
import type { MessagePort } from 'node:worker_threads';
import type { Block } from '../batching/join-and-split.ts';
import type { Golden } from '../domain/version.ts';
import type { Signature } from '../domain/signature.ts';
import type { SessionOptions } from './session.ts';

/** Load a version, warm it with each of `warmUps`, and check its golden examples. */
export interface LoadTask {
  readonly kind: 'load';
  /** The lane's name for the session, unique for the life of the process. */
  readonly session: number;
  readonly path: string;
  readonly options: SessionOptions;
  readonly warmUps: readonly (readonly Block[])[];
  readonly golden: Golden | undefined;
}

export interface RunTask {
  readonly kind: 'run';
  readonly session: number;
  /** In the signature's order. */
  readonly inputs: readonly Block[];
  /** Names of the outputs wanted; empty = all. */
  readonly outputs: readonly string[];
}

export interface UnloadTask {
  readonly kind: 'unload';
  readonly session: number;
}

export type LaneTask = LoadTask | RunTask | UnloadTask;

export interface Loaded {
  readonly kind: 'loaded';
  readonly signature: Signature;
  readonly loadMs: number;
}

export interface Ran {
  readonly kind: 'ran';
  readonly outputs: readonly Block[];
  readonly computeMs: number;
  /** The large buffers of the inputs, to be filled again. */
  readonly spent: readonly ArrayBuffer[];
}

export interface Unloaded {
  readonly kind: 'unloaded';
}

/** The task failed; the thread and its other sessions are as before. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
}

export type LaneReply = Loaded | Ran | Unloaded | Failed;

/** What piscina starts the thread with: all tasks come by this port. */
export interface Start {
  readonly port: MessagePort;
}

type Data = Block['data'];
type Shape = readonly number[];

/**
 * A task as it travels. A run is the hot one, and each name in a message costs: names and datatypes stay at home, since
 * both sides know the signature from loading.
 */
export type TaskMessage =
  | readonly [id: number, task: LoadTask | UnloadTask]
  | readonly [id: number, session: number, wanted: readonly string[], shapes: readonly Shape[], data: readonly Data[]];

/** A reply as it travels; a run's has a place for each output of the signature, empty where it was not wanted. */
export type ReplyMessage =
  | readonly [id: number, reply: Loaded | Unloaded | Failed]
  | readonly [
      id: number,
      computeMs: number,
      shapes: readonly Shape[],
      data: readonly (Data | undefined)[],
      spent: readonly ArrayBuffer[],
    ];

/** A smaller buffer is copied sooner than it is moved; benchmarks/hop.ts. */
const MOVED_BYTES = 2048;

/** What of a message is moved, not copied, between threads. */
export function transferables(data: readonly (Data | undefined)[], leastBytes = MOVED_BYTES): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const each of data) if (each instanceof ArrayBuffer && each.byteLength >= leastBytes) buffers.push(each);
  return buffers;
}

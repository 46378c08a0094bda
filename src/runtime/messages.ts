/** The messages between the main thread and a lane's worker thread. */
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

/** What of a message is moved, not copied, between threads. */
export function transferables(blocks: readonly Block[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const block of blocks) if (block.data instanceof ArrayBuffer) buffers.push(block.data);
  return buffers;
}

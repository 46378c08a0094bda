/** The ways to bring a batch to another thread and its outputs back. */
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { FixedQueue, Piscina } from 'piscina';
import type { Block } from '../../src/batching/join-and-split.ts';
import { OnnxSession } from '../../src/runtime/session.ts';
import type { LeanTask, PortTask, WordyTask } from '../hop-worker.ts';

/** A server may not stand still for longer, whatever the lane does. */
const LONGEST_BLOCK_MS = 1;

const WORKER = join(import.meta.dirname, '..', 'hop-worker.ts');

/** A way that is open: tasks are answered in their order. */
export interface Way {
  send(done: () => void): void;
  /** Ends the thread; nothing runs on it. */
  close(): Promise<unknown>;
}

/** A row of the model that all ways run. */
export interface Row {
  readonly path: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

type Open = (row: Row) => Promise<Way>;
type Atomic = 'sync' | 'async' | 'disabled';

export const WAYS: ReadonlyMap<string, Open> = new Map<string, Open>([
  ['same thread, no hop', sameThread],
  ...(['sync', 'async', 'disabled'] as const).flatMap((atomics) =>
    [1, 2, 8].map((tasks): [string, Open] => [
      `piscina, atomics ${atomics}, ${tasks} tasks per worker`,
      (row) => byPiscina(row, atomics, tasks),
    ]),
  ),
  ['worker, its own port', byWorker],
  ['port handed to a piscina task', (row) => byPort(row, { lean: false })],
  ['… lean messages', (row) => byPort(row, { lean: true })],
  ['… and the worker blocks in Atomics.wait', (row) => byPort(row, { lean: true, blocks: true })],
  ['… spins 2,000 times before', (row) => byPort(row, { lean: true, blocks: true, spins: 2000 })],
  ['… and main waits by Atomics.waitAsync', (row) => byPort(row, { lean: true, blocks: true, main: 'async' })],
  ['… and main blocks in Atomics.wait', (row) => byPort(row, { lean: true, blocks: true, main: 'block' })],
]);

function blockOf({ name, shape, values }: Row): Block & { readonly data: ArrayBuffer } {
  return { name, datatype: 'FP32', shape, data: values.slice().buffer };
}

async function sameThread(row: Row): Promise<Way> {
  const session = await OnnxSession.open(row.path, { intraOpThreads: 1, executionProviders: ['cpu'], prepack: true });
  return { send: (done) => void session.run([blockOf(row)], []).then(done), close: () => session.close() };
}

async function startPool(row: Row, atomics: Atomic, tasks: number): Promise<Piscina> {
  const pool = new Piscina({
    filename: WORKER,
    name: 'perform',
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: tasks,
    atomics,
    taskQueue: new FixedQueue(),
    recordTiming: false,
    idleTimeout: Infinity,
  });
  await pool.run({ kind: 'open', path: row.path });
  return pool;
}

async function byPiscina(row: Row, atomics: Atomic, tasks: number): Promise<Way> {
  const pool = await startPool(row, atomics, tasks);
  return {
    send(done) {
      const block = blockOf(row);
      const task: WordyTask = { kind: 'run', inputs: [block] };
      void pool.run(task, { transferList: [block.data] }).then(done);
    },
    close: () => pool.destroy(),
  };
}

async function byWorker(row: Row): Promise<Way> {
  const worker = new Worker(WORKER);
  const opened = new Promise((resolve) => worker.once('message', resolve));
  worker.postMessage({ kind: 'open', path: row.path });
  await opened;
  const waiting: (() => void)[] = [];
  worker.on('message', () => waiting.shift()?.());
  return {
    send(done) {
      waiting.push(done);
      const block = blockOf(row);
      worker.postMessage({ kind: 'run', inputs: [block] } satisfies WordyTask, [block.data]);
    },
    close: () => worker.terminate(),
  };
}

interface PortOptions {
  readonly lean: boolean;
  readonly blocks?: boolean;
  readonly spins?: number;
  readonly main?: 'async' | 'block';
}

async function byPort(row: Row, options: PortOptions): Promise<Way> {
  const { lean, blocks = false, spins = 0, main } = options;
  const pool = await startPool(row, 'disabled', 1);
  const { port1, port2 } = new MessageChannel();
  const signal = blocks ? new Int32Array(new SharedArrayBuffer(8)) : undefined;
  const task: PortTask = { kind: 'port', port: port2, lean, signal, spins };
  // A thread that blocks ends in the middle of its task.
  pool.run(task, { transferList: [port2] }).catch(() => undefined);
  const waiting: (() => void)[] = [];
  const listen = signal === undefined || main === undefined ? undefined : listenBy[main](port1, signal, waiting);
  if (listen === undefined) port1.on('message', () => waiting.shift()?.());
  return {
    send(done) {
      waiting.push(done);
      const block = blockOf(row);
      if (lean) port1.postMessage([block.shape, block.data] satisfies LeanTask);
      else port1.postMessage({ kind: 'run', inputs: [block] } satisfies WordyTask, [block.data]);
      if (signal === undefined) return;
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0, 1);
      listen?.();
    },
    close() {
      port1.close();
      return pool.destroy();
    },
  };
}

/** How main hears of replies other than by its event loop; to be called after each task. */
const listenBy = {
  async(port: MessagePort, signal: Int32Array, waiting: (() => void)[]): () => void {
    let seen = 0;
    let listens = false;
    const listen = (): void => {
      if (listens || waiting.length === 0) return;
      listens = true;
      const woken = Atomics.waitAsync(signal, 1, seen);
      void Promise.resolve(woken.value).then(() => {
        listens = false;
        seen = Atomics.load(signal, 1);
        while (receiveMessageOnPort(port) !== undefined) waiting.shift()?.();
        listen();
      });
    };
    return listen;
  },
  block(port: MessagePort, signal: Int32Array, waiting: (() => void)[]): () => void {
    let seen = 0;
    let listens = false;
    const listen = (): void => {
      if (listens || waiting.length === 0) return;
      listens = true;
      setImmediate(() => {
        listens = false;
        Atomics.wait(signal, 1, seen, LONGEST_BLOCK_MS);
        seen = Atomics.load(signal, 1);
        while (receiveMessageOnPort(port) !== undefined) waiting.shift()?.();
        listen();
      });
    };
    return listen;
  },
};

/** The thread at the other end of each way that `hop.ts` measures: runs a model on what comes, and answers. */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Block } from '../src/batching/join-and-split.ts';
import { OnnxSession } from '../src/runtime/session.ts';

export interface OpenTask {
  readonly kind: 'open';
  readonly path: string;
}

/** Names and datatypes with every block, as objects. */
export interface WordyTask {
  readonly kind: 'run';
  readonly inputs: readonly Block[];
}

/** Shape and bytes of the one input; both sides know the rest. */
export type LeanTask = readonly [shape: readonly number[], data: ArrayBuffer];

export interface PortTask {
  readonly kind: 'port';
  readonly port: MessagePort;
  readonly lean: boolean;
  /** Where it blocks until it is woken: [tasks sent, replies sent]. Without, the event loop wakes it. */
  readonly signal: Int32Array | undefined;
  /** Looks at the signal so many times before it blocks. */
  readonly spins: number;
}

let session: OnnxSession | undefined;

/** Piscina's entry. */
export async function perform(task: OpenTask | WordyTask | PortTask): Promise<unknown> {
  switch (task.kind) {
    case 'open':
      session = await OnnxSession.open(task.path, { intraOpThreads: 1, executionProviders: ['cpu'], prepack: true });
      return undefined;
    case 'run': {
      const reply = await runWordy(task);
      return move({ [transferableSymbol]: buffersOf(reply.outputs), [valueSymbol]: reply });
    }
    case 'port':
      if (task.signal === undefined) listen(task);
      // Never ends: piscina only owns the thread.
      else await waitBlocked(task, task.signal);
      return undefined;
  }
}

// A thread without piscina, in the way "worker".
parentPort?.on('message', (task: WordyTask | OpenTask | { kind?: undefined }) => {
  if (task.kind === 'open') void perform(task).then(() => parentPort?.postMessage('opened'));
  if (task.kind === 'run') {
    void runWordy(task).then((reply) => parentPort?.postMessage(reply, buffersOf(reply.outputs)));
  }
});

function listen({ port, lean }: PortTask): void {
  port.on('message', (message: WordyTask | LeanTask) => void answer(port, message, lean));
}

async function waitBlocked({ port, lean, spins }: PortTask, signal: Int32Array): Promise<void> {
  for (let seen = 0; ;) {
    for (let spin = 0; spin < spins && Atomics.load(signal, 0) === seen; spin += 1);
    Atomics.wait(signal, 0, seen);
    seen = Atomics.load(signal, 0);
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
      await answer(port, got.message as WordyTask | LeanTask, lean);
      Atomics.add(signal, 1, 1);
      Atomics.notify(signal, 1, 1);
    }
  }
}

async function answer(port: MessagePort, message: WordyTask | LeanTask, lean: boolean): Promise<void> {
  if (!lean) {
    const reply = await runWordy(message as WordyTask);
    port.postMessage(reply, buffersOf(reply.outputs));
    return;
  }
  const [shape, data] = message as LeanTask;
  const [input] = opened().signature.inputs;
  if (input === undefined) throw new Error('the model has no input');
  const { outputs, computeMs } = await opened().run([{ name: input.name, datatype: input.datatype, shape, data }], []);
  port.postMessage([computeMs, outputs.map((output) => output.shape), outputs.map((output) => output.data)]);
}

async function runWordy({ inputs }: WordyTask) {
  return { kind: 'ran', ...(await opened().run(inputs, [])) };
}

function opened(): OnnxSession {
  if (session === undefined) throw new Error('no model is open');
  return session;
}

function buffersOf(blocks: readonly Block[]): ArrayBuffer[] {
  return blocks.flatMap(({ data }) => (data instanceof ArrayBuffer ? [data] : []));
}

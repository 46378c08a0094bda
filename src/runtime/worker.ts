/** The body of a lane's thread: holds warm sessions and does one task at a time. */
import assert from 'node:assert/strict';
import { platform, setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { POOLED_BYTES } from '../batching/buffer-pool.ts';
import type { Block } from '../batching/join-and-split.ts';
import { checkGolden } from './golden.ts';
import { transferables } from './messages.ts';
import type { LaneReply, LoadTask, ReplyMessage, Start, TaskMessage, UnloadTask } from './messages.ts';
import { plainReason } from './plain-reason.ts';
import { OnnxSession } from './session.ts';

/**
 * Where lanes and the transport want the same core, the transport goes first: refusing a call must not wait for a
 * run.
 */
const NICENESS = 5;

// On Linux the priority is the calling thread's own; elsewhere it would be the whole process's.
if (platform() === 'linux') setPriority(NICENESS);

const sessions = new Map<number, OnnxSession>();

/** Piscina's entry, called once: from then on tasks come by the port. */
export default function start({ port }: Start): void {
  port.on('message', (message: TaskMessage) => {
    void perform(port, message);
  });
}

/** Never throws: a fault of one task must not end the thread with everybody's sessions. */
async function perform(port: MessagePort, message: TaskMessage): Promise<void> {
  const [id] = message;
  try {
    if (message.length !== 2) await run(port, message);
    else port.postMessage([id, await control(message[1])] satisfies ReplyMessage);
  } catch (caught) {
    port.postMessage([id, { kind: 'failed', reason: plainReason(caught) }] satisfies ReplyMessage);
  }
}

async function run(port: MessagePort, message: Extract<TaskMessage, { readonly length: 5 }>): Promise<void> {
  const [id, name, wanted, shapes, data] = message;
  const session = sessions.get(name);
  if (session === undefined) throw new Error(`session ${String(name)} is not on this lane`);
  const inputs = session.signature.inputs.map((input, at): Block => {
    const [shape, bytes] = [shapes[at], data[at]];
    assert(shape !== undefined && bytes !== undefined, 'a run brings every input of the signature');
    return { name: input.name, datatype: input.datatype, shape, data: bytes };
  });
  const { outputs, computeMs } = await session.run(inputs, wanted);
  const places = session.signature.outputs.map((output) => outputs.find((block) => block.name === output.name));
  const results = places.map((block) => block?.data);
  const spent = transferables(data, POOLED_BYTES);
  const reply = [id, computeMs, places.map((block) => block?.shape ?? []), results, spent] satisfies ReplyMessage;
  port.postMessage(reply, [...transferables(results), ...spent]);
}

async function control(task: LoadTask | UnloadTask): Promise<Extract<LaneReply, { kind: 'loaded' | 'unloaded' }>> {
  if (task.kind === 'load') return await load(task);
  const session = sessions.get(task.session);
  sessions.delete(task.session);
  await session?.close();
  return { kind: 'unloaded' };
}

async function load(task: LoadTask): Promise<Extract<LaneReply, { kind: 'loaded' }>> {
  const startedAt = performance.now();
  const session = await OnnxSession.open(task.path, task.options);
  const loadMs = performance.now() - startedAt;
  try {
    for (const inputs of task.warmUps) await session.run(inputs, []);
    if (task.golden !== undefined) await checkGolden(session, task.golden);
  } catch (caught) {
    await session.close();
    throw caught;
  }
  sessions.set(task.session, session);
  return { kind: 'loaded', signature: session.signature, loadMs };
}

/** The body of a lane's thread: holds warm sessions and does one task at a time. */
import { platform, setPriority } from 'node:os';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { checkGolden } from './golden.ts';
import { transferables } from './messages.ts';
import type { LaneReply, LaneTask, LoadTask } from './messages.ts';
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

/** Piscina's entry. Never throws: a fault of one task must not end the thread with everybody's sessions. */
export default async function perform(task: LaneTask): Promise<unknown> {
  try {
    const reply = await dispatch(task);
    if (reply.kind !== 'ran') return reply;
    return move({ [transferableSymbol]: transferables(reply.outputs), [valueSymbol]: reply });
  } catch (caught) {
    return { kind: 'failed', reason: plainReason(caught) } satisfies LaneReply;
  }
}

async function dispatch(task: LaneTask): Promise<LaneReply> {
  switch (task.kind) {
    case 'load':
      return load(task);
    case 'run': {
      const session = sessions.get(task.session);
      if (session === undefined) throw new Error(`session ${String(task.session)} is not on this lane`);
      return { kind: 'ran', ...(await session.run(task.inputs, task.outputs)) };
    }
    case 'unload': {
      const session = sessions.get(task.session);
      sessions.delete(task.session);
      await session?.close();
      return { kind: 'unloaded' };
    }
  }
}

async function load(task: LoadTask): Promise<LaneReply> {
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

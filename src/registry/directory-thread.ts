/** The body of the thread that reads model files: hashing large ones is not for a thread that serves. */
import { platform, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { ServerError, describeError } from '../domain/errors.ts';
import { bringLayout, keepLayouts, removeLayout } from '../runtime/share-weights.ts';
import { readModelsDirectory } from './directory.ts';
import type { ThreadOrder, ThreadReply } from './file-thread.ts';
import { inspectFolder } from './version-folder.ts';

/** Hashing goes when neither the transport nor a lane has a use for the core. */
const NICENESS = 10;

// On Linux the priority is the calling thread's own; elsewhere it would be the whole process's.
if (platform() === 'linux') setPriority(NICENESS);

async function answer(order: ThreadOrder): Promise<ThreadReply> {
  const { id } = order;
  try {
    return await perform(order);
  } catch (caught) {
    const code = caught instanceof ServerError ? caught.code : 'internal';
    return { kind: 'failed', id, code, reason: describeError(caught) };
  }
}

async function perform(order: ThreadOrder): Promise<ThreadReply> {
  const { id } = order;
  switch (order.kind) {
    case 'read': {
      const { dir, defaults, digests } = order;
      return { kind: 'read', id, listing: await readModelsDirectory(dir, defaults, { digests }), digests };
    }
    case 'inspect':
      return { kind: 'inspected', id, description: await inspectFolder(order.directory, order.digest) };
    case 'bring layout':
      bringLayout(order.place, order.digest, order);
      return { kind: 'done', id };
    case 'remove layout':
      removeLayout(order);
      return { kind: 'done', id };
    case 'keep layouts':
      keepLayouts(order);
      return { kind: 'done', id };
  }
}

parentPort?.on('message', (order: ThreadOrder) => {
  void answer(order).then((reply) => parentPort?.postMessage(reply));
});

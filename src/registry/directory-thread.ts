/** The body of the thread that reads model files: hashing large ones is not for a thread that serves. */
import { parentPort } from 'node:worker_threads';
import { ServerError, describeError } from '../domain/errors.ts';
import { readModelsDirectory } from './directory.ts';
import type { ThreadOrder, ThreadReply } from './file-thread.ts';
import { inspectFolder } from './version-folder.ts';

async function answer(order: ThreadOrder): Promise<ThreadReply> {
  const { id } = order;
  try {
    if (order.kind === 'inspect') {
      return { kind: 'inspected', id, description: await inspectFolder(order.directory, order.digest) };
    }
    const { dir, defaults, digests } = order;
    return { kind: 'read', id, listing: await readModelsDirectory(dir, defaults, { digests }), digests };
  } catch (caught) {
    const code = caught instanceof ServerError ? caught.code : 'internal';
    return { kind: 'failed', id, code, reason: describeError(caught) };
  }
}

parentPort?.on('message', (order: ThreadOrder) => {
  void answer(order).then((reply) => parentPort?.postMessage(reply));
});

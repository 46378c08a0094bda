/** The body of the thread that reads the models directory: hashing large files is not for the thread that serves. */
import { parentPort } from 'node:worker_threads';
import type { ModelDefaults } from '../config/model-config.ts';
import { describeError } from '../domain/errors.ts';
import type { DigestCache } from './digest.ts';
import { readModelsDirectory } from './directory.ts';
import type { DirectoryListing } from './directory.ts';

export interface DirectoryOrder {
  readonly dir: string;
  readonly defaults: ModelDefaults;
  readonly digests: DigestCache;
}

export type DirectoryReply =
  | { readonly kind: 'read'; readonly listing: DirectoryListing; readonly digests: DigestCache }
  | { readonly kind: 'unreadable'; readonly reason: string };

async function answer({ dir, defaults, digests }: DirectoryOrder): Promise<DirectoryReply> {
  try {
    const listing = await readModelsDirectory(dir, defaults, { digests });
    return { kind: 'read', listing, digests };
  } catch (caught) {
    return { kind: 'unreadable', reason: describeError(caught) };
  }
}

parentPort?.once('message', (order: DirectoryOrder) => {
  void answer(order).then((reply) => parentPort?.postMessage(reply));
});

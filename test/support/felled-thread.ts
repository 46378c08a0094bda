/**
 * Preloaded with --import into a child of a test: lets its worker threads be ended from within, as an uncaught error in
 * JavaScript would end them. `fell()` ends all of them.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const CHANNEL = 'fell';

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  channel.onmessage = () => {
    throw new Error('the thread was felled');
  };
}

export function fell(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('now');
  channel.close();
}

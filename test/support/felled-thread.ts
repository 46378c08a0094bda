/**
 * Preloaded with --import into a child of a test: lets its worker threads be ended from within, as an uncaught error in
 * JavaScript would end them. `fell(n)` ends the nth thread of the process.
 */
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const CHANNEL = 'fell';

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  channel.onmessage = ({ data }: { data: unknown }) => {
    if (data === threadId) throw new Error('the thread was felled');
  };
}

export function fell(thread: number): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(thread);
  channel.close();
}

/**
 * The body of a thread that ends its process when the parent is gone: a main thread that is stuck in a native run hears
 * of nothing, and would spin for ever.
 */
import process from 'node:process';
import { workerData } from 'node:worker_threads';

const LOOK_MS = 500;

const parent: unknown = workerData;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);

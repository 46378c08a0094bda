/** The soak's callers, in a process of their own. The first argument says whom they call; they end on "stop". */
import process from 'node:process';
import { Callers } from './callers.ts';
import type { CallersOptions } from './callers.ts';

const PROGRESS_MS = 500;

const callers = new Callers(JSON.parse(process.argv[2] ?? '{}') as CallersOptions);
const timer = setInterval(() => process.send?.(callers.counts), PROGRESS_MS);

process.on('message', () => {
  void callers.stop().then(() => {
    clearInterval(timer);
    process.disconnect();
  });
});

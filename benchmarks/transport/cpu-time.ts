/** What a process has used of the cores, finer than the hundredths of a second that /proc has elsewhere. */
import { readFileSync, readdirSync } from 'node:fs';

/** User and system time of its threads, those that ended left out. Seconds. */
export function cpuSecondsOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const [onCpu = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    return Number(onCpu);
  });
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e9;
}

/** A qualification child that tells what it may do, as the reason for which it rejects every version. */
import { readFileSync } from 'node:fs';
import process from 'node:process';

process.once('message', () => {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const limit = (name: string): string =>
    new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(limits)?.slice(1).join(' ') ?? '';
  const told = {
    environment: Object.keys(process.env).sort(),
    limits: ['Max core file size', 'Max open files', 'Max cpu time', 'Max file size', 'Max data size'].map(limit),
    oomScore: readFileSync('/proc/self/oom_score_adj', 'utf8').trim(),
    // Field 5 of stat, behind the name in brackets: the process group.
    leads: Number(readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[2]) === process.pid,
    reserved: reserve(2 ** 33),
  };
  process.send?.({ kind: 'rejected', reason: JSON.stringify(told) }, () => {
    process.disconnect();
  });
});

/** Memory that is never touched is in no process's share of the machine. */
function reserve(bytes: number): string {
  try {
    return `${String(new ArrayBuffer(bytes).byteLength)} bytes`;
  } catch (caught) {
    return String(caught);
  }
}

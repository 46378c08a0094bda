/** The body of a qualification child: one version in, one verdict out, and it may crash or hang without harm. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { QualificationVerdict } from '../domain/version.ts';
import { plainReason } from './plain-reason.ts';
import { qualify } from './qualify.ts';
import type { QualificationOrder } from './qualify.ts';

const ORPHAN_WATCH = fileURLToPath(
  new URL(`./orphan-watch.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

new Worker(ORPHAN_WATCH, { workerData: process.ppid }).unref();

process.once('message', (order: QualificationOrder) => {
  void answer(order);
});

async function answer(order: QualificationOrder): Promise<void> {
  const verdict = await judge(order);
  // The channel is the only thing that keeps this process alive.
  process.send?.(verdict, () => {
    process.disconnect();
  });
}

async function judge({ spec, place }: QualificationOrder): Promise<QualificationVerdict> {
  try {
    return { kind: 'qualified', report: await qualify(spec, { privateBytes, place }) };
  } catch (caught) {
    return { kind: 'rejected', reason: plainReason(caught) };
  }
}

/** What is mapped from files is not in it. Where the system does not tell, everything that is resident. */
function privateBytes(): number {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // There is no /proc.
  }
  return process.memoryUsage.rss();
}

/** The body of a qualification child: one version in, one verdict out, and it may crash or hang without harm. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { QualificationVerdict, VersionSpec } from '../domain/version.ts';
import { plainReason } from './plain-reason.ts';
import { qualify } from './qualify.ts';

const ORPHAN_WATCH = fileURLToPath(
  new URL(`./orphan-watch.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

new Worker(ORPHAN_WATCH, { workerData: process.ppid }).unref();

process.once('message', (spec: VersionSpec) => {
  void answer(spec);
});

async function answer(spec: VersionSpec): Promise<void> {
  const verdict = await judge(spec);
  // The channel is the only thing that keeps this process alive.
  process.send?.(verdict, () => {
    process.disconnect();
  });
}

async function judge(spec: VersionSpec): Promise<QualificationVerdict> {
  try {
    return { kind: 'qualified', report: await qualify(spec, () => process.memoryUsage.rss()) };
  } catch (caught) {
    return { kind: 'rejected', reason: plainReason(caught) };
  }
}

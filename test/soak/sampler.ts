/** Memory, descriptors and threads of the server's processes, as the kernel has them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Sluice } from '../support/sluice.ts';
import type { SampleLine } from './lines.ts';

const EVERY_MS = 1000;

export class Sampler {
  readonly #timer: NodeJS.Timeout;
  /** Of all processes at the last look. */
  rssMb = 0;

  constructor(server: Sluice, write: (line: SampleLine) => void) {
    this.#timer = setInterval(() => {
      const samples = samplesOf(server);
      this.rssMb = samples.reduce((sum, { rssKb }) => sum + rssKb / 1024, 0);
      for (const sample of samples) write(sample);
    }, EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function samplesOf(server: Sluice): SampleLine[] {
  const roles = ['serve', 'admin'] as const;
  const children = roles.flatMap((role) => server.childrenOf(role).map((pid) => ({ role, pid })));
  return [{ role: 'up', pid: server.pid } as const, ...children].flatMap(({ role, pid }) => {
    const vitals = vitalsOf(pid);
    return vitals === undefined ? [] : [{ kind: 'sample', at: Date.now(), role, pid, ...vitals } as const];
  });
}

/** undefined where it has just ended. */
function vitalsOf(pid: number): Pick<SampleLine, 'rssKb' | 'fds' | 'threads'> | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const fds = readdirSync(`/proc/${pid}/fd`).length;
    return { rssKb: numberIn(status, 'VmRSS'), threads: numberIn(status, 'Threads'), fds };
  } catch {
    return undefined;
  }
}

function numberIn(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

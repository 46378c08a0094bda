/** The server of h2-child.ts, from outside. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../../src/transport/h2/options.ts';
import type { H2Report } from './h2-lab.ts';

export interface ProcessReport extends H2Report {
  readonly cpuMs: number;
}

const ANSWER_TIMEOUT_MS = 30_000;

export class H2Process {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(limits: Partial<Limits> = {}): Promise<H2Process> {
    const child = fork(join(import.meta.dirname, 'h2-child.ts'), [JSON.stringify(limits)], {
      execArgv: ['--expose-gc'],
      stdio: 'inherit',
    });
    const [{ port }] = (await once(child, 'message', timeout())) as [{ port: number }];
    return new H2Process(child, port);
  }

  /** Whether it still runs. */
  get lives(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async report(): Promise<ProcessReport> {
    return this.#ask('report');
  }

  /** Bytes of memory in use, after a collection of garbage. */
  async residentBytes(): Promise<number> {
    await this.#ask('collect');
    return this.#status('VmRSS');
  }

  /** The most that it ever used. */
  peakBytes(): number {
    return this.#status('VmHWM');
  }

  /** The first report that satisfies this. */
  async until(condition: (report: ProcessReport) => boolean): Promise<ProcessReport> {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    for (;;) {
      const report = await this.report();
      if (condition(report)) return report;
      if (Date.now() > deadline) throw new Error(`it did not come to that: ${JSON.stringify(report)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    if (!this.lives) return;
    this.#child.disconnect();
    await once(this.#child, 'exit', timeout());
  }

  async #ask(request: 'report' | 'collect'): Promise<ProcessReport> {
    this.#child.send(request);
    const [report] = (await once(this.#child, 'message', timeout())) as [ProcessReport];
    return report;
  }

  #status(name: string): number {
    const status = readFileSync(`/proc/${String(this.#child.pid)}/status`, 'utf8');
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
    if (found === undefined) throw new Error(`no ${name} of the server`);
    return Number(found) * 1024;
  }
}

function timeout(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
}

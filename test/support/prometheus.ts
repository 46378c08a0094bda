/** Debian's Prometheus: its promtool, and a server of its own for a test. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, REPOSITORY } from './sluice.ts';
import { debianTool } from './tools.ts';
import type { Tool } from './tools.ts';

const run = promisify(execFile);

const RULES = join(REPOSITORY, 'deploy/prometheus/rules');

export function prometheusTool(name: 'prometheus' | 'promtool'): Promise<Tool> {
  return debianTool(name, { package: 'prometheus' });
}

/** What promtool has to say; rejects with it where it finds something wrong. */
export async function promtool(path: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(path, args, { timeout: 60_000 });
  return stdout;
}

/** One sample of an instant query, or one alert. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

const PATIENCE_MS = 90_000;
const PAUSE_MS = 250;

export interface PrometheusOptions {
  readonly path: string;
  /** Host and port by job. */
  readonly targets: Readonly<Record<string, string>>;
  /** Makes a file of rules fit for a test: shorter times. */
  readonly rewrite: (text: string) => string;
}

/** Scrapes and evaluates every second, with the rules that are shipped. */
export class Prometheus implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #dir: string;

  private constructor(child: ChildProcess, { url, dir }: { url: string; dir: string }) {
    this.#child = child;
    this.#url = url;
    this.#dir = dir;
  }

  static async start({ path, targets, rewrite }: PrometheusOptions): Promise<Prometheus> {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
    for (const name of await readdir(RULES)) {
      await writeFile(join(dir, name), rewrite(await readFile(join(RULES, name), 'utf8')));
    }
    const jobs = Object.entries(targets).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    }));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: await readdir(RULES),
      scrape_configs: jobs,
    };
    await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config));
    const address = `127.0.0.1:${String(await freePort())}`;
    const args = [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ];
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return new Prometheus(child, { url: `http://${address}`, dir });
  }

  async query(expr: string): Promise<readonly Sample[]> {
    const url = `${this.#url}/api/v1/query?${new URLSearchParams({ query: expr }).toString()}`;
    const reply = (await (await fetch(url)).json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data?: { readonly result: readonly { metric: Sample['metric']; value: [number, string] }[] };
    };
    if (reply.data === undefined) throw new Error(`${expr}: ${reply.error ?? reply.status}`);
    return reply.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The samples of the first answer that is as wanted. */
  async until(expr: string, wanted: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const samples = await this.query(expr).catch((caught: unknown) => caught);
      if (Array.isArray(samples) && wanted(samples as Sample[])) return samples as Sample[];
      if (Date.now() > deadline) throw new Error(`${expr} is still ${JSON.stringify(samples)} ${String(samples)}`);
      await pause(PAUSE_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    await rm(this.#dir, { recursive: true, force: true });
  }
}

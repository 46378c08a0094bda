/** The server's inside without a transport: one lane with a model on it, and calls straight into its queue. */
import '../../test/support/no-telemetry.ts';
import { performance } from 'node:perf_hooks';
import { noTracing } from '../../src/domain/tracing.ts';
import type { Tensor } from '../../src/domain/tensor.ts';
import type { Role } from '../../src/monitor/series.ts';
import { VersionStats } from '../../src/monitor/version-stats.ts';
import { Lanes } from '../../src/runtime/lanes.ts';
import { OnnxSession } from '../../src/runtime/session.ts';
import type { VersionRunner } from '../../src/runtime/version-runner.ts';
import { report, settings, spec, tensor } from '../../test/support/builders.ts';
import type { BenchModel } from './bench-models.ts';
import { elementCount } from '../../src/domain/tensor.ts';

/** Of one measurement. Microseconds; the CPU's are per call. */
export interface Cost {
  readonly calls: number;
  readonly mainUs: number;
  readonly allUs: number;
  readonly p50Us: number;
}

export class Line {
  readonly #lanes: Lanes;
  readonly #runner: VersionRunner;
  readonly #inputs: readonly Tensor[];

  private constructor(lanes: Lanes, runner: VersionRunner, inputs: readonly Tensor[]) {
    this.#lanes = lanes;
    this.#runner = runner;
    this.#inputs = inputs;
  }

  /** @param times what a row and the full batch take: the scheduler's first guess. */
  static async open(
    { name, input }: BenchModel,
    path: string,
    times: { readonly singleRunMs: number; readonly batchRunMs: number },
  ): Promise<Line> {
    const lanes = new Lanes({
      lanes: 1,
      now: () => performance.now(),
      tracing: noTracing,
      onVersionFault: (_, reason) => fail(reason),
      onLaneLost: ({ reason }) => fail(reason),
      onLaneReplaced: () => undefined,
      onRunFault: (_, reason) => fail(reason),
    });
    const session = await OnnxSession.open(path, { ...settings(), prepack: true });
    const { signature } = session;
    await session.close();
    const batchRows = 64;
    const chosen = spec({ model: name, path, settings: { maxBatchRows: batchRows, maxQueueBytes: 2 ** 28 } });
    const sample = [tensor(input.name, 'FP32', input.shape, Array<number>(elementCount(input.shape)).fill(1))];
    const statsOf = (role: Role): VersionStats =>
      new VersionStats({ model: name, version: '1', role, now: () => performance.now() });
    const found = report({ signature, sample, batchRows, ...times });
    const runner = await lanes.load(chosen, found, { live: statsOf('live'), shadow: statsOf('shadow') });
    return new Line(lanes, runner, sample);
  }

  /** So many callers, each of whom calls again when he has his answer. */
  async load(inFlight: number, seconds: number): Promise<Cost> {
    const inputs = this.#inputs;
    const rows = inputs[0]?.shape[0] ?? 1;
    const signal = { aborted: false };
    const latencies: number[] = [];
    const all = process.cpuUsage();
    const main = process.threadCpuUsage();
    const until = performance.now() + 1000 * seconds;
    const caller = async (): Promise<void> => {
      for (let now = performance.now(); now < until;) {
        await this.#runner.enqueue({
          inputs,
          outputs: [],
          rows,
          group: '',
          deadline: Infinity,
          signal,
          trace: undefined,
        });
        const answeredAt = performance.now();
        latencies.push(answeredAt - now);
        now = answeredAt;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, caller));
    const calls = latencies.length;
    latencies.sort((a, b) => a - b);
    const [ofMain, ofAll] = [process.threadCpuUsage(main), process.cpuUsage(all)];
    return {
      calls,
      mainUs: (ofMain.user + ofMain.system) / calls,
      allUs: (ofAll.user + ofAll.system) / calls,
      p50Us: 1000 * (latencies[calls >> 1] ?? NaN),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lanes.close();
  }
}

function fail(reason: string): never {
  throw new Error(reason);
}

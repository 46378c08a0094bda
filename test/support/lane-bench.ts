/** Real lanes with the test models on them, and a record of what went wrong. */
import { performance } from 'node:perf_hooks';
import { noTracing } from '../../src/domain/tracing.ts';
import type { Tensor } from '../../src/domain/tensor.ts';
import type { ModelSettings, QualificationReport } from '../../src/domain/version.ts';
import type { Role } from '../../src/monitor/series.ts';
import { VersionStats } from '../../src/monitor/version-stats.ts';
import { Lanes } from '../../src/runtime/lanes.ts';
import { qualify } from '../../src/runtime/qualify.ts';
import type { VersionRunner } from '../../src/runtime/version-runner.ts';
import { fixture, qualifyTools } from './builders.ts';
import { call } from './fake-lane.ts';

export class LaneBench {
  readonly lanes: Lanes;
  readonly lost: { reason: string; stuck: boolean }[] = [];
  readonly faults: string[] = [];
  readonly runFaults: string[] = [];
  /** What freeing the versions that failed ended with. */
  readonly freed: Promise<void>[] = [];
  #replaced = 0;
  #onReplaced: (() => void)[] = [];

  constructor(lanes: number) {
    this.lanes = new Lanes({
      lanes,
      now: () => performance.now(),
      tracing: noTracing,
      // As the lifecycle manager does.
      onVersionFault: (runner, reason) => {
        this.faults.push(reason);
        runner.fail(reason);
        this.freed.push(this.lanes.unload(runner));
      },
      onLaneLost: ({ reason, stuck }) => this.lost.push({ reason, stuck }),
      onLaneReplaced: () => {
        this.#replaced += 1;
        for (const resolve of this.#onReplaced.splice(0)) resolve();
      },
      onRunFault: (_, reason) => this.runFaults.push(reason),
    });
  }

  /** Resolves when so many lanes have been replaced since the beginning. */
  async replaced(count: number): Promise<void> {
    while (this.#replaced < count) {
      await new Promise<void>((resolve) => {
        this.#onReplaced.push(resolve);
      });
    }
  }

  /** Loads a test model; `over` makes its qualification say something else than it found, `as` gives it another name. */
  async load(
    model: string,
    settings: Partial<ModelSettings> = {},
    over: Partial<QualificationReport> & { readonly as?: string } = {},
  ): Promise<VersionRunner> {
    const spec = { ...(await fixture(model, settings)), model: over.as ?? model };
    const statsOf = (role: Role) => new VersionStats({ model: spec.model, version: '1', role, now: () => 0 });
    const stats = { live: statsOf('live'), shadow: statsOf('shadow') };
    // What is wrong with it is for the lanes to find.
    const found = await qualify({ ...spec, golden: undefined }, qualifyTools());
    return this.lanes.load(spec, { ...found, ...over }, stats);
  }
}

/** One call with these inputs, without a deadline; its outputs. */
export async function ask(
  runner: VersionRunner,
  inputs: readonly Tensor[],
  over: Partial<Parameters<VersionRunner['enqueue']>[0]> = {},
): Promise<readonly Tensor[]> {
  const { outputs } = await runner.enqueue(call({ inputs, rows: inputs[0]?.shape[0] ?? 1, ...over }));
  return outputs;
}

/** Resolves after all that is ready now, and the dispatch that follows from it, has happened. */
export async function dispatched(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

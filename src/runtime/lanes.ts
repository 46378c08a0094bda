/** All lanes of this process: the shared group, and groups of their own for models that ask for isolation. */
import { joinRows, toBlock } from '../batching/join-and-split.ts';
import type { Block } from '../batching/join-and-split.ts';
import type { QualificationReport, VersionSpec } from '../domain/version.ts';
import type { Role } from '../monitor/series.ts';
import type { VersionStats } from '../monitor/version-stats.ts';
import { LaneGroup } from './lane-group.ts';
import type { GroupOptions } from './lane-group.ts';
import { VersionRunner } from './version-runner.ts';

export type LanesOptions = Omit<GroupOptions, 'nextLaneId'>;

/**
 * What runs of several rows may take before a version is ready. The first run of one row brings in mapped weights and
 * makes room; where runs take long, the first of another size is hardly longer than the next.
 */
const WARM_UP_BUDGET_MS = 50;

/** Lanes of one model's own. */
interface IsolatedLanes {
  readonly group: LaneGroup;
  /** Sessions of the versions that are on them, or on their way there or away; without any they are closed. */
  readonly sessions: Set<number>;
}

export class Lanes {
  readonly #options: GroupOptions;
  readonly #shared: LaneGroup;
  readonly #isolated = new Map<string, IsolatedLanes>();
  #nextSession = 1;
  #nextLane = 1;

  constructor(options: LanesOptions) {
    const nextLaneId = (): number => this.#nextLane++;
    this.#options = { ...options, nextLaneId };
    this.#shared = new LaneGroup(this.#options);
  }

  /** Lanes there are, and those with work in flight. */
  get counts(): { total: number; busy: number } {
    const groups = this.#groups();
    return {
      total: groups.reduce((sum, group) => sum + group.lanes, 0),
      busy: groups.reduce((sum, group) => sum + group.busyLanes, 0),
    };
  }

  /**
   * Loads, warms and checks a version on all its lanes; the runner for its callers, with its shadow. Rejects with the
   * reason for which it cannot serve.
   */
  async load(
    spec: VersionSpec,
    report: QualificationReport,
    stats: Readonly<Record<Role, VersionStats>>,
  ): Promise<VersionRunner> {
    const session = this.#nextSession++;
    const group = this.#enter(spec, session);
    const common = { spec, report, session, now: this.#options.now };
    const shadow: VersionRunner = new VersionRunner({
      ...common,
      stats: stats.shadow,
      onWork: () => {
        group.wake(shadow);
      },
    });
    const runner: VersionRunner = new VersionRunner({
      ...common,
      stats: stats.live,
      shadow,
      onWork: () => {
        group.wake(runner);
      },
    });
    const options = {
      intraOpThreads: spec.settings.intraOpThreads,
      executionProviders: spec.settings.executionProviders,
      prepack: report.weights?.layout !== 'shared',
    };
    try {
      const warmUps = warmUpsFor(report);
      await group.load(runner, { kind: 'load', session, path: spec.path, options, warmUps, golden: spec.golden });
    } catch (caught) {
      await this.#leave(spec, session);
      throw caught;
    }
    return runner;
  }

  /** Frees a drained version. */
  async unload(runner: VersionRunner): Promise<void> {
    const { spec, session } = runner;
    const group = spec.settings.isolated ? this.#isolated.get(spec.model)?.group : this.#shared;
    await group?.unload(runner);
    await this.#leave(spec, session);
  }

  /** Ends all threads. Everything has been drained. */
  async close(): Promise<void> {
    for (const group of this.#groups()) await group.close();
    this.#isolated.clear();
  }

  #groups(): LaneGroup[] {
    return [this.#shared, ...[...this.#isolated.values()].map(({ group }) => group)];
  }

  #enter(spec: VersionSpec, session: number): LaneGroup {
    if (!spec.settings.isolated) return this.#shared;
    let lanes = this.#isolated.get(spec.model);
    if (lanes === undefined) {
      const group = new LaneGroup({ ...this.#options, lanes: Math.max(1, spec.settings.instances) });
      lanes = { group, sessions: new Set() };
      this.#isolated.set(spec.model, lanes);
    }
    lanes.sessions.add(session);
    return lanes.group;
  }

  async #leave(spec: VersionSpec, session: number): Promise<void> {
    const lanes = this.#isolated.get(spec.model);
    if (lanes?.sessions.delete(session) !== true || lanes.sessions.size > 0) return;
    this.#isolated.delete(spec.model);
    await lanes.group.close();
  }
}

/** One row, and as many of the batch sizes that will be seen as the budget allows: powers of two and the full batch. */
function warmUpsFor(report: QualificationReport): Block[][] {
  const { sample, batchRows } = report;
  const warmUps: Block[][] = [sample.map(toBlock)];
  let budgetMs = WARM_UP_BUDGET_MS;
  for (let rows = 2; rows < 2 * batchRows; rows *= 2) {
    const size = Math.min(rows, batchRows);
    budgetMs -= longestRunMs(report, size);
    if (budgetMs < 0) break;
    warmUps.push(repeat(sample, size));
  }
  return warmUps;
}

/** What a run of so many rows takes at most: where weights are shared, few rows can take nearly as long as many. */
function longestRunMs({ weights, batchRunMs }: QualificationReport, rows: number): number {
  const runs = weights?.[weights.layout]?.runs ?? [];
  return runs.find((run) => run.rows >= rows)?.ms ?? batchRunMs;
}

function repeat(row: QualificationReport['sample'], rows: number): Block[] {
  return joinRows(Array.from({ length: rows }, () => row));
}

/** A manager whose qualifications, loads and unloads end when the test says so; no threads, no files. */
import assert from 'node:assert/strict';
import type { VersionStatus } from '../../../src/domain/version.ts';
import type { DesiredState } from '../../../src/lifecycle/desired-state.ts';
import { Manager } from '../../../src/lifecycle/manager.ts';
import { Router } from '../../../src/routing/router.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { report } from '../../support/builders.ts';
import { runnerOf } from '../../support/fake-lane.ts';
import { desiredState } from './policy-script.ts';

interface Step {
  resolve(): void;
  reject(error: Error): void;
}

export class ManagerBench {
  readonly router = new Router<VersionRunner>(() => 0);
  readonly manager: Manager;
  /** What became of versions and loads, in order. */
  readonly told: string[] = [];
  /** Runners in the order in which they were loaded. */
  readonly runners: VersionRunner[] = [];
  /** Fails the unloads while it is set. */
  unloadFault: Error | undefined;
  readonly #steps = new Map<string, Step[]>();
  #revision = 0;

  constructor(options: { maxConcurrentLoads?: number; drainTimeoutMs?: number } = {}) {
    this.manager = new Manager({
      router: this.router,
      qualify: async (spec) => {
        await this.#pause(`qualify ${spec.model}/${spec.version}@${spec.digest}`);
        return report({ digest: spec.digest });
      },
      load: async (spec, found) => {
        await this.#pause(`load ${spec.model}/${spec.version}@${spec.digest}`);
        const runner = runnerOf({ spec, report: found });
        this.runners.push(runner);
        return runner;
      },
      unload: async () => {
        if (this.unloadFault !== undefined) throw this.unloadFault;
      },
      forget: (model, version) => this.told.push(`forget ${model}/${version}`),
      onState: (status) => this.told.push(inWords(status)),
      onLoadEnd: ({ model, version, outcome }) => this.told.push(`load of ${model}/${version}: ${outcome}`),
      now: () => new Date(0),
      maxConcurrentLoads: options.maxConcurrentLoads ?? 4,
      drainTimeoutMs: options.drainTimeoutMs ?? 1000,
    });
  }

  /** A line as in a lifecycle script. */
  want(line: string): DesiredState {
    this.#revision += 1;
    const desired = { ...desiredState(line), revision: this.#revision };
    this.manager.apply(desired);
    return desired;
  }

  /** Qualifications and loads that wait to be ended. */
  get waiting(): string[] {
    return [...this.#steps].flatMap(([name, steps]) => steps.map(() => name)).sort();
  }

  /** Ends a step well, or with the reason, and lets what follows happen. */
  async end(name: string, reason?: string): Promise<void> {
    const step = this.#steps.get(name)?.shift();
    assert(step, `${name} should be waiting; ${this.waiting.join(', ')} are`);
    if (reason === undefined) step.resolve();
    else step.reject(new Error(reason));
    await settle();
  }

  /** Ends everything that waits, until nothing does. */
  async endAll(): Promise<void> {
    for (let name = this.waiting[0]; name !== undefined; name = this.waiting[0]) await this.end(name);
  }

  /** "1@a ready 10000", one line per version of the model. */
  rows(model = 'iris'): string[] {
    const status = this.manager.model(model);
    return (status?.versions ?? []).map((version) => {
      const weight = status?.weights.get(version.version);
      return `${inWords(version)}${weight === undefined ? '' : ` ${String(weight)}`}`;
    });
  }

  #pause(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#steps.set(name, [...(this.#steps.get(name) ?? []), { resolve, reject }]);
    });
  }
}

function inWords({ version, digest, state, reason }: VersionStatus): string {
  return `${version}@${digest} ${state}${reason === '' ? '' : ` (${reason})`}`;
}

/** Lets every promise that can go on go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

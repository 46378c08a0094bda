/** A manager whose preparations, loads and unloads end when the test says so; no threads, no files. */
import assert from 'node:assert/strict';
import type { VersionSpec, VersionStatus } from '../../../src/domain/version.ts';
import type { DesiredModel, DesiredState } from '../../../src/domain/desired-state.ts';
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
  /** Policies in force as they were told, in order. */
  readonly stands: string[] = [];
  /** Runners in the order in which they were loaded. */
  readonly runners: VersionRunner[] = [];
  /** What preparation makes otherwise. */
  prepared: Partial<VersionSpec> = {};
  /** Fails the unloads while it is set. */
  unloadFault: Error | undefined;
  readonly #steps = new Map<string, Step[]>();
  #revision = 0;

  constructor(options: { maxConcurrentLoads?: number; drainTimeoutMs?: number } = {}) {
    this.manager = new Manager({
      router: this.router,
      prepare: async (spec) => {
        await this.#pause(`prepare ${spec.model}/${spec.version}@${spec.digest}`);
        return {
          spec: { ...spec, path: '/here/model.onnx', ...this.prepared },
          report: report({ digest: spec.digest }),
        };
      },
      load: async (spec, found) => {
        assert.equal(spec.path, '/here/model.onnx', 'what was prepared is loaded');
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
      onPolicy: ({ model, epoch, reason }) => this.stands.push(`${model} ${String(epoch)}${because(reason)}`),
      onLoadEnd: ({ model, version, outcome }) => this.told.push(`load of ${model}/${version}: ${outcome}`),
      now: () => new Date(0),
      maxConcurrentLoads: options.maxConcurrentLoads ?? 4,
      drainTimeoutMs: options.drainTimeoutMs ?? 1000,
    });
  }

  /** A line as in a lifecycle script; with more on top of each model and of the whole. */
  want(line: string, over: Partial<DesiredModel> = {}, whole: Partial<DesiredState> = {}): DesiredState {
    const desired = { ...this.#desired(line, over), ...whole };
    this.manager.apply(desired);
    return desired;
  }

  /** The same with files that are not here yet. */
  wantRemote(line: string): void {
    const { models, ...rest } = this.#desired(line, {});
    const remote = models.map((model) => ({ ...model, specs: model.specs.map((spec) => ({ ...spec, path: '' })) }));
    this.manager.apply({ ...rest, models: remote });
  }

  /** The same, and what failed is to be tried again. */
  reload(line: string): void {
    this.manager.apply(this.#desired(line, {}), { retryFailed: true });
  }

  /** Preparations and loads that wait to be ended. */
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

  #desired(line: string, over: Partial<DesiredModel>): DesiredState {
    this.#revision += 1;
    const state = desiredState(line);
    return { ...state, models: state.models.map((model) => ({ ...model, ...over })), revision: this.#revision };
  }

  #pause(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#steps.set(name, [...(this.#steps.get(name) ?? []), { resolve, reject }]);
    });
  }
}

function inWords({ version, digest, state, reason }: VersionStatus): string {
  return `${version}@${digest} ${state}${because(reason)}`;
}

function because(reason: string): string {
  return reason === '' ? '' : ` (${reason})`;
}

/** Lets every promise that can go on go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

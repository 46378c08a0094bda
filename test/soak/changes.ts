/** Changes what the server should do, one change after the other, as many operators with little sense would. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrafficMessage } from '../support/admin-client.ts';
import type { ChangeLine } from './lines.ts';
import { FAILED_PRECONDITION } from './operator.ts';
import type { Operator, VersionName } from './operator.ts';
import type { Change, Planned } from './plan.ts';
import { filesOf } from './workload.ts';
import type { Source } from './workload.ts';

export interface ChangesOptions {
  readonly operator: Operator;
  readonly dataDir: string;
  readonly write: (line: ChangeLine) => void;
  /** Told before a version is registered: answers may come from it at once. */
  readonly onVersion: (name: VersionName, source: Source) => void;
  /** A version whose golden example is wrong. */
  readonly rejected: Source;
  /** By model and version: what is there from the start. */
  readonly sources: Readonly<Record<string, Readonly<Record<string, Source>>>>;
}

interface Named {
  readonly name: string;
}

const INVALID_ARGUMENT = 3;
/** Models whose traffic is set by hand; `canary` is rolled out, `digits` has experiments. */
const MOVED = ['iris', 'mlp', 'simple'] as const;
const MOST_GOOD_ONES = 5;
const SHORT = { seconds: 1 };
const STABLE = 'base';
const CANDIDATES = ['same', 'flaky', 'slow'] as const;

export class Changes {
  readonly #options: ChangesOptions;
  readonly #operator: Operator;
  /** That may have traffic, by model. */
  readonly #usable: ReadonlyMap<string, string[]>;
  #count = 0;

  constructor(options: ChangesOptions) {
    this.#options = options;
    this.#operator = options.operator;
    this.#usable = new Map(Object.entries(options.sources).map(([model, versions]) => [model, Object.keys(versions)]));
  }

  /** Aliases keep loaded what callers name. */
  async begin(models: readonly string[]): Promise<void> {
    for (const model of models) {
      const versions = this.#versions(model);
      for (const version of versions) await this.#operator.setAlias({ model, version }, `keep-${version}`);
      await this.#operator.setAlias({ model, version: among(versions, 0) }, 'champion');
    }
  }

  async make({ what, dice }: Planned<Change>): Promise<void> {
    const at = Date.now();
    this.#count += 1;
    let note = '';
    let wrong = '';
    try {
      note = await this.#make(what, dice);
    } catch (caught) {
      const { code, message } = caught as { readonly code?: number; readonly message: string };
      if (code === FAILED_PRECONDITION) note = `refused: ${message}`;
      else wrong = message;
    }
    const acknowledged = this.#operator.takeAcknowledged();
    this.#options.write({ kind: 'change', at, change: what, note, acknowledged, wrong });
  }

  /** @returns what came of it, in a few words. */
  #make(what: Change, [first = 0, second = 0, third = 0]: readonly number[]): Promise<string> {
    const model = among(MOVED, first);
    switch (what) {
      case 'register':
        return this.#registerGood(first < 0.5 ? 'iris' : 'mlp', second);
      case 'register what is rejected':
        return this.#registerRejected();
      case 'register what is corrupt':
        return this.#registerCorrupt();
      case 'shift':
        return this.#shift(model, second, third);
      case 'switch':
        return this.#move('SwitchTraffic', { model, version: among(this.#versions(model), second) });
      case 'roll back':
        // The former policy of the model mlp may name a version that was damaged.
        return this.#move('RollbackTraffic', { model: first < 0.5 ? 'iris' : 'simple' });
      case 'roll out':
        return this.#rollOut(among(CANDIDATES, second));
      case 'abort rollout':
        return this.#abortRollout();
      case 'experiment':
        return this.#experiment(second);
      case 'load what is damaged':
        return this.#loadDamaged();
      case 'alias':
        return this.#moveAlias({ model, version: second < 0.5 ? '1' : '2' });
      case 'delete':
        return this.#deleteOldest(first < 0.5 ? 'iris' : 'mlp');
    }
  }

  async #registerGood(model: string, dice: number): Promise<string> {
    const version = `good-${this.#count}`;
    const iris = Object.values(this.#options.sources.iris ?? {});
    await this.#register({ model, version }, model === 'mlp' ? { mlp: 100 + this.#count } : among(iris, dice));
    const versions = this.#versions(model);
    versions.push(version);
    const tooMany = versions.filter(isGood).length > MOST_GOOD_ONES;
    return `${model} ${version}; ${tooMany ? await this.#deleteOldest(model) : 'none deleted'}`;
  }

  async #register(name: VersionName, source: Source): Promise<void> {
    this.#options.onVersion(name, source);
    await this.#operator.upload(name, await filesOf(source));
    await this.#operator.settle(name, 'QUALIFIED');
  }

  async #registerRejected(): Promise<string> {
    const name = { model: 'iris', version: `rejected-${this.#count}` };
    await this.#operator.upload(name, await filesOf(this.#options.rejected));
    await this.#operator.settle(name, 'REJECTED');
    return name.version;
  }

  /** Half a file: refused at the door, or rejected later. */
  async #registerCorrupt(): Promise<string> {
    const name = { model: 'iris', version: `corrupt-${this.#count}` };
    const whole = (await filesOf({ mlp: this.#count }))['model.onnx'] ?? new Uint8Array();
    try {
      await this.#operator.upload(name, { 'model.onnx': whole.subarray(0, whole.length / 2) });
    } catch (caught) {
      const { code, message } = caught as { readonly code?: number; readonly message: string };
      if (code === INVALID_ARGUMENT) return message;
      throw caught;
    }
    await this.#operator.settle(name, 'REJECTED');
    return name.version;
  }

  /** To two or three versions. */
  #shift(model: string, dice: number, other: number): Promise<string> {
    const versions = this.#versions(model);
    const from = Math.floor(dice * versions.length);
    const [first = '', ...others] = [...versions.slice(from), ...versions.slice(0, from)].slice(0, other < 0.5 ? 2 : 3);
    const weight = Math.floor(1 + (other * 8000) / (others.length + 1));
    const arms = others.map((version) => ({ version, weight }));
    const rest = { version: first, weight: 10_000 - weight * others.length };
    return this.#move('SetTraffic', { model, policy: { arms: [rest, ...arms] } });
  }

  async #move(method: string, order: Parameters<Operator['traffic']>[1]): Promise<string> {
    return told(await this.#operator.traffic(method, order));
  }

  /** From all traffic at `base` each time. */
  async #rollOut(candidate: string): Promise<string> {
    const model = 'canary';
    if ((await this.#openRollout(model)) !== undefined) return 'one is under way';
    const base = await this.#operator.setTraffic(model, [{ version: STABLE, weight: 10_000 }]);
    const steps = [1000, 5000].map((weight) => ({ weight, hold: SHORT, minRequests: 20 }));
    const request = { model, candidate, strategy: { canary: { steps }, bake: SHORT }, force: true };
    const { id } = await this.#operator.order<{ id: number }>('Rollouts', 'Start', request);
    this.#operator.keep({ what: 'rollout', model, id });
    return `${told(base)}; of ${candidate}`;
  }

  async #abortRollout(): Promise<string> {
    const id = await this.#openRollout('canary');
    if (id === undefined) return 'none is under way';
    const { phase } = await this.#operator.order<{ phase: string }>('Rollouts', 'Abort', { id, reason: 'soak' });
    return `rollout ${id} is ${phase}`;
  }

  async #openRollout(model: string): Promise<number | undefined> {
    const request = { model, openOnly: true };
    const { rollouts } = await this.#operator.ask<{ rollouts: readonly { id: number }[] }>('Rollouts', 'List', request);
    return rollouts[0]?.id;
  }

  /** Stops the one that runs, else starts another. */
  async #experiment(dice: number): Promise<string> {
    const model = 'digits';
    const request = { model, runningOnly: true };
    const found = await this.#operator.ask<{ experiments: readonly Named[] }>('Experiments', 'List', request);
    const [running] = found.experiments;
    if (running !== undefined) {
      await this.#operator.order('Experiments', 'Stop', { name: running.name });
      return `${running.name} stopped`;
    }
    const name = `soak-${this.#count}`;
    const shares = dice < 0.5 ? [5000, 5000] : [7000, 3000];
    const arms = ['control', 'treatment'].map((arm, at) => ({ name: arm, version: String(at + 1), share: shares[at] }));
    const metrics = [{ name: 'conversion', kind: 'proportion' }];
    await this.#operator.order('Experiments', 'Create', { name, model, arms, metrics });
    await this.#operator.order('Experiments', 'Start', { name });
    this.#operator.keep({ what: 'experiment', model, name });
    return `${name} started`;
  }

  /** Qualified, and then its file is damaged where serve processes are to fetch it: no caller may notice. */
  async #loadDamaged(): Promise<string> {
    const name = { model: 'mlp', version: `damaged-${this.#count}` };
    const { model, version } = name;
    const before = await this.#operator.ask<TrafficMessage>('Traffic', 'GetTraffic', { model });
    await this.#register(name, { mlp: 100_000 + this.#count });
    const { files } = await this.#operator.ask<{ files: readonly { sha256: string }[] }>(
      'Registry',
      'GetVersion',
      name,
    );
    const sha256 = files[0]?.sha256 ?? '';
    await writeFile(join(this.#options.dataDir, 'blobs/sha256', sha256.slice(0, 2), sha256), 'damaged');
    const reply = await this.#operator.setTraffic(model, [
      { version: among(this.#versions(model), 0), weight: 8000 },
      { version, weight: 2000 },
    ]);
    const { arms } = before.epoch.policy;
    const undone = await this.#operator.setTraffic(model, arms);
    await this.#operator.delete(name);
    if (reply.applied) throw new Error(`${version} is damaged, and ${told(reply)} was applied`);
    return `${told(reply)}; ${told(undone)}`;
  }

  async #moveAlias(name: VersionName): Promise<string> {
    await this.#operator.setAlias(name, 'champion');
    return `champion of ${name.model} is ${name.version}`;
  }

  /** Of those that were registered meanwhile; refused where it has traffic. */
  async #deleteOldest(model: string): Promise<string> {
    const versions = this.#versions(model);
    const version = versions.find(isGood);
    if (version === undefined) return 'none to delete';
    await this.#operator.delete({ model, version });
    versions.splice(versions.indexOf(version), 1);
    return `${model} ${version} deleted`;
  }

  #versions(model: string): string[] {
    const found = this.#usable.get(model);
    if (found === undefined) throw new Error(`there is no model ${model}`);
    return found;
  }
}

function isGood(version: string): boolean {
  return version.startsWith('good-');
}

function told({ epoch: { model, epoch }, applied }: TrafficMessage): string {
  return `${model} epoch ${epoch}${applied ? '' : ', not applied everywhere'}`;
}

/** @param dice in [0, 1). */
function among<T>(choices: readonly T[], dice: number): T {
  const chosen = choices[Math.floor(dice * choices.length)];
  if (chosen === undefined) throw new Error('there is nothing to choose from');
  return chosen;
}

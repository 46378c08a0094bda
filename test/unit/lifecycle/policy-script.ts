/**
 * Plays a script against the lifecycle policy and writes down what it decides. A line of a script is one of
 *
 *     want iris/1 iris/2@b | traffic iris 1=9000 2=1000 | broken iris/3     the whole desired state
 *     ready iris/1      failed iris/1      unloaded iris/1                   what became of a load or an unload
 *
 * where `@b` names other files than the usual `@a`, and `iris/1+4` settings with maxBatchRows 4. What follows from it is written below it, each line after "> ":
 * loads, unloads, and the traffic of a model when it changed.
 */
import assert from 'node:assert/strict';
import type { DesiredModel, DesiredState } from '../../../src/lifecycle/desired-state.ts';
import { keyOf, plan } from '../../../src/lifecycle/policy.ts';
import type { ActualVersion, Plan, Weights } from '../../../src/lifecycle/policy.ts';
import type { VersionSpec, VersionState } from '../../../src/domain/version.ts';
import { spec } from '../../support/builders.ts';

const USUAL_ROWS = '8';

/** "iris/1", "iris/1@b", "iris/1+4" or "iris/1@b+4". */
export function named(text: string): VersionSpec {
  const match = /^(?<model>[^/]+)\/(?<version>[^@+]+)(?:@(?<digest>[^+]+))?(?:\+(?<rows>\d+))?$/.exec(text);
  assert(match?.groups, `${text} should be model/version, with @digest and +maxBatchRows where they matter`);
  const { model = '', version = '', digest = 'a', rows = USUAL_ROWS } = match.groups;
  return spec({ model, version, digest, settings: { maxBatchRows: Number(rows) } });
}

/** The opposite of `named`, from the policy's key. */
function shown(key: string): string {
  const rows = /"maxBatchRows":(\d+)/.exec(key)?.[1];
  const name = key.replace(/ .*/, '').replace(/@a$/, '');
  return rows === USUAL_ROWS ? name : `${name}+${rows ?? ''}`;
}

export function desiredState(line: string): DesiredState {
  const [versions = '', ...clauses] = line.split('|').map((clause) => clause.trim());
  const specs = versions === '' ? [] : versions.split(' ').map(named);
  const traffic = new Map<string, ReadonlyMap<string, number>>();
  const broken = [];
  for (const clause of clauses) {
    const [kind, subject = '', ...weights] = clause.split(' ');
    if (kind === 'broken') {
      const [model = '', version = ''] = subject.split('/');
      broken.push({ model, version, reason: 'it cannot be read' });
    } else {
      assert.equal(kind, 'traffic');
      const pairs = weights.map((pair) => pair.split('='));
      traffic.set(subject, new Map(pairs.map(([version = '', weight]) => [version, Number(weight)])));
    }
  }
  const models: DesiredModel[] = [...Map.groupBy(specs, (each) => each.model)].map(([model, group]) => ({
    model,
    specs: group,
    traffic: traffic.get(model),
  }));
  return { revision: 1, models, broken };
}

/** An instance that does at once what the policy says, but loads and unloads only when told how they went. */
export class World {
  desired: DesiredState = { revision: 0, models: [], broken: [] };
  readonly versions = new Map<string, ActualVersion & { state: VersionState }>();
  inForce = new Map<string, Weights>();
  #told = new Map<string, string>();

  /** One step of the policy, and everything that follows, in words. */
  step(): string[] {
    const next = plan(this.desired, [...this.versions.values()], this.inForce);
    const words: string[] = [];
    for (const each of next.load) {
      assert(!this.versions.has(keyOf(each)), 'what is here is not loaded again');
      this.versions.set(keyOf(each), { ...each, key: keyOf(each), state: 'loading' });
      words.push(`load ${shown(keyOf(each))}`);
    }
    words.push(...this.#follow(next));
    for (const key of next.unload) {
      this.#become(key, 'draining');
      words.push(`unload ${shown(key)}`);
    }
    return words;
  }

  /** What was under way is over; false when nothing of that name is. */
  end(key: string, outcome: 'ready' | 'failed' | 'unloaded'): boolean {
    const from = outcome === 'unloaded' ? 'draining' : 'loading';
    if (this.versions.get(key)?.state !== from) return false;
    if (outcome === 'unloaded') this.versions.delete(key);
    else this.#become(key, outcome);
    return true;
  }

  /** As the manager does with a new desired state: failed versions are forgotten and so tried again. */
  want(desired: DesiredState): void {
    this.desired = desired;
    for (const [key, { state }] of this.versions) if (state === 'failed') this.versions.delete(key);
  }

  /** Traffic as it is in force, told once. */
  #follow({ ladders }: Plan): string[] {
    const words: string[] = [];
    for (const [model, { weights, reason }] of ladders) {
      this.inForce.set(model, weights);
      const shares = [...weights].map(([key, weight]) => `${shown(key.slice(model.length + 1))}=${String(weight)}`);
      const text = `traffic ${model}: ${shares.join(' ') || 'none'}${reason === '' ? '' : ` (${reason})`}`;
      if (this.#told.get(model) !== text) words.push(text);
      this.#told.set(model, text);
    }
    const present = new Set([...this.versions.values()].map(({ model }) => model));
    for (const model of this.inForce.keys()) {
      if (present.has(model)) continue;
      this.inForce.delete(model);
      this.#told.delete(model);
    }
    return words;
  }

  #become(key: string, state: VersionState): void {
    const version = this.versions.get(key);
    assert(version, `${key} should be here`);
    version.state = state;
  }
}

/** The script with the policy's decisions below each line; comments and empty lines stay. */
export function play(script: string): string {
  const world = new World();
  const lines: string[] = [];
  for (const line of script.split('\n')) {
    if (line.startsWith('>')) continue;
    lines.push(line);
    if (line === '' || line.startsWith('#')) continue;
    const [command, ...rest] = line.split(' ');
    if (command === 'want') world.want(desiredState(rest.join(' ')));
    else if (command === 'ready' || command === 'failed' || command === 'unloaded') {
      assert(world.end(keyOf(named(rest.join(' '))), command), `${line}: nothing of that name is under way`);
    } else assert.fail(`${line}: no such command`);
    const words = world.step();
    lines.push(...(words.length === 0 ? ['> nothing'] : words.map((word) => `> ${word}`)));
    assert.deepEqual(world.step(), [], `${line}: a second look at the same state should change nothing`);
  }
  return lines.join('\n');
}

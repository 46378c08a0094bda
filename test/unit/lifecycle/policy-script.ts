/**
 * Plays a script against the lifecycle policy and writes down what it decides. A line of a script is one of
 *
 *     want iris/1 iris/2@b | traffic iris 1=9000 2=1000 | broken iris/3     the whole desired state
 *     reload iris/1                                                         the same; what failed is tried again
 *     ready iris/1      failed iris/1      unloaded iris/1                   what became of a load or an unload
 *
 * where `@b` names other files than the usual `@a`, and `iris/1+4` settings with maxBatchRows 4. Clauses that add to a
 * model's traffic are `epoch iris 7`, `shadow iris 3`, `rule iris 3` and `fail-over iris 1`; `other iris/4` is known and
 * not to be loaded. What follows is written below it, each line after "> ": loads, unloads, versions that are forgotten,
 * and the traffic of a model when it changed.
 */
import assert from 'node:assert/strict';
import type { BrokenVersion, DesiredModel, DesiredState } from '../../../src/domain/desired-state.ts';
import type { TrafficPolicy } from '../../../src/domain/traffic.ts';
import { keyOf, plan } from '../../../src/lifecycle/policy.ts';
import type { ActualVersion, InForce, Plan } from '../../../src/lifecycle/policy.ts';
import type { VersionSpec, VersionState } from '../../../src/domain/version.ts';
import { spec, trafficPolicy } from '../../support/builders.ts';

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

interface Clauses {
  readonly broken: BrokenVersion[];
  readonly others: Map<string, Map<string, string>>;
  readonly policies: Map<string, TrafficPolicy>;
}

export function desiredState(line: string, starting = false): DesiredState {
  const [versions = '', ...texts] = line.split('|').map((clause) => clause.trim());
  const specs = versions === '' ? [] : versions.split(' ').map(named);
  const clauses: Clauses = { broken: [], others: new Map(), policies: new Map() };
  for (const text of texts) readClause(text, clauses);
  const { broken, others, policies } = clauses;
  const byModel = Map.groupBy(specs, (each) => each.model);
  for (const model of [...others.keys(), ...policies.keys()]) if (!byModel.has(model)) byModel.set(model, []);
  const models: DesiredModel[] = [...byModel].map(([model, group]) => ({
    model,
    specs: group,
    policy: policies.get(model),
    aliases: new Map(),
    others: others.get(model) ?? new Map(),
    rejected: new Set(),
  }));
  return { revision: 1, models, broken, starting };
}

function readClause(text: string, { broken, others, policies }: Clauses): void {
  const [kind, subject = '', ...rest] = text.split(' ');
  const [model = '', version = ''] = subject.split('/');
  const [first = ''] = rest;
  const amend = (over: Partial<TrafficPolicy>): void => {
    const policy = policies.get(model);
    assert(policy, `${text}: the traffic comes first`);
    policies.set(model, { ...policy, ...over });
  };
  switch (kind) {
    case 'broken':
      broken.push({ model, version, reason: 'it cannot be read' });
      break;
    case 'other':
      others.set(model, new Map([...(others.get(model) ?? []), [version, 'it was rejected']]));
      break;
    case 'traffic': {
      const weights = rest.map((pair) => pair.split('=')).map(([name = '', weight]) => [name, Number(weight)] as const);
      policies.set(model, trafficPolicy(weights, { salt: model }));
      break;
    }
    case 'epoch':
      amend({ epoch: Number(first) });
      break;
    case 'shadow':
      amend({ shadows: [{ version: first, share: 10_000 }] });
      break;
    case 'rule':
      amend({ rules: [{ name: 'r', header: 'x', match: { kind: 'exact', value: 'y' }, version: first }] });
      break;
    case 'fail-over':
      amend({ failOverTo: first });
      break;
    default:
      assert.fail(`${text}: no such clause`);
  }
}

/** An instance that does at once what the policy says, but loads and unloads only when told how they went. */
export class World {
  desired: DesiredState = { revision: 0, models: [], broken: [], starting: false };
  readonly versions = new Map<
    string,
    ActualVersion & { readonly model: string; state: VersionState; retry: boolean }
  >();
  inForce = new Map<string, InForce>();
  readonly #told = new Map<string, string>();

  /** One step of the policy for every model, and everything that follows, in words. */
  step(): string[] {
    const names = [...this.desired.models, ...this.versions.values()].map(({ model }) => model);
    return [...new Set(names)].flatMap((model) => this.#step(model));
  }

  /** What was under way is over; false when nothing of that name is. */
  end(key: string, outcome: 'ready' | 'failed' | 'unloaded'): boolean {
    const from = outcome === 'unloaded' ? 'draining' : 'loading';
    if (this.versions.get(key)?.state !== from) return false;
    if (outcome === 'unloaded') this.versions.delete(key);
    else this.#become(key, outcome);
    return true;
  }

  want(desired: DesiredState, options: { retryFailed?: boolean } = {}): void {
    this.desired = desired;
    if (options.retryFailed !== true) return;
    for (const version of this.versions.values()) if (version.state === 'failed') version.retry = true;
  }

  #step(model: string): string[] {
    const next = plan({
      desired: this.desired.models.find((each) => each.model === model),
      broken: this.desired.broken.filter((each) => each.model === model),
      actual: [...this.versions.values()].filter((each) => each.model === model),
      inForce: this.inForce.get(model),
    });
    const words: string[] = [];
    for (const each of next.load) {
      const key = keyOf(each);
      assert(this.versions.get(key)?.retry ?? true, 'what is here is not loaded again');
      this.versions.set(key, { key, model, version: each.version, state: 'loading', reason: '', retry: false });
      words.push(`load ${shown(key)}`);
    }
    for (const key of next.forget) {
      this.versions.delete(key);
      words.push(`forget ${shown(key)}`);
    }
    words.push(...this.#follow(model, next));
    for (const key of next.unload) {
      this.#become(key, 'draining');
      words.push(`unload ${shown(key)}`);
    }
    return words;
  }

  /** Traffic as it is in force, told once. */
  #follow(model: string, { inForce, reason }: Plan): string[] {
    const isHere = [...this.versions.values()].some((version) => version.model === model);
    if (inForce !== undefined && isHere) this.inForce.set(model, inForce);
    else this.inForce.delete(model);
    if (!this.desired.models.some((each) => each.model === model)) {
      this.#told.delete(model);
      return [];
    }
    const text = `traffic ${model}: ${inForce === undefined ? 'none' : trafficInWords(model, inForce)}`;
    const whole = reason === '' ? text : `${text} (${reason})`;
    if (this.#told.get(model) === whole) return [];
    this.#told.set(model, whole);
    return [whole];
  }

  #become(key: string, state: VersionState): void {
    const version = this.versions.get(key);
    assert(version, `${key} should be here`);
    version.state = state;
  }
}

/** By the slots that they own, the lowest first. */
function trafficInWords(model: string, { policy, keys }: InForce): string {
  const { arms, shadows, rules, failOverTo, epoch } = policy;
  const nameOf = (version: string): string => shown(keys.get(version) ?? '').slice(model.length + 1);
  const owners = arms
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => (a.slots[0]?.[0] ?? 0) - (b.slots[0]?.[0] ?? 0));
  return [
    ...owners.map(({ version, weight }) => `${nameOf(version)}=${String(weight)}`),
    ...rules.map(({ version }) => `rule ${nameOf(version)}`),
    ...shadows.map(({ version }) => `shadow ${nameOf(version)}`),
    ...(failOverTo === '' ? [] : [`fail-over ${nameOf(failOverTo)}`]),
    ...(epoch > 1 ? [`epoch ${String(epoch)}`] : []),
  ].join(' ');
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
    const text = rest.join(' ');
    if (command === 'want') world.want(desiredState(text));
    else if (command === 'reload') world.want(desiredState(text), { retryFailed: true });
    else if (command === 'ready' || command === 'failed' || command === 'unloaded') {
      assert(world.end(keyOf(named(text)), command), `${line}: nothing of that name is under way`);
    } else assert.fail(`${line}: no such command`);
    const words = world.step();
    lines.push(...(words.length === 0 ? ['> nothing'] : words.map((word) => `> ${word}`)));
    assert.deepEqual(world.step(), [], `${line}: a second look at the same state should change nothing`);
  }
  return lines.join('\n');
}

/** Judges a soak by what its callers wrote down and by the registry at the end: pure, so that doctored logs can be tried. */
import type { Epoch } from '../../src/domain/registry.ts';
import type { TrafficPolicy } from '../../src/domain/traffic.ts';
import { slotOf } from '../../src/routing/pick.ts';
import { binomialPValue } from './binomial.ts';
import type { CallLine, ChangeLine, EndLine, OutcomesLine, WindowLine } from './lines.ts';
import { CHANGES, FAULTS } from './plan.ts';
import type { RegistryView } from './registry-view.ts';
import { STALL } from './stalls.ts';

export interface Account {
  readonly calls: readonly CallLine[];
  /** One, where the callers came to their end. */
  readonly ends: readonly EndLine[];
  readonly outcomes: readonly OutcomesLine[];
  readonly windows: readonly WindowLine[];
  readonly changes: readonly ChangeLine[];
  readonly epochs: readonly Epoch[];
  readonly registry: RegistryView;
  /** How the answer with this digest differs from what the version gives alone; undefined = it does not. */
  readonly differenceOf: (call: CallLine) => string | undefined;
}

export interface Check {
  readonly name: string;
  /** What was looked at, in numbers. */
  readonly seen: string;
  /** The first of them; none = passed. */
  readonly offences: readonly string[];
}

type Looked = Omit<Check, 'name'>;

/** Of a share that is as it should be: the chance that a soak is failed for it. */
const SHARES_ALPHA = 1e-6;
/** Of the whole time. */
const MOST_STALLS = 0.2;
/** Fewer calls in an epoch say nothing about shares. */
const LEAST_CALLS = 20;
const [OK, CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED] = [0, 1, 4, 8];
/** Whoever gives a call little time may be told at once that it will not do. */
const HASTE: Readonly<Record<CallLine['patience'], readonly number[]>> = {
  plain: [],
  tight: [DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED],
  cancelled: [CANCELLED],
};

const CHECKS: readonly (readonly [name: string, look: (account: Account) => Looked])[] = [
  ['every call has exactly one answer', everyCallOnce],
  ['each answer is that of its version alone', answersAreRight],
  ['each version was in the epoch that its answer names', versionsAreOfTheirEpochs],
  ['the shares of each epoch are as its weights', sharesAreRight],
  ['calls fail only where they may', failuresAreForgiven],
  ['every acknowledged change is there', changesAreThere],
  ['every change was made or refused for a reason', changesAreRight],
  ['every fault was put right', faultsWerePutRight],
  ['every acknowledged outcome is counted, none twice', outcomesAreThere],
  ['the audit chain verifies', chainIsWhole],
  ['everything was done at least once', everythingWasDone],
  ['the machine was quick enough for a verdict', machineWasQuick],
];

export function judge(account: Account): Check[] {
  return CHECKS.map(([name, look]) => ({ name, ...look(account) }));
}

function everyCallOnce({ calls, ends }: Account): Looked {
  const [end] = ends;
  const seen = `${calls.length} calls`;
  if (end === undefined) return { seen, offences: ['the callers did not come to their end'] };
  const times = new Uint8Array(end.calls);
  const strange = calls.filter(({ id }) => id >= end.calls);
  for (const { id } of calls) times[id] = (times[id] ?? 0) + 1;
  const counts = [...times.entries()].filter(([, count]) => count !== 1);
  const offences = [
    ...counts.map(([id, count]) => `call ${id} has ${count} answers`),
    ...strange.map(({ id }) => `call ${id} was never made`),
    ...(end.left > 0 ? [`${end.left} calls were not made, since too many were in flight`] : []),
    ...calls
      .filter(({ code, echoed }) => code === OK && !echoed)
      .map((call) => `${told(call)}: it is another's answer`),
  ];
  return { seen, offences };
}

function answersAreRight({ calls, differenceOf }: Account): Looked {
  const answered = calls.filter(({ code }) => code === OK);
  const offences = answered.flatMap((call) => {
    const difference = differenceOf(call);
    return difference === undefined ? [] : [`${told(call)}: ${difference}`];
  });
  return {
    seen: `${answered.length} answers, ${new Set(answered.map(({ answer }) => answer)).size} different`,
    offences,
  };
}

function versionsAreOfTheirEpochs({ calls, epochs }: Account): Looked {
  const policies = policiesOf(epochs);
  const answered = calls.filter(({ code }) => code === OK);
  const offences = answered.flatMap((call) => {
    const policy = policies.get(`${call.model} ${call.epoch}`);
    const wrong = policy === undefined ? 'there was no such epoch' : misplaced(call, policy);
    return wrong === undefined ? [] : [`${told(call)}: ${wrong}`];
  });
  const names = new Set(answered.map(({ model, epoch }) => `${model} ${epoch}`));
  return { seen: `${names.size} of ${epochs.length} epochs answered`, offences };
}

function misplaced(call: CallLine, policy: TrafficPolicy): string | undefined {
  const { ask, named, version, failedOverFrom } = call;
  if (ask === 'version') {
    if (call.arm !== '') return 'it named its version, and fell into an arm';
    return named.startsWith('alias:') || named === version ? undefined : `it asked for ${named}`;
  }
  const meant = failedOverFrom === '' ? version : failedOverFrom;
  const arm = policy.arms.find(({ arm }) => arm === call.arm);
  if (arm?.version !== meant || arm.weight === 0) return `the epoch has no traffic for ${meant} as ${call.arm}`;
  if (failedOverFrom !== '' && version !== policy.failOverTo) return `${version} is not whom the epoch falls back on`;
  if (ask === 'policy') return undefined;
  const slot = slotOf(policy.salt, named);
  const owner = policy.arms.find(({ slots }) => slots.some(([from, below]) => slot >= from && slot < below));
  return owner === arm ? undefined : `its key belongs to ${owner?.arm ?? 'nobody'}`;
}

function policiesOf(epochs: readonly Epoch[]): ReadonlyMap<string, TrafficPolicy> {
  return new Map(epochs.map(({ model, policy }) => [`${model} ${policy.epoch}`, policy]));
}

/** Of calls that nothing but chance divides; haste and cancellation would favour quick versions. */
function sharesAreRight({ calls, epochs, windows }: Account): Looked {
  const counts = new Map<string, Map<string, number>>();
  for (const call of calls) {
    const { model, epoch, arm, code, ask, patience } = call;
    if (code !== OK || ask !== 'policy' || patience !== 'plain' || forgivers(call, windows).length > 0) continue;
    const name = `${model} ${epoch}`;
    const arms = counts.get(name) ?? new Map<string, number>();
    counts.set(name, arms.set(arm, (arms.get(arm) ?? 0) + 1));
  }
  const policies = policiesOf(epochs);
  const tests = [...counts].flatMap(([name, arms]) => {
    const total = [...arms.values()].reduce((sum, count) => sum + count, 0);
    if (total < LEAST_CALLS) return [];
    const weighed = policies.get(name)?.arms ?? [];
    return weighed.map(({ arm, weight }) => ({ name, arm, weight, total, count: arms.get(arm) ?? 0 }));
  });
  const offences = tests
    .filter(({ count, total, weight }) => binomialPValue(count, total, weight / 10_000) < SHARES_ALPHA / tests.length)
    .map(({ name, arm, weight, total, count }) => `${name}: ${arm} of weight ${weight} has ${count} of ${total} calls`);
  return { seen: `${tests.length} arms`, offences };
}

function failuresAreForgiven({ calls, windows }: Account): Looked {
  const failed = calls.filter(({ code }) => code !== OK);
  const plain = failed.filter(({ patience }) => patience === 'plain').length;
  const offences = unforgiven(calls, windows).map(
    (call) => `${told(call)}: ${call.code} ${call.details}${meanwhile(call, windows)}`,
  );
  return { seen: `${failed.length} failed, ${plain} of them with time enough while something was broken`, offences };
}

function unforgiven(calls: readonly CallLine[], windows: readonly WindowLine[]): CallLine[] {
  const isHaste = ({ patience, code }: CallLine): boolean => HASTE[patience].includes(code);
  const failed = calls.filter((call) => call.code !== OK && !isHaste(call));
  return failed.filter((call) => !forgivers(call, windows).includes(call.code));
}

/** The statuses that the windows which a call overlaps forgive. */
function forgivers({ at, ms }: CallLine, windows: readonly WindowLine[]): readonly number[] {
  return windows.filter(({ from, to }) => at <= to && at + ms >= from).flatMap(({ forgives }) => forgives);
}

function meanwhile({ at, ms }: CallLine, windows: readonly WindowLine[]): string {
  const open = windows.filter(({ from, to }) => at <= to && at + ms >= from).map(({ fault }) => fault);
  return open.length === 0 ? '' : ` (during: ${open.join(', ')})`;
}

function changesAreThere({ changes, registry }: Account): Looked {
  const acknowledged = changes.flatMap((change) => change.acknowledged);
  const aliases = new Map<string, string>();
  const deleted = new Set<string>();
  for (const one of acknowledged) {
    if (one.what === 'alias') aliases.set(`${one.model} ${one.alias}`, one.version);
    if (one.what === 'deleted') deleted.add(`${one.model}/${one.version}`);
  }
  const stateOf = (name: string): string => registry.versions.get(name)?.state ?? 'not there';
  const offences = acknowledged.flatMap((one) => {
    switch (one.what) {
      case 'version': {
        const name = `${one.model}/${one.version}`;
        const digest = registry.versions.get(name)?.digest;
        return digest === one.digest ? [] : [`${name} has digest ${digest ?? '(not there)'}, not ${one.digest}`];
      }
      case 'qualified':
      case 'rejected':
      case 'deleted': {
        const name = `${one.model}/${one.version}`;
        const right = deleted.has(name) ? 'DELETED' : one.what.toUpperCase();
        return stateOf(name) === right ? [] : [`${name} is ${stateOf(name)}, not ${right}`];
      }
      case 'epoch': {
        const weights = registry.epochs.get(`${one.model} ${one.epoch}`);
        const same = weights !== undefined && textOf(weights) === textOf(one.weights);
        const now = weights === undefined ? 'not there' : textOf(weights);
        return same ? [] : [`${one.model} epoch ${one.epoch} is ${now}, not ${textOf(one.weights)}`];
      }
      case 'alias':
        return [];
      case 'rollout':
        return registry.rollouts.has(one.id) ? [] : [`rollout ${one.id} is not there`];
      case 'experiment':
        return registry.experiments.has(one.name) ? [] : [`experiment ${one.name} is not there`];
    }
  });
  const astray = [...aliases]
    .filter(([name, version]) => registry.aliases.get(name) !== version)
    .map(([name, version]) => `alias ${name} is ${registry.aliases.get(name) ?? 'not there'}, not ${version}`);
  return { seen: `${acknowledged.length} acknowledged`, offences: [...offences, ...astray] };
}

function textOf(weights: Readonly<Record<string, number>>): string {
  const entries = Object.entries(weights).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([version, weight]) => `${version}=${weight}`).join();
}

function changesAreRight({ changes }: Account): Looked {
  const wrong = changes.filter((change) => change.wrong !== '');
  const offences = wrong.map(({ at, change, note, wrong }) => `${timeOf(at)} ${change} ${note}: ${wrong}`);
  return { seen: `${changes.length} changes`, offences };
}

function faultsWerePutRight({ windows }: Account): Looked {
  const wrong = windows.filter((window) => window.wrong !== '');
  return {
    seen: `${windows.length} faults`,
    offences: wrong.map(({ from, fault, wrong }) => `${timeOf(from)} ${fault}: ${wrong}`),
  };
}

function outcomesAreThere({ outcomes, registry }: Account): Looked {
  const sums = new Map<string, { sent: number; counted: number }>();
  for (const { experiment, sent, counted } of outcomes) {
    const sum = sums.get(experiment) ?? { sent: 0, counted: 0 };
    sums.set(experiment, { sent: sum.sent + sent, counted: sum.counted + counted });
  }
  const offences = [...sums].flatMap(([experiment, { sent, counted }]) => {
    const kept = registry.experiments.get(experiment) ?? 0;
    if (kept >= counted && kept <= sent) return [];
    return [`${experiment} has ${kept} outcomes; ${counted} were acknowledged, ${sent} sent`];
  });
  const total = [...sums.values()].reduce((sum, { counted }) => sum + counted, 0);
  return { seen: `${total} outcomes of ${sums.size} experiments`, offences };
}

function chainIsWhole({ registry: { chain } }: Account): Looked {
  const offences = chain.intact ? [] : [`the chain is broken at event ${chain.brokenAt}`];
  return { seen: `${chain.events} events`, offences };
}

function everythingWasDone({ windows, changes }: Account): Looked {
  const done = new Set([...windows.map(({ fault }) => fault), ...changes.map(({ change }) => change)]);
  const missing = [...FAULTS, ...CHANGES].filter((what) => !done.has(what));
  return { seen: `${done.size} kinds`, offences: missing.map((what) => `never: ${what}`) };
}

/** What is forgiven since processes stood still for want of a core says something only where they seldom did. */
function machineWasQuick({ calls, windows }: Account): Looked {
  const faults = windows.filter(({ fault }) => fault !== STALL);
  const forgiven = unforgiven(calls, faults).length - unforgiven(calls, windows).length;
  const wholeMs = (calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0);
  const ms = coveredMs(windows.filter(({ fault }) => fault === STALL));
  const lost = `${(ms / 1000).toFixed(1)} s of ${(wholeMs / 1000).toFixed(0)} s stood still`;
  const seen = `${lost}, ${forgiven} failures forgiven for that`;
  const isTooMuch = forgiven > 0 && ms > MOST_STALLS * wholeMs;
  return { seen, offences: isTooMuch ? [`${seen}; run it where other things run less`] : [] };
}

/** By at least one of them. */
function coveredMs(windows: readonly WindowLine[]): number {
  let ms = 0;
  let until = 0;
  for (const { from, to } of windows.toSorted((a, b) => a.from - b.from)) {
    ms += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return ms;
}

function told({ id, at, model, ask, named, version, epoch, arm, failedOverFrom, patience, ms }: CallLine): string {
  const whom =
    version === '' ? '' : ` by ${version} (epoch ${epoch}, arm "${arm}"${failedOverFrom && `, for ${failedOverFrom}`})`;
  return `${timeOf(at)} call ${id} of ${model} (${patience}, ${ask} ${named}, ${ms} ms)${whom}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

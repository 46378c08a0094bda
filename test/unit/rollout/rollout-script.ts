/**
 * Plays a script against the rollout reducer and writes down what it decides. The first line of a script says what it
 * is about, the second is the strategy as it is written for `compileStrategy` (JSON; ms). Then a line is one of
 *
 *     start by ann                         begins the rollout of version 2 against version 1
 *     tick applied pass calls=120          the world as it is now; what a tick does not mention stays as it was
 *     pause by ann      resume by ann      promote by ann      promote full by ann      approve by bob
 *     abort by bob      any of these may end with "at 3", the generation that is expected
 *     overridden by carol                  somebody else set the traffic
 *     superseded by ann                    a rollout of version 3 takes its place
 *     crash                                the state goes through JSON, as a restart of the process takes it
 *
 * A line may begin with "10s", "5m" or "1h": so much later. Words of a tick: `applied`, `waiting`, `pass`,
 * `insufficient`, `fail=METRIC:ACTION` (rollback, pause, alert), `calls=`, `pairs=`, `agree` or `differ` (the verdict
 * on disagreement), `budget=WEIGHT/EXTRA` (`budget=?/0`: cannot be told). What follows is written below, after "> ":
 * transitions, effects, refusals.
 */
import assert from 'node:assert/strict';
import { ServerError } from '../../../src/domain/errors.ts';
import { begin, next } from '../../../src/rollout/reducer.ts';
import type {
  Effect,
  Look,
  RolloutEvent,
  RolloutState,
  Step,
  Transition,
  Verdict,
} from '../../../src/rollout/state.ts';
import { compileStrategy } from '../../../src/rollout/strategy.ts';
import type { WantedStrategy } from '../../../src/rollout/strategy.ts';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const START = 1_000_000;
const HOLD_DOWN_MS = 300_000;

export function verdictOf(metric: string, over: Partial<Verdict> = {}): Verdict {
  return {
    metric,
    verdict: 'pass',
    summary: 'as seen',
    candidate: 0,
    stable: 0,
    limit: 0,
    bound: 0,
    eValue: 0,
    threshold: 0,
    alpha: 0,
    alphaSpent: 0,
    candidateSamples: 0,
    stableSamples: 0,
    onFail: 'rollback',
    ...over,
  };
}

export const FIRST_LOOK: Look = {
  applied: false,
  waitingFor: '',
  verdicts: [],
  overall: 'insufficient',
  candidateCalls: 0,
  shadowPairs: 0,
  budget: undefined,
};

/** "10s", "5m", "1h", "2d". */
function millisecondsOf(text: string): number | undefined {
  const match = /^(\d+)([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

function withWord(look: Look, word: string): Look {
  const [name = '', value = ''] = word.split('=');
  const others = (metric: string): Verdict[] => look.verdicts.filter((verdict) => verdict.metric !== metric);
  switch (name) {
    case 'applied':
      return { ...look, applied: true, waitingFor: '' };
    case 'waiting':
      return { ...look, applied: false, waitingFor: 'b: version 2 is still loading' };
    case 'pass':
    case 'insufficient': {
      const verdict = verdictOf('error_rate', { verdict: name });
      const disagreement = look.verdicts.filter(({ metric }) => metric === 'disagreement');
      return { ...look, overall: name, verdicts: [verdict, ...disagreement] };
    }
    case 'fail': {
      const [action = '', metric = '', ...more] = value.split(':').reverse();
      const whole = [...more.reverse(), metric].join(':');
      const onFail = action as Verdict['onFail'];
      const overall = onFail === 'alert' ? look.overall : 'fail';
      const verdict = verdictOf(whole, { verdict: 'fail', onFail });
      return { ...look, overall, verdicts: [...others(whole), verdict] };
    }
    case 'agree':
    case 'differ': {
      const verdict = verdictOf('disagreement', { verdict: name === 'agree' ? 'pass' : 'insufficient' });
      return { ...look, verdicts: [...others('disagreement'), verdict] };
    }
    case 'calls':
      return { ...look, candidateCalls: Number(value) };
    case 'pairs':
      return { ...look, shadowPairs: Number(value) };
    case 'budget': {
      const [weight = '', extra = ''] = value.split('/');
      const summary = `${extra} extra faults are spent`;
      const budget = { weight: weight === '?' ? undefined : Number(weight), extraFaults: Number(extra), summary };
      return { ...look, budget };
    }
    default:
      return assert.fail(`${word}: no such word of a tick`);
  }
}

/** Of everything but ticks and starts. */
function eventOf(line: string): RolloutEvent {
  const match = /^(?<kind>\w+)(?<full> full)? by (?<actor>\w+)(?: at (?<generation>\d+))?$/.exec(line);
  assert(match?.groups, `${line}: no such line`);
  const { kind = '', full, actor = '', generation = '0' } = match.groups;
  const by = { actor, reason: '', expectedGeneration: Number(generation) };
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'approve':
    case 'abort':
      return { kind, by };
    case 'promote':
      return { kind, full: full !== undefined, by };
    case 'overridden':
      return { kind, epoch: 9, actor };
    case 'superseded':
      return { kind, by, candidate: '3' };
    default:
      return assert.fail(`${line}: no such command`);
  }
}

function transitionInWords({ kind, fromPhase, toPhase, stage, weight, actor, reason }: Transition): string {
  const from = fromPhase === '' ? 'nothing' : fromPhase;
  return `${kind}: ${from} -> ${toPhase}, stage ${stage} at ${weight / 100} %, by ${actor}: ${reason}`;
}

function effectInWords(effect: Effect): string {
  if (effect.kind === 'alert') return `alert: ${effect.metric}: ${effect.summary}`;
  const { candidateWeight, shadowShare, failOver, holdStable, holdCandidate } = effect;
  const words = [
    `candidate ${candidateWeight / 100} %`,
    ...(shadowShare > 0 ? [`shadow ${shadowShare / 100} %`] : []),
    ...(failOver ? ['fail over to stable'] : []),
    ...(holdStable ? [] : ['stable goes']),
    ...(holdCandidate ? [] : ['candidate goes']),
  ];
  return `traffic: ${words.join(', ')}`;
}

function stepInWords({ state, transitions, effects }: Step, now: number): string[] {
  if (transitions.length === 0) return ['nothing'];
  const heldDown = state.holdDownUntil > now ? [`held down for ${(state.holdDownUntil - now) / 1000} s`] : [];
  return [...transitions.map(transitionInWords), ...effects.map(effectInWords), ...heldDown];
}

export function play(script: string): string {
  const lines: string[] = [];
  let wanted: WantedStrategy | undefined;
  let state: RolloutState | undefined;
  let look = FIRST_LOOK;
  let now = START;

  const run = (step: () => Step): string[] => {
    try {
      const done = step();
      state = done.state;
      return stepInWords(done, now);
    } catch (caught) {
      assert(caught instanceof ServerError, String(caught));
      return [`refused, ${caught.code}: ${caught.message}`];
    }
  };

  const obey = (line: string): string[] => {
    if (line.startsWith('start by ')) {
      const strategy = compileStrategy(wanted ?? { kind: 'canary' });
      const names = { model: 'iris', stable: '1', candidate: '2', candidateDigest: 'd', holdDownMs: HOLD_DOWN_MS };
      return run(() => begin({ ...names, strategy, actor: line.slice('start by '.length), reason: '' }, now));
    }
    const before = state;
    assert(before, `${line}: a rollout starts first`);
    if (line === 'crash') {
      state = JSON.parse(JSON.stringify(before)) as RolloutState;
      return [];
    }
    if (!line.startsWith('tick')) return run(() => next(before, eventOf(line), now));
    look = line.split(' ').slice(1).reduce(withWord, look);
    const words = run(() => next(before, { kind: 'tick', look }, now));
    return words;
  };

  for (const line of script.split('\n')) {
    if (line.startsWith('>')) continue;
    lines.push(line);
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('{')) {
      wanted = JSON.parse(line) as WantedStrategy;
      continue;
    }
    const [first = '', ...rest] = line.split(' ');
    const later = millisecondsOf(first);
    now += later ?? 0;
    lines.push(...obey(later === undefined ? line : rest.join(' ')).map((words) => `> ${words}`));
  }
  return lines.join('\n');
}

/** The strategy of a rollout, from the flags of `sluice rollout start` or from a file. */
import { choice, integer, ratio } from '../../config/kinds.ts';
import type { Strategy } from '../../transport/gen/sluice/admin/v1/Strategy.ts';
import { flag, manyFlag, switchFlag } from '../command.ts';
import type { Args, Flag, Scene } from '../command.ts';
import { usageError } from '../exit.ts';
import { jsonSourceName, readJsonObject } from '../json-file.ts';
import { aboveZero, longDuration, text, weight } from '../kinds.ts';
import { strategyFromJson } from '../message-codec.ts';
import { CALLS, guardrail, HOLD, metrics, shadowStage, steps } from '../rollout-kinds.ts';
import { wireTime } from '../wire.ts';
import type { WireTime } from '../wire.ts';

const DAY_MS = 86_400_000;
const KINDS = ['canary', 'linear', 'blue-green', 'budget'] as const;
type KindName = (typeof KINDS)[number];

const STRATEGY = flag(
  'strategy',
  'KIND',
  choice(KINDS),
  `${KINDS.join(', ')}. Default: what the other flags are of, or canary.`,
);
const STEPS = flag(
  'steps',
  'STEPS',
  steps(),
  'Of canary: WEIGHT[:HOLD][:n=CALLS][:approve][:no-analysis] with commas between them. Default 10%,25%,50%,100%, each for at least 1m and 100 calls.',
);
const INCREMENT = flag(
  'increment',
  'SHARE',
  aboveZero(weight()),
  'Of linear: the size of a step, 1% to 50%. Default 10%.',
);
const EVERY = flag('every', 'DURATION', HOLD, 'Of linear: how long a step lasts at least. Default 1m.');
const MIN_REQUESTS = flag(
  'min-requests',
  'N',
  CALLS,
  'Of linear: calls of the candidate that a step needs. Default 100.',
);
const APPROVAL = switchFlag('approval', 'Of blue-green: somebody else has to approve the switch.');
const EXTRA_FAULTS = flag(
  'extra-faults',
  'N',
  integer({ min: 1, max: 1_000_000 }),
  'Of budget: failed answers that the candidate may cost beyond those that stable would have had.',
);
const SHADOW = flag(
  'shadow',
  'SHARE[:PAIRS][:HOLD]',
  shadowStage(),
  'Before the first live call: copies of that share of the calls, until so many pairs are compared (default 200), and for so long.',
);
const ALPHA = flag(
  'alpha',
  'SHARE',
  aboveZero(ratio()),
  'How probable it may be to roll back a candidate that is no worse, over all metrics and looks; at most 0.5. Default 0.05.',
);
const METRICS = flag(
  'metrics',
  'METRICS',
  metrics(),
  'What is compared: NAME[=MARGIN][:rollback|pause|alert][:increase|decrease] with commas between them. Default error_rate, and compute and request p50, p95 and p99.',
);
const GUARDRAIL = manyFlag(
  'guardrail',
  'LIMIT',
  guardrail(),
  'A plain limit at all times, such as "request_p99<=100ms" or "success_rate>=95%:5m:pause"; may be given several times.',
);
const FUSE = flag('fuse', 'N', CALLS, 'So many faults in a row take its traffic at once; 0 = never. Default 10.');
const BAKE = flag('bake', 'DURATION', HOLD, 'How long stable is held loaded after the last step. Default 5m.');
const DEADLINE = flag(
  'deadline',
  'DURATION',
  longDuration({ min: 1000, max: 30 * DAY_MS }),
  'A rollout that is open for longer is rolled back. Default 7d.',
);
const ON_INSUFFICIENT = flag(
  'on-insufficient',
  'WHAT',
  choice(['pause', 'rollback']),
  "pause, or rollback, where a step's time is over and the evidence does not suffice. Default pause.",
);
const NO_FAIL_OVER = switchFlag('no-fail-over', 'A call that the candidate fails is not answered by stable.');
const FILE = flag(
  'file',
  'FILE.json',
  text(),
  'The whole strategy as JSON, as "sluice rollout show --json" has it; - reads standard input.',
);

/** The flags that are of one kind only. */
const OWNERS: readonly (readonly [flag: Flag<unknown>, kind: KindName])[] = [
  [STEPS, 'canary'],
  [INCREMENT, 'linear'],
  [EVERY, 'linear'],
  [MIN_REQUESTS, 'linear'],
  [APPROVAL, 'blue-green'],
  [EXTRA_FAULTS, 'budget'],
];

const OTHERS: readonly Flag<unknown>[] = [
  ...[SHADOW, ALPHA, METRICS, GUARDRAIL, FUSE, BAKE, DEADLINE, ON_INSUFFICIENT, NO_FAIL_OVER],
];

export const STRATEGY_FLAGS: readonly Flag<unknown>[] = [STRATEGY, ...OWNERS.map(([own]) => own), ...OTHERS, FILE];

export async function readStrategy({ args, stdin }: Scene): Promise<Strategy> {
  const source = args.get(FILE);
  if (source === undefined) return strategyFromFlags(args);
  const given = STRATEGY_FLAGS.find((each) => each !== FILE && args.has(each));
  if (given !== undefined) {
    throw usageError(`--file has the whole strategy; leave --${given.name} out, or write it there`);
  }
  const json = await readJsonObject({
    source,
    stdin,
    example: '{"canary": {"steps": [{"weight": "10%", "hold": "5m"}]}}',
  });
  return strategyFromJson(json, jsonSourceName(source));
}

function strategyFromFlags(args: Args): Strategy {
  const bake = args.get(BAKE);
  const deadline = args.get(DEADLINE);
  const fuse = args.get(FUSE);
  const analysis = {
    alpha: args.get(ALPHA) ?? 0,
    metrics: [...(args.get(METRICS) ?? [])],
    guardrails: [...args.all(GUARDRAIL)],
    onInsufficient: args.text(ON_INSUFFICIENT),
    // 0 is a value of its own.
    ...(fuse === undefined ? {} : { fuse }),
  };
  return {
    ...kindMessage(chosenKind(args), args),
    analysis,
    shadow: args.get(SHADOW) ?? null,
    failOver: !args.isOn(NO_FAIL_OVER),
    bake: optionalTime(bake),
    deadline: optionalTime(deadline),
  };
}

/** The kind that was named, or else the one that a flag is of; a flag of another kind is a mistake. */
function chosenKind(args: Args): KindName {
  const owners = OWNERS.filter(([own]) => args.has(own));
  const kind = args.get(STRATEGY) ?? owners[0]?.[1] ?? 'canary';
  const stray = owners.find(([, owner]) => owner !== kind);
  if (stray !== undefined) {
    const [{ name }, owner] = stray;
    throw usageError(`--${name} is of --strategy ${owner}, and this is ${kind}; leave one of them out`);
  }
  if (kind === 'budget' && !args.has(EXTRA_FAULTS)) {
    throw usageError('--strategy budget needs --extra-faults; give the failed answers that it may cost');
  }
  return kind;
}

function kindMessage(kind: KindName, args: Args): Strategy {
  switch (kind) {
    case 'canary':
      return { canary: { steps: [...(args.get(STEPS) ?? [])] } };
    case 'linear': {
      const minRequests = args.get(MIN_REQUESTS);
      const calls = minRequests === undefined ? {} : { minRequests };
      return { linear: { increment: args.get(INCREMENT) ?? 0, every: optionalTime(args.get(EVERY)), ...calls } };
    }
    case 'blue-green':
      return { blueGreen: { approval: args.isOn(APPROVAL) } };
    case 'budget':
      return { budget: { extraFaults: args.get(EXTRA_FAULTS) ?? 0 } };
  }
}

function optionalTime(ms: number | undefined): WireTime | null {
  return ms === undefined ? null : wireTime(ms);
}

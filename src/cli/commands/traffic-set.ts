/** Setting the whole traffic policy of a model. */
import { TOTAL_WEIGHT } from '../../domain/traffic.ts';
import { flag, manyFlag, switchFlag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { EXPECTED_EPOCH, FORCE, REASON, SHORT_WAIT_MS, WAIT } from '../flags.ts';
import { rule, share, text } from '../kinds.ts';
import type { Share } from '../kinds.ts';
import { percent } from '../render/bar.ts';
import { showChanged } from './traffic.ts';

const SHADOW = manyFlag(
  'shadow',
  'VERSION=SHARE',
  share(),
  'Copies that share of the calls to a version; nobody gets its answers.',
);
const FAIL_OVER = flag('fail-over-to', 'VERSION', text(), 'Answers in place of a version that fails or is overloaded.');
const RULE = manyFlag(
  'rule',
  'RULE',
  rule(),
  "Who answers calls with a metadata header: 'NAME:HEADER=VALUE->VERSION'. The first that matches decides.",
);
const KEY_HEADER = flag('routing-key-header', 'HEADER', text(), 'The metadata header whose value is the routing key.');
const NOT_STICKY = switchFlag('not-sticky', 'Routing keys do not keep their version.');
const RESHUFFLE = switchFlag('reshuffle', 'Deals all callers anew.');

async function set(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  const waitMs = args.get(WAIT) ?? SHORT_WAIT_MS;
  const request = {
    model: args.operand('MODEL'),
    policy: {
      arms: parseArms(args.operands('VERSION=SHARE')),
      rules: args.all(RULE).map(({ match, ...others }) => ({ ...others, ...match })),
      shadows: args.all(SHADOW).map(({ version, weight }) => ({ version, share: weight })),
      failOverTo: args.text(FAIL_OVER),
      sticky: !args.isOn(NOT_STICKY),
      routingKeyHeader: args.text(KEY_HEADER),
    },
    expectedEpoch: args.get(EXPECTED_EPOCH) ?? 0,
    reshuffle: args.isOn(RESHUFFLE),
    force: args.isOn(FORCE),
    waitMs,
    reason: args.text(REASON),
  };
  return showChanged(scene, await client.change(client.traffic.SetTraffic, request, waitMs));
}

/** The arms; all of them in percent, or all in 1/10,000, and together the whole. */
export function parseArms(given: readonly string[]) {
  const kind = share();
  const arms = given.map((each) => {
    const parsed = kind.parse(each);
    if (parsed === undefined) throw usageError(`"${each}" is no weight; give ${kind.allowed}`);
    return parsed;
  });
  checkUnits(arms);
  checkSum(arms);
  return arms.map(({ version, weight }) => ({ version, weight }));
}

function checkUnits(arms: readonly Share[]): void {
  if (new Set(arms.map(({ unit }) => unit)).size < 2) return;
  throw usageError('some weights are in percent and some in 1/10,000; write them all alike, such as 1=90% 2=10%');
}

function checkSum(arms: readonly Share[]): void {
  const sum = arms.reduce((total, { weight }) => total + weight, 0);
  if (sum === TOTAL_WEIGHT) return;
  const isPercent = arms[0]?.unit === '%';
  const found = isPercent ? `${percent(sum)} and not 100%` : `${sum} and not ${TOTAL_WEIGHT} (1/10,000 each)`;
  const advice = isPercent ? '' : '; for percent write 90%';
  throw usageError(`the weights sum to ${found}${advice}`);
}

export const TRAFFIC_SET_COMMAND: Command = {
  name: 'traffic set',
  operands: [{ name: 'MODEL' }, { name: 'VERSION=SHARE', many: true }],
  flags: [WAIT, EXPECTED_EPOCH, SHADOW, FAIL_OVER, RULE, KEY_HEADER, NOT_STICKY, RESHUFFLE, FORCE, REASON],
  summary: 'Sets who answers a model: the whole policy, so what is left out is not kept.',
  details: [
    'Shares are percent with up to two decimals (1=33.33% 2=66.67%), or 1/10,000 without a sign (1=3333 2=6667); they sum up to the whole. A version of 0% is loaded and answers who names it.',
    'A rule compares one header: HEADER=VALUE, HEADER^=PREFIX, HEADER|=A|B|C for one of them, HEADER for "is there", !HEADER for "is not".',
    'Whoever has a routing key keeps the version, but for those whom a growing version gains.',
  ],
  examples: [
    'traffic set iris 1=90% 2=10% --wait 30s',
    'traffic set iris 1=9000 2=1000 --expected-epoch 7',
    'traffic set iris 1=100% --shadow 2=5% --fail-over-to 1',
    "traffic set iris 1=100% --rule 'beta:x-tenant=acme->2' --reason 'acme tries 2'",
  ],
  run: set,
};

/** Rollouts on evidence: starting one, looking at it, and what people may decide about it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rollout__Output } from '../../transport/gen/sluice/admin/v1/Rollout.ts';
import { changeNote } from '../change-note.ts';
import { switchFlag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { CommandError, EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { DEFAULT_LIMIT, EXPECTED_GENERATION, IDEMPOTENCY_KEY, LIMIT, REASON } from '../flags.ts';
import { collect, moreLine } from '../paging.ts';
import { rolloutLine, rolloutLines, rolloutTable, watchedRolloutLines } from '../render/rollout.ts';
import { readStrategy, STRATEGY_FLAGS } from './rollout-strategy.ts';

const FORCE = switchFlag(
  'force',
  'Starts although the candidate was rolled back lately, or does not accept all that stable accepts.',
);
const WATCH = switchFlag('watch', 'Watches it to its end, as "sluice rollout watch" does.');
/** An admin process that restarts is back within this. */
const MAX_RETRIES = 15;
const RETRY_MS = 1000;

const OPEN = switchFlag('open', 'Only those that have not ended.');
const FULL = switchFlag('full', 'All the way, without the steps between.');

async function start(scene: Scene): Promise<ExitCode> {
  const { args, client, screen } = scene;
  const rollout = await client.change(client.rollouts.Start, {
    model: args.operand('MODEL'),
    candidate: args.operand('CANDIDATE'),
    strategy: await readStrategy(scene),
    force: args.isOn(FORCE),
    ...changeNote(args),
  });
  if (args.isOn(WATCH)) return await follow(scene, { id: rollout.id.toString() });
  screen.show(rollout, (look) => [rolloutLine(rollout, look)]);
  return EXIT.done;
}

/** A rollout by its number, or the open or last one of a model. */
function named(args: Args): { readonly id: string } | { readonly model: string } {
  const given = args.operand('ID|MODEL');
  return /^\d{1,15}$/.test(given) ? { id: given } : { model: given };
}

async function show({ args, client, screen }: Scene): Promise<ExitCode> {
  const rollout = await client.ask(client.rollouts.Get, named(args));
  screen.show(rollout, (look) => rolloutLines(rollout, look));
  return EXIT.done;
}

async function list({ args, client, screen }: Scene): Promise<ExitCode> {
  const filter = { model: args.operand('MODEL'), openOnly: args.isOn(OPEN) };
  const page = await collect(args.get(LIMIT) ?? DEFAULT_LIMIT, async (next) => {
    const { rollouts, nextPageToken } = await client.ask(client.rollouts.List, { ...filter, ...next });
    return { items: rollouts, nextPageToken };
  });
  screen.show({ rollouts: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...rolloutTable(page.items, look),
    ...moreLine(page, '--limit shows more'),
  ]);
  return EXIT.done;
}

async function watch(scene: Scene): Promise<ExitCode> {
  return await follow(scene, named(scene.args));
}

/** Shows each state to the end, in a log each that says something new; that the candidate was not promoted is a no. */
async function follow(scene: Scene, request: ReturnType<typeof named>): Promise<ExitCode> {
  let last: Rollout__Output | undefined;
  for await (const rollout of statesOf(scene, request)) {
    const isNews = last === undefined || newsOf(last) !== newsOf(rollout);
    scene.screen.update(rollout, {
      block: (look) => watchedRolloutLines(rollout, look),
      lines: (look) => (isNews ? [rolloutLine(rollout, look)] : []),
    });
    last = rollout;
  }
  if (last === undefined || last.endedAt === null) return EXIT.interrupted;
  return last.phase === 'promoted' ? EXIT.done : EXIT.no;
}

/** Until it has ended or the user has had enough; a server that goes away in between is waited for. */
async function* statesOf(
  { client, signal }: Scene,
  request: ReturnType<typeof named>,
): AsyncGenerator<Rollout__Output> {
  let isKnown = false;
  for (let retries = 0; !signal.aborted; retries += 1) {
    try {
      for await (const rollout of client.watch(client.rollouts.Watch, request)) {
        isKnown = true;
        retries = 0;
        yield rollout;
        if (rollout.endedAt !== null) return;
      }
    } catch (caught) {
      const isAway = caught instanceof CommandError && caught.exitCode === EXIT.unreachable;
      if (!isKnown || !isAway || retries === MAX_RETRIES) throw caught;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function newsOf({ generation, verdict }: Rollout__Output): string {
  return `${generation.toString()} ${verdict}`;
}

type Change = 'Pause' | 'Resume' | 'Abort' | 'Approve' | 'Promote';

function changing(change: Change): (scene: Scene) => Promise<ExitCode> {
  return async ({ args, client, screen }) => {
    const { rollouts } = client;
    const which = named(args);
    const id = 'id' in which ? which.id : (await client.ask(rollouts.Get, which)).id.toString();
    const request = { id, expectedGeneration: args.get(EXPECTED_GENERATION) ?? 0, ...changeNote(args) };
    const rollout =
      change === 'Promote'
        ? await client.change(rollouts.Promote, { ...request, full: args.isOn(FULL) })
        : await client.change(rollouts[change], request);
    screen.show(rollout, (look) => [rolloutLine(rollout, look)]);
    return EXIT.done;
  };
}

const OPERANDS = [{ name: 'ID|MODEL' }];
const CHANGE_FLAGS = [EXPECTED_GENERATION, REASON, IDEMPOTENCY_KEY];
const BY_MODEL = 'A model stands for its open rollout, or else its last one.';

export const ROLLOUT_COMMANDS: readonly Command[] = [
  {
    name: 'rollout start',
    operands: [{ name: 'MODEL' }, { name: 'CANDIDATE' }],
    flags: [...STRATEGY_FLAGS, WATCH, FORCE, REASON, IDEMPOTENCY_KEY],
    summary: 'Moves the traffic to another version step by step, as long as the evidence allows it.',
    details: [
      'The version that has all the traffic is the stable one. Every metric of the candidate is compared with what stable did during the same time; a candidate that is worse is rolled back, and one that nobody can judge yet waits.',
      'A step is over when its time, its calls and its evidence are there: "25%:5m:n=500:approve" is 25 % for at least five minutes and 500 calls, and somebody else than you has to approve what follows.',
    ],
    examples: [
      'rollout start iris 3',
      'rollout start iris 3 --steps 10%:1m,25%:5m,50%:5m:approve,100% --guardrail "request_p99<=100ms" --watch',
      'rollout start iris 3 --strategy blue-green --bake 15m',
      'rollout start iris 3 --shadow 100%:500 --extra-faults 20',
      'rollout start iris 3 --increment 5% --every 10m --on-insufficient rollback --reason "retrained on May"',
      'rollout start iris 3 --file strategy.json',
    ],
    run: start,
  },
  {
    name: 'rollout list',
    operands: [{ name: 'MODEL', optional: true }],
    flags: [OPEN, LIMIT],
    summary: 'Lists the rollouts of a model, or all, the newest first.',
    examples: ['rollout list', 'rollout list iris', 'rollout list --open'],
    run: list,
  },
  {
    name: 'rollout show',
    operands: OPERANDS,
    flags: [],
    summary:
      'Shows the decision record: stages, what the evidence says of each metric, both versions, and all that happened.',
    details: [
      BY_MODEL,
      'A metric passes when its bound is within its limit, and fails when the evidence that it is worse reaches what it has to reach; until one of them it is insufficient. Looking often costs nothing: both hold at all times.',
    ],
    examples: ['rollout show iris', 'rollout show 7 --json'],
    run: show,
  },
  {
    name: 'rollout watch',
    operands: OPERANDS,
    flags: [],
    summary: 'Shows it, and again while it goes on, to its end; exit code 0 where the candidate is promoted.',
    details: [
      BY_MODEL,
      'Exit codes: 0 the candidate is promoted; 1 it is not: rolled back, aborted, or somebody set the traffic by hand; 130 Ctrl-C before the end. An admin process that restarts is waited for.',
    ],
    examples: ['rollout watch iris', 'rollout watch 7 --json'],
    run: watch,
  },
  {
    name: 'rollout pause',
    operands: OPERANDS,
    flags: CHANGE_FLAGS,
    summary: 'Keeps it where it is; what is watched may still roll it back.',
    details: [BY_MODEL],
    examples: ['rollout pause iris --reason "nobody is here at night"'],
    run: changing('Pause'),
  },
  {
    name: 'rollout resume',
    operands: OPERANDS,
    flags: CHANGE_FLAGS,
    summary: 'Lets it go on from where it was paused; the time of the step begins anew.',
    details: [BY_MODEL],
    examples: ['rollout resume iris'],
    run: changing('Resume'),
  },
  {
    name: 'rollout promote',
    operands: OPERANDS,
    flags: [FULL, ...CHANGE_FLAGS],
    summary: 'Takes it one step on without waiting for the rest of this one, or all the way.',
    details: [BY_MODEL],
    examples: ['rollout promote iris', 'rollout promote iris --full --reason "as good on the holdout"'],
    run: changing('Promote'),
  },
  {
    name: 'rollout abort',
    operands: OPERANDS,
    flags: [REASON, IDEMPOTENCY_KEY],
    summary: 'Gives all traffic back to the stable version, at once and whatever else is under way.',
    details: [BY_MODEL],
    examples: ['rollout abort iris --reason "the labels are wrong"'],
    run: changing('Abort'),
  },
  {
    name: 'rollout approve',
    operands: OPERANDS,
    flags: CHANGE_FLAGS,
    summary: 'Lets a step that waits for an approval go on; never by who started it.',
    details: [BY_MODEL],
    examples: ['rollout approve iris --actor bob'],
    run: changing('Approve'),
  },
];

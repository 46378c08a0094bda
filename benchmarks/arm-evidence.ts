/** What does it cost a call to be evidence of a rollout, and what does it cost where there is none? */
import type { TrafficPolicy } from '../src/domain/traffic.ts';
import { ArmEvidence } from '../src/monitor/arm-evidence.ts';
import type { ArmTicket } from '../src/monitor/arm-evidence.ts';
import { EvidenceBook } from '../src/monitor/evidence-book.ts';
import { nextDraw } from '../src/routing/draw.ts';
import { hashOf } from '../src/routing/pick.ts';
import { buildLadder } from '../src/routing/route-table.ts';
import type { Route } from '../src/routing/route-table.ts';
import { Router } from '../src/routing/router.ts';
import { trafficPolicy } from '../test/support/builders.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

const CALLERS = 10_000;
/** That come before the first of them ends, and are one run of each arm. */
const TOGETHER = 16;
const KEYS = Array.from({ length: CALLERS }, (_, caller) => `user-${caller}`);

const ONE = trafficPolicy([['1', 10_000]]);
const TWO = trafficPolicy([
  ['1', 9000],
  ['2', 1000],
]);

const WAYS: readonly (readonly [string, TrafficPolicy, keyed: boolean])[] = [
  ['one arm, no key', ONE, false],
  ['one arm, with a key', ONE, true],
  ['two arms, no key', TWO, false],
  ['two arms, with a key', TWO, true],
];

export function armEvidence(args: readonly string[]): void {
  const { seconds, rounds } = parseSettings(args, { seconds: 2, rounds: 3 });
  console.log(`## Evidence of arms\n\n${describeMachine()}\n\nFrom the choice of a version to the end of the call:\n`);
  const rows = WAYS.map(([calls, policy, keyed]) => {
    const costs = Array.from({ length: rounds }, () => microseconds(callsOf(policy, keyed), seconds / rounds));
    return { calls, 'µs (best round)': Math.min(...costs) };
  });
  console.log(markdownTable(rows));
}

/** Makes some calls as serving/predict.ts does, without asking any version. */
function callsOf(policy: TrafficPolicy, keyed: boolean): () => number {
  const router = new Router<string>(Math.random);
  router.swap(new Map([['iris', routeOf(policy)]]));
  const arms = new ArmEvidence(new EvidenceBook());
  const header = (): undefined => undefined;
  let caller = 0;
  return () => {
    const tickets: ArmTicket[] = [];
    for (let call = 0; call < TOGETHER; call += 1) {
      const routingKey = keyed ? (KEYS[(caller += 1) % CALLERS] ?? '') : '';
      const { arm, epoch, slot, evidence, isDrawn, key } = router.route({
        model: 'iris',
        version: '',
        routingKey,
        header,
      });
      if (evidence === 'none') continue;
      const keyHash = evidence === 'keyed' ? hashOf(key) : undefined;
      const ticket = arms.arrive({ model: 'iris', epoch, arm, slot, isDrawn, keyHash });
      if (ticket !== undefined) tickets.push(ticket);
    }
    const run = Symbol();
    for (const ticket of tickets) arms.record(ticket, { outcome: 'ok', ms: 3, run: { id: run, computeMs: 1 } });
    return TOGETHER;
  };
}

function routeOf(policy: TrafficPolicy): Route<string> {
  const ladder = buildLadder(policy.arms, (version) => version);
  const draw = policy.arms.length > 1 ? nextDraw(undefined, ladder) : undefined;
  const none = new Map<string, string>();
  return {
    model: 'iris',
    epoch: policy.epoch,
    policy: { ...policy, ladder, draw, rules: [], shadows: [], failOver: undefined },
    reason: '',
    aliases: none,
    ready: none,
    absent: none,
    others: none,
    latest: '',
  };
}

function microseconds(calls: () => number, seconds: number): number {
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < seconds * 1000) for (let turn = 0; turn < 100; turn += 1) count += calls();
  return ((performance.now() - startedAt) * 1000) / count;
}

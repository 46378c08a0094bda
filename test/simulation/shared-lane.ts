/**
 * Two versions on one lane: calls that come in bursts, batches of what waits, the lane's time shared fairly. What a run
 * takes depends on the moment and on its rows only, so the versions are alike.
 */
import { Histogram } from '../../src/monitor/histogram.ts';
import { histogramTotals } from '../../src/monitor/series.ts';
import { addRuns, NO_LATENCY_EVIDENCE } from '../../src/rollout/latency-evidence.ts';
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import type { Prng } from '../support/prng.ts';

export interface Load {
  /** The candidate's share of the calls. */
  readonly share: number;
  readonly seconds: number;
  readonly callsPerSecond: number;
  readonly burst: { readonly callsPerSecond: number; readonly seconds: number; readonly every: number };
  /** How much slower runs are in a burst, when the processor has more to do. */
  readonly contention: number;
  /** Of a run, and of each row in it. */
  readonly runSeconds: number;
  readonly rowSeconds: number;
}

type Arm = 'candidate' | 'stable';

interface Call {
  readonly arm: Arm;
  readonly at: number;
  partner: Call | undefined;
  run: number;
  isOldest: boolean;
  doneAt: number;
  compute: number;
}

const MAX_ROWS = 32;
const SPREAD = 0.2;

/** All calls in the order in which they were done. */
function callsOf(random: Prng, load: Load): readonly Call[] {
  const { share, seconds, burst, contention, runSeconds, rowSeconds } = load;
  const after = (rate: number): number => -Math.log(1 - random.next()) / rate;
  const queues: Record<Arm, Call[]> = { candidate: [], stable: [] };
  const spent: Record<Arm, number> = { candidate: 0, stable: 0 };
  const done: Call[] = [];
  let [now, free, run, spentNow] = [0, 0, 0, 0];
  let arrival = after(load.callsPerSecond);
  let burstAt = after(1 / burst.every);
  let single: Call | undefined;
  while (now < seconds) {
    const isWaiting = queues.candidate.length + queues.stable.length > 0;
    if (!isWaiting || arrival <= Math.max(free, now)) {
      now = arrival;
      const arm: Arm = random.next() < share ? 'candidate' : 'stable';
      const call: Call = { arm, at: now, partner: undefined, run: 0, isOldest: false, doneAt: 0, compute: 0 };
      if (single !== undefined && single.arm !== arm) [single.partner, call.partner] = [call, single];
      single = single === undefined ? call : undefined;
      if (queues[arm].length === 0) spent[arm] = Math.max(spent[arm], spentNow);
      queues[arm].push(call);
      if (now > burstAt + burst.seconds) burstAt = now + after(1 / burst.every);
      arrival = now + after(now > burstAt ? burst.callsPerSecond : load.callsPerSecond);
      continue;
    }
    now = Math.max(free, now);
    const isCandidate = queues.stable.length === 0 || (queues.candidate.length > 0 && spent.candidate <= spent.stable);
    const arm: Arm = isCandidate ? 'candidate' : 'stable';
    const batch = queues[arm].splice(0, MAX_ROWS);
    const expected = runSeconds + rowSeconds * batch.length;
    const isBurst = now > burstAt && now <= burstAt + burst.seconds;
    const compute = expected * Math.exp(SPREAD * random.normal()) * (isBurst ? contention : 1);
    spentNow = spent[arm];
    spent[arm] += expected;
    free = now + compute;
    run += 1;
    for (const [row, call] of batch.entries()) {
      Object.assign(call, { run, isOldest: row === 0, doneAt: free, compute });
      done.push(call);
    }
  }
  return done;
}

/** Which calls stand for their runs. */
export type Rule = 'oldest of each run' | 'neighbours of both arms';

/**
 * Neighbours: of the calls in the order in which they came the first and the second, the third and the fourth and so
 * on, where chance sent one to each arm; of each run one call. They are counted when both have come and the call is
 * done.
 */
function counted(calls: readonly Call[], rule: Rule): readonly (Call & { countedAt: number })[] {
  if (rule === 'oldest of each run') {
    return calls.filter(({ isOldest }) => isOldest).map((call) => ({ ...call, countedAt: call.doneAt }));
  }
  const runs = new Set<number>();
  return calls
    .flatMap((call) =>
      call.partner === undefined ? [] : [{ ...call, countedAt: Math.max(call.doneAt, call.partner.at) }],
    )
    .toSorted((a, b) => a.countedAt - b.countedAt)
    .filter(({ run }) => !runs.has(run) && runs.add(run));
}

const BLOCK_SECONDS = 0.25;

/** The largest ln e of each metric over reports of 250 ms. */
export function largestLaneEvidence(
  random: Prng,
  load: Load,
  { rule, metrics, margin }: { rule: Rule; metrics: readonly LatencyMetric[]; margin: number },
): readonly number[] {
  const chosen = counted(callsOf(random, load), rule);
  let evidence = metrics.map(() => NO_LATENCY_EVIDENCE);
  for (let block = 0, from = 0; block * BLOCK_SECONDS < load.seconds; block += 1) {
    let to = from;
    while (to < chosen.length && (chosen[to]?.countedAt ?? 0) < (block + 1) * BLOCK_SECONDS) to += 1;
    const calls = chosen.slice(from, to);
    from = to;
    evidence = evidence.map((of, index) => {
      const metric = metrics[index] ?? 'compute_p50';
      const take = (arm: Arm): ReturnType<typeof histogramTotals> => {
        const histogram = new Histogram();
        for (const call of calls) {
          if (call.arm === arm) histogram.record(metric.startsWith('compute') ? call.compute : call.doneAt - call.at);
        }
        return histogramTotals(histogram);
      };
      return addRuns(of, { candidate: take('candidate'), stable: take('stable'), metric, margin });
    });
  }
  return evidence.map(({ mostLog }) => mostLog);
}

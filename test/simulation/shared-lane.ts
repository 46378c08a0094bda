/**
 * Two versions on one lane: calls that come in bursts, batches of what waits, the lane's time shared fairly. What a run
 * takes depends on the moment and on its rows only, so the versions are alike.
 */
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { TOTAL_WEIGHT } from '../../src/domain/traffic.ts';
import type { ArmTicket } from '../../src/monitor/arm-evidence.ts';
import { Histogram } from '../../src/monitor/histogram.ts';
import { histogramTotals } from '../../src/monitor/series.ts';
import { NO_LATENCY_EVIDENCE } from '../../src/rollout/latency-evidence.ts';
import type { LatencyEvidence } from '../../src/rollout/latency-evidence.ts';
import type { Prng } from '../support/prng.ts';
import { ARMS, Comparison } from './comparison.ts';
import { addBlock } from './run-streams.ts';

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
  /** How much slower the candidate's runs are; 1 where it is not given. */
  readonly factor?: number;
}

type Arm = keyof typeof ARMS;

interface Call {
  readonly arm: Arm;
  readonly at: number;
}

interface Run {
  readonly arm: Arm;
  readonly calls: readonly Call[];
  readonly seconds: number;
  readonly doneAt: number;
}

/** What happens, in the order in which it does. */
type Event = { readonly kind: 'came'; readonly call: Call } | { readonly kind: 'ran'; readonly run: Run };

const MAX_ROWS = 32;
const SPREAD = 0.2;

class Lane {
  readonly #load: Load;
  readonly #random: Prng;
  readonly #queues: Record<Arm, Call[]> = { candidate: [], stable: [] };
  /** Expected run time that each version was given; who was given less is next. */
  readonly #spent: Record<Arm, number> = { candidate: 0, stable: 0 };
  #spentNow = 0;
  #arrival: number;
  #burstAt: number;

  constructor(random: Prng, load: Load) {
    this.#load = load;
    this.#random = random;
    this.#arrival = this.#after(1 / load.callsPerSecond);
    this.#burstAt = this.#after(load.burst.every);
  }

  *events(): Generator<Event> {
    let run: Run | undefined;
    while (this.#arrival < this.#load.seconds) {
      if (run !== undefined && run.doneAt < this.#arrival) {
        yield { kind: 'ran', run };
        run = this.#dispatch(run.doneAt);
        continue;
      }
      const call = this.#come();
      yield { kind: 'came', call };
      run ??= this.#dispatch(call.at);
    }
  }

  /** @param mean in seconds. */
  #after(mean: number): number {
    return -Math.log(1 - this.#random.next()) * mean;
  }

  #come(): Call {
    const { share, callsPerSecond, burst } = this.#load;
    const at = this.#arrival;
    const arm = this.#random.next() < share ? 'candidate' : 'stable';
    const call = { arm, at } as const;
    if (this.#queues[arm].length === 0) this.#spent[arm] = Math.max(this.#spent[arm], this.#spentNow);
    this.#queues[arm].push(call);
    if (at > this.#burstAt + burst.seconds) this.#burstAt = at + this.#after(burst.every);
    this.#arrival = at + this.#after(1 / (at > this.#burstAt ? burst.callsPerSecond : callsPerSecond));
    return call;
  }

  #dispatch(now: number): Run | undefined {
    const { contention, burst, runSeconds, rowSeconds, factor = 1 } = this.#load;
    const { candidate, stable } = this.#queues;
    if (candidate.length + stable.length === 0) return undefined;
    const isCandidate = stable.length === 0 || (candidate.length > 0 && this.#spent.candidate <= this.#spent.stable);
    const arm = isCandidate ? 'candidate' : 'stable';
    const calls = this.#queues[arm].splice(0, MAX_ROWS);
    const expected = runSeconds + rowSeconds * calls.length;
    const isBurst = now > this.#burstAt && now <= this.#burstAt + burst.seconds;
    const slower = (isBurst ? contention : 1) * (isCandidate ? factor : 1);
    const seconds = expected * Math.exp(SPREAD * this.#random.normal()) * slower;
    this.#spentNow = this.#spent[arm];
    this.#spent[arm] += expected;
    return { arm, calls, seconds, doneAt: now + seconds };
  }
}

const BLOCK_SECONDS = 0.25;

export interface Question {
  readonly metrics: readonly LatencyMetric[];
  readonly margin: number;
}

/** A minute or so of a rollout, as serve processes count it and report each 250 ms. */
export function compareOnLane(random: Prng, load: Load, { metrics, margin }: Question): Comparison {
  const comparison = new Comparison({ margins: new Map(metrics.map((metric) => [metric, margin])) });
  comparison.open(1, Math.round(load.share * TOTAL_WEIGHT));
  const [arms] = comparison.processes;
  const tickets = new Map<Call, ArmTicket | undefined>();
  let reportAt = BLOCK_SECONDS;
  for (const event of new Lane(random, load).events()) {
    for (const at = timeOf(event); reportAt <= at; reportAt += BLOCK_SECONDS) comparison.report(reportAt * 1000);
    if (event.kind === 'came') {
      const place = { model: 'iris', epoch: 1, arm: ARMS[event.call.arm], slot: 0 };
      tickets.set(event.call, arms?.arrive({ ...place, isDrawn: true, keyHash: undefined }));
      continue;
    }
    const { calls, seconds, doneAt } = event.run;
    const run = { id: Symbol(), computeMs: seconds * 1000 };
    for (const call of calls) {
      const ticket = tickets.get(call);
      tickets.delete(call);
      if (ticket !== undefined) arms?.record(ticket, { outcome: 'ok', ms: (doneAt - call.at) * 1000, run });
    }
  }
  return comparison;
}

function timeOf(event: Event): number {
  return event.kind === 'came' ? event.call.at : event.run.doneAt;
}

/** The largest ln e of each metric where the oldest call stands for each run. */
export function largestOfOldestCalls(random: Prng, load: Load, { metrics, margin }: Question): readonly number[] {
  let evidence = metrics.map(() => NO_LATENCY_EVIDENCE);
  let block: Run[] = [];
  let endsAt = BLOCK_SECONDS;
  for (const event of new Lane(random, load).events()) {
    if (event.kind !== 'ran') continue;
    if (event.run.doneAt >= endsAt) {
      evidence = evidence.map((of, at) => addOldest(of, block, { metric: metrics[at] ?? 'compute_p50', margin }));
      block = [];
      endsAt = (Math.floor(event.run.doneAt / BLOCK_SECONDS) + 1) * BLOCK_SECONDS;
    }
    block.push(event.run);
  }
  return evidence.map(({ mostLog }) => mostLog);
}

function addOldest(
  evidence: LatencyEvidence,
  block: readonly Run[],
  { metric, margin }: { readonly metric: LatencyMetric; readonly margin: number },
): LatencyEvidence {
  const histograms = { candidate: new Histogram(), stable: new Histogram() };
  for (const { arm, calls, seconds, doneAt } of block) {
    const isCompute = metric.startsWith('compute_');
    histograms[arm].record(isCompute ? seconds : doneAt - (calls[0]?.at ?? doneAt));
  }
  const runs = { candidate: histogramTotals(histograms.candidate), stable: histogramTotals(histograms.stable) };
  return addBlock(evidence, runs, { metric, margin });
}

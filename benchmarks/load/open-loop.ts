/**
 * The open-loop load generator: calls arrive at a fixed rate whether or not earlier ones were answered, and latency
 * counts from when a call was due, so that a slow server cannot hide its delay by slowing the load.
 *
 *     node benchmarks/load/open-loop.ts --address 127.0.0.1:50051 --model iris --input X:1,4 --rate 2000 --seconds 5
 *
 * It prints one LoadResult as JSON. `options.ts` has the flags.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { uniform } from '../support/random.ts';
import { arrivals } from './arrivals.ts';
import { parseLoadOptions } from './options.ts';
import { Tally } from './tally.ts';
import { Target } from './target.ts';

const options = parseLoadOptions(process.argv.slice(2), { inFlight: 4096 });
using target = await Target.open(options);

const beginMs = performance.now();
const startMs = beginMs + options.warmupSeconds * 1000;
const endMs = startMs + options.seconds * 1000;
const tally = new Tally({ startMs, endMs, sliceMs: options.sliceMs });
const due = arrivals({ ...options, random: uniform(options.seed + 1) });

let dueMs = beginMs + due.next().value;
for (let nowMs = beginMs; dueMs < endMs && tally.planned < options.maxCalls; nowMs = performance.now()) {
  // Timers have a resolution of 1 ms: what fell due meanwhile is sent together, and sendDelay tells.
  for (; dueMs <= nowMs && dueMs < endMs; dueMs = beginMs + due.next().value) {
    if (tally.isMeasured(dueMs)) tally.planned += 1;
    if (target.inFlight < options.inFlight) target.send({ dueMs, nowMs, tally });
    else if (tally.isMeasured(dueMs)) tally.notSent += 1;
  }
  await sleep(Math.max(0, Math.min(dueMs, endMs) - performance.now()));
}

const giveUpMs = performance.now() + options.drainSeconds * 1000;
while (target.inFlight > 0 && performance.now() < giveUpMs) await sleep(10);
tally.allCalls += target.checkCalls;
console.log(JSON.stringify(tally.result(performance.now())));

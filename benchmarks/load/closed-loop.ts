/**
 * The closed-loop load generator: a fixed number of calls in flight, each answer sends the next. It finds what a server
 * can do at most; its latencies say little, since the load waits for the server.
 *
 *     node benchmarks/load/closed-loop.ts --address 127.0.0.1:50051 --model iris --input X:1,4 --in-flight 64 --seconds 5
 *
 * It prints one LoadResult as JSON. `options.ts` has the flags.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLoadOptions } from './options.ts';
import { Tally } from './tally.ts';
import { Target } from './target.ts';

const options = parseLoadOptions(process.argv.slice(2), { inFlight: 64 });
const { inFlight } = options;
using target = await Target.open({ ...options, connections: Math.min(options.connections, inFlight) });

const startMs = performance.now() + options.warmupSeconds * 1000;
const endMs = startMs + options.seconds * 1000;
const tally = new Tally({ startMs, endMs, sliceMs: options.sliceMs });

function sendNext(): void {
  const nowMs = performance.now();
  if (nowMs >= endMs || tally.planned >= options.maxCalls) return;
  if (tally.isMeasured(nowMs)) tally.planned += 1;
  target.send({ dueMs: nowMs, nowMs, tally, done: sendNext });
}

for (let at = 0; at < inFlight; at += 1) sendNext();
const giveUpMs = endMs + options.drainSeconds * 1000;
while (target.inFlight > 0 && performance.now() < giveUpMs) await sleep(10);
tally.allCalls += target.checkCalls;
console.log(JSON.stringify(tally.result(performance.now())));

/** What does the way to a lane's thread and back cost, what other ways are there, and what costs a call inside? */
import '../test/support/no-telemetry.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import { memoryWays } from './support/hop-memory.ts';
import { WAYS } from './support/hop-ways.ts';
import type { Row, Way } from './support/hop-ways.ts';
import { Line } from './support/line.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

/** Slices of each measurement, taken turn about; the lower tenth is told: what it costs when nothing else runs. */
const SLICES = 20;
const WARM_UP_SLICES = 5;
/** Beyond it a way has got stuck. */
const SLICE_LIMIT_MS = 20_000;

const MESSAGE_BYTES = [16, 256, 1024, 4096, 16_384, 65_536];

export async function hop(args: readonly string[]): Promise<void> {
  const { seconds } = parseSettings(args, { seconds: 1, rounds: 1 });
  const directory = join(OUT, 'models');
  const files = layOutModels(directory, [MODELS.iris, MODELS.image]);
  const [iris = '', image = ''] = files.values();
  const row = { path: iris, name: MODELS.iris.input.name, shape: [1, 4], values: Float32Array.of(5.1, 3.5, 1.4, 0.2) };
  console.log(`## The hop\n\n${describeMachine()} µs, lower tenth of ${SLICES} slices; CPU of the whole process.\n`);
  console.log('### Ways to another thread: one row of iris there, its outputs back\n');
  console.log(markdownTable(await compareWays(row, seconds)));
  console.log('\n### A message of so many bytes, written and read\n');
  console.log(markdownTable(compareMessages()));
  console.log('\n### 600 kB of floats\n');
  console.log(markdownTable(await compareMemory()));
  console.log('\n### From a call to its answer, without a transport\n');
  console.log(markdownTable([...(await costsOf('iris', iris, seconds)), ...(await costsOf('image', image, seconds))]));
}

async function compareWays(row: Row, seconds: number) {
  const measured = [];
  for (const [name, open] of WAYS) measured.push({ name, way: await open(row), alone: empty(), busy: empty() });
  for (let slice = 0; slice < WARM_UP_SLICES + SLICES; slice += 1) {
    for (const { name, way, alone, busy } of slice % 2 === 0 ? measured : measured.toReversed()) {
      for (const [inFlight, into] of [[1, alone] as const, [2, busy] as const]) {
        const { cpuUs, latencyUs } = await inTime(name, measureWay(way, inFlight, seconds / SLICES));
        if (slice < WARM_UP_SLICES) continue;
        into.cpuUs.push(cpuUs);
        into.latencyUs.push(latencyUs);
      }
    }
  }
  await Promise.all(measured.map(({ way }) => way.close()));
  return measured.map(({ name, alone, busy }) => ({
    way: name,
    'CPU, 1 in flight': low(alone.cpuUs),
    'p50, 1 in flight': low(alone.latencyUs),
    'CPU, always busy': low(busy.cpuUs),
  }));
}

function empty(): { readonly cpuUs: number[]; readonly latencyUs: number[] } {
  return { cpuUs: [], latencyUs: [] };
}

async function measureWay(way: Way, inFlight: number, seconds: number): Promise<{ cpuUs: number; latencyUs: number }> {
  const latencies: number[] = [];
  const before = process.cpuUsage();
  const until = performance.now() + 1000 * seconds;
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < until;) {
      const sentAt = now;
      await new Promise<void>((resolve) => {
        way.send(resolve);
      });
      now = performance.now();
      latencies.push(1000 * (now - sentAt));
      // As in a server, what follows is for a later turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const { user, system } = process.cpuUsage(before);
  latencies.sort((a, b) => a - b);
  return { cpuUs: (user + system) / latencies.length, latencyUs: latencies[latencies.length >> 1] ?? NaN };
}

async function inTime<T>(name: string, work: Promise<T>): Promise<T> {
  const late = new AbortController();
  const limit = sleep(SLICE_LIMIT_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`the way "${name}" does not answer`);
  });
  // Aborted below.
  limit.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    late.abort();
  }
}

/** On one thread, so that waking the other is not counted. */
function compareMessages() {
  const { port1, port2 } = new MessageChannel();
  const rows = MESSAGE_BYTES.map((bytes) => {
    const copied = (): void => {
      port1.postMessage([1, 1, [], [[1, 4]], [new ArrayBuffer(bytes)]]);
    };
    const moved = (): void => {
      const data = new ArrayBuffer(bytes);
      port1.postMessage([1, 1, [], [[1, 4]], [data]], [data]);
    };
    const cost = (send: () => void): number => {
      const count = 500;
      const slices = Array.from({ length: SLICES }, () => {
        const startedAt = performance.now();
        for (let turn = 0; turn < count; turn += 1) {
          send();
          receiveMessageOnPort(port2);
        }
        return (1000 * (performance.now() - startedAt)) / count;
      });
      return low(slices);
    };
    return { bytes, copied: cost(copied), moved: cost(moved) };
  });
  port1.close();
  return rows;
}

async function compareMemory() {
  const measured = (await memoryWays()).map(({ way, run }) => ({ way, run, slices: [] as number[] }));
  for (let slice = 0; slice < WARM_UP_SLICES + SLICES; slice += 1) {
    for (const { run, slices } of measured) {
      const count = 50;
      const before = process.cpuUsage();
      for (let turn = 0; turn < count; turn += 1) await run();
      const { user, system } = process.cpuUsage(before);
      if (slice >= WARM_UP_SLICES) slices.push((user + system) / count);
    }
  }
  return measured.map(({ way, slices }) => ({ way, CPU: low(slices) }));
}

/** Guesses of what a row and 64 rows take, for the scheduler to start from. */
const TIMES = {
  iris: { singleRunMs: 0.05, batchRunMs: 0.15 },
  image: { singleRunMs: 0.15, batchRunMs: 10 },
};

async function costsOf(name: 'iris' | 'image', path: string, seconds: number) {
  await using line = await Line.open(MODELS[name], path, TIMES[name]);
  const rows = [];
  for (const inFlight of name === 'iris' ? [1, 64, 128] : [1, 8]) {
    const slices = [];
    for (let slice = 0; slice < WARM_UP_SLICES + SLICES; slice += 1) {
      slices.push(await line.load(inFlight, (2 * seconds) / SLICES));
    }
    const kept = slices.slice(WARM_UP_SLICES);
    rows.push({
      model: name,
      'in flight': inFlight,
      'CPU per call, main thread': low(kept.map(({ mainUs }) => mainUs)),
      'CPU per call, all threads': low(kept.map(({ allUs }) => allUs)),
      p50: low(kept.map(({ p50Us }) => p50Us)),
    });
  }
  return rows;
}

function low(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)] ?? NaN;
}

if (import.meta.main) await hop(process.argv.slice(2));

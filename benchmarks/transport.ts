/** What does a gRPC call cost the server that does nothing but echo it? Our transport next to Node's, Rust's and Go's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { LoadResult } from './load/tally.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { describeMachine } from './support/settings.ts';
import { median } from './support/statistics.ts';
import { cpuSecondsOf } from './transport/cpu-time.ts';
import { VARIANTS, startEcho } from './transport/servers.ts';
import type { EchoServer, Variant } from './transport/servers.ts';

interface Case {
  readonly name: string;
  readonly connections: number;
  /** Over all connections. */
  readonly inFlight: number;
  readonly bytes: number;
}

const TINY = 32;
const TENSOR = 600_000;
const CASES: readonly Case[] = [
  { name: 'tiny 1×32', connections: 1, inFlight: 32, bytes: TINY },
  { name: 'tiny 1×128', connections: 1, inFlight: 128, bytes: TINY },
  { name: 'tiny 4×32', connections: 4, inFlight: 32, bytes: TINY },
  { name: 'tiny 1×1', connections: 1, inFlight: 1, bytes: TINY },
  { name: 'tiny 32×32', connections: 32, inFlight: 32, bytes: TINY },
  { name: '600 kB 1×8', connections: 1, inFlight: 8, bytes: TENSOR },
];

interface Settings {
  readonly seconds: number;
  readonly rounds: number;
  readonly cases: readonly Case[];
  readonly variants: readonly Variant[];
}

interface Measurement {
  readonly load: LoadResult;
  readonly cpuUsPerCall: number;
  readonly errors: number;
}

type Measured = ReadonlyMap<Case, ReadonlyMap<EchoServer, readonly Measurement[]>>;

const LOAD = join(import.meta.dirname, 'transport', 'echo-load.ts');
const WARMUP_SECONDS = 0.5;
/** For the start of a process, and answers that are late. */
const SPARE_SECONDS = 20;

export async function transport(args: readonly string[]): Promise<void> {
  const settings = parse(args);
  console.log(
    `## Transport\n\n${describeMachine()} Echo of a message with one field of bytes, connections × calls in flight ` +
      `over all of them; closed loop, times in ms, medians of ${settings.rounds} rounds and the least CPU of one.\n`,
  );
  await using stack = new AsyncDisposableStack();
  const servers: EchoServer[] = [];
  for (const variant of settings.variants) {
    const server = await startEcho(variant);
    if (server !== undefined) servers.push(stack.use(server));
  }
  const measured = await measureAll(servers, settings);
  console.log(markdownTable(settings.cases.flatMap((one) => rowsOf(one, servers, measured))));
}

/** `--servers` and `--connections`, which other scenarios take, say nothing here. */
function parse(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '1.5' },
      rounds: { type: 'string', default: '3' },
      cases: { type: 'string', default: CASES.map(({ name }) => name).join(',') },
      variants: { type: 'string', default: VARIANTS.join(',') },
      servers: { type: 'string' },
      connections: { type: 'string' },
    },
  });
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
  if (!(seconds > 0 && rounds > 0)) throw new Error('--seconds and --rounds are numbers above 0');
  const cases = values.cases.split(',').map((name) =>
    find(
      name,
      CASES,
      CASES.map((one) => one.name),
    ),
  );
  const variants = values.variants.split(',').map((name) => find(name, VARIANTS, VARIANTS));
  return { seconds, rounds, cases, variants };
}

function find<T>(name: string, all: readonly T[], names: readonly string[]): T {
  const found = all[names.indexOf(name)];
  if (found === undefined) throw new Error(`there is no ${name}; there are ${names.join(', ')}`);
  return found;
}

/** Within a round each case is measured on every server at once after the other, so that a slow spell hits all. */
async function measureAll(servers: readonly EchoServer[], settings: Settings): Promise<Measured> {
  const { cases, rounds, seconds } = settings;
  const measured = new Map(cases.map((one) => [one, new Map(servers.map((server) => [server, [] as Measurement[]]))]));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % 2 === 0 ? servers : servers.toReversed();
    for (const one of cases) {
      for (const server of turn) {
        measured
          .get(one)
          ?.get(server)
          ?.push(await measure(server, one, seconds));
      }
    }
  }
  return measured;
}

async function measure(server: EchoServer, one: Case, seconds: number): Promise<Measurement> {
  const { pid } = server.process;
  const before = cpuSecondsOf(pid);
  const load = await runLoad(server, one, seconds);
  const cpuUs = (cpuSecondsOf(pid) - before) * 1e6;
  const errors = load.sent - (load.statuses.OK ?? 0) + load.wrong;
  return { load, cpuUsPerCall: cpuUs / load.allCalls, errors };
}

async function runLoad({ port, variant }: EchoServer, one: Case, seconds: number): Promise<LoadResult> {
  const flags = {
    port,
    connections: one.connections,
    'in-flight': one.inFlight,
    bytes: one.bytes,
    seconds,
    'warmup-seconds': WARMUP_SECONDS,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [LOAD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const overdue = setTimeout(() => child.kill('SIGKILL'), (seconds + WARMUP_SECONDS + SPARE_SECONDS) * 1000);
  const [output] = await Promise.all([readAll(child.stdout), once(child, 'exit')]);
  clearTimeout(overdue);
  if (child.exitCode !== 0) throw new Error(`the load on ${variant} failed, ${one.name}`);
  return JSON.parse(output) as LoadResult;
}

function rowsOf(one: Case, servers: readonly EchoServer[], measured: Measured): Record<string, Cell>[] {
  const results = (server: EchoServer): readonly Measurement[] => measured.get(one)?.get(server) ?? [];
  const of = (server: EchoServer, pick: (result: Measurement) => number): number => median(results(server).map(pick));
  const cpu = (server: EchoServer): number => of(server, ({ cpuUsPerCall }) => cpuUsPerCall);
  const overCpuOf = (server: EchoServer, variant: Variant): Cell => {
    const other = servers.find((candidate) => candidate.variant === variant);
    return other && cpu(server) / cpu(other);
  };
  return servers.map((server) => ({
    case: one.name,
    server: server.variant,
    'CPU µs/call': cpu(server),
    least: Math.min(...results(server).map(({ cpuUsPerCall }) => cpuUsPerCall)),
    'CPU ÷ tonic': overCpuOf(server, 'tonic'),
    'CPU ÷ grpc-js': overCpuOf(server, 'grpc-js'),
    'req/s': of(server, ({ load }) => load.goodput),
    p50: of(server, ({ load }) => load.ok.p50),
    p99: of(server, ({ load }) => load.ok.p99),
    errors: results(server).reduce((sum, { errors }) => sum + errors, 0),
  }));
}

if (import.meta.main) await transport(process.argv.slice(2));

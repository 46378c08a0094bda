/** Does a version of 335 MB that comes and goes move the latency of a small model that serves meanwhile? */
import { closeSync, copyFileSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mergeHistograms, summarize } from './load/histogram.ts';
import type { Latencies } from './load/histogram.ts';
import type { Slice } from './load/tally.ts';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import { isModelReady } from './support/call.ts';
import { runLoad } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startServer } from './support/servers.ts';
import type { BenchServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

/** `registering it` is everything that happens to a new version until it is ready: import, qualification, loading. */
const PHASES = ['without it', 'registering it', 'loading it', 'with it loaded', 'unloading it'] as const;
type Phase = (typeof PHASES)[number];

interface Window {
  readonly phase: Phase;
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

const LARGE = MODELS.mlp335mb;
/** Beside version 1, which has the model's traffic; each is new once, and known when it comes again. */
const VERSIONS = ['2', '3'];
const PEAK_SECONDS = 2;
const SLICE_MS = 50;
const QUIET_MS = 2000;
const POLL_MS = 100;
const CHANGE_TIMEOUT_MS = 90_000;
/** Memory is given back for a while after the model has left the routes. */
const UNLOAD_TAIL_MS = 1000;

/** `--seconds` is the length of the whole load; versions come and go in it as often as there is time. */
export async function loading(args: readonly string[]): Promise<void> {
  const { seconds, rounds, connections } = parseSettings(args, { seconds: 60, rounds: 1 });
  const directory = join(OUT, 'loading', 'models');
  const aside = join(OUT, 'loading', 'aside');
  const files = layOutModels(directory, [MODELS.iris, LARGE]);
  for (const version of VERSIONS) layAside(files.get(LARGE.name) ?? '', { directory, aside, version });
  await using server = await startServer('sluice', { directory, files });

  const aim = { server, model: MODELS.iris };
  const warmup = { connections, warmupSeconds: PEAK_SECONDS };
  const peak = await runLoad('closed', aim, { ...warmup, seconds: PEAK_SECONDS, inFlight: 64 });
  const rate = peak.goodput / 2;
  const over = new AbortController();
  const open = { ...warmup, seconds: seconds * rounds, rate, spacing: 'poisson', sliceMs: SLICE_MS } as const;
  const load = runLoad('open', aim, { ...open, verifyEvery: 100 }).finally(() => over.abort());
  const coming = comeAndGo({ server, directory, aside, isOver: () => over.signal.aborted });
  const [{ slices, wrong }, windows] = await Promise.all([load, coming]);

  const took = (phase: Phase): string =>
    windows
      .filter((window) => window.phase === phase)
      .map(({ fromMs, toMs }) => ((toMs - fromMs) / 1000).toFixed(1))
      .join(', ');
  console.log(
    `## Loading\n\n${describeMachine()} iris at ${Math.round(rate)} req/s, half of its peak, open loop; versions of ` +
      `${LARGE.name} come and go. Registering took ${took('registering it')} s, loading ${took('loading it')} s. ` +
      `Times in ms from when a call was due; ${wrong} answers were wrong.\n`,
  );
  const phases = PHASES.map((phase) => ({ phase, ...inPhase(phase, windows, slices) }));
  const quiet = phases.find(({ phase }) => phase === 'without it')?.latencies.p99;
  console.log(markdownTable(phases.map((one) => rowOf(one, quiet ?? NaN))));
}

/** A version of its own beside the models directory: the same but for one weight. */
function layAside(file: string, place: { directory: string; aside: string; version: string }): void {
  const { directory, aside, version } = place;
  // An interrupted run may have left it where the server would find it.
  rmSync(join(directory, LARGE.name, version), { recursive: true, force: true });
  mkdirSync(join(aside, version), { recursive: true });
  const copy = join(aside, version, 'model.onnx');
  copyFileSync(file, copy);
  const descriptor = openSync(copy, 'r+');
  // Nearly all of the file is weights; what is written is a small number wherever it begins.
  writeSync(descriptor, Buffer.alloc(4), 0, 4, Math.floor(statSync(copy).size / Number(version) / 4) * 4);
  closeSync(descriptor);
}

/** Ends with the load, and leaves the versions where they were. */
async function comeAndGo(options: {
  readonly server: BenchServer;
  readonly directory: string;
  readonly aside: string;
  readonly isOver: () => boolean;
}): Promise<Window[]> {
  const { server, directory, aside, isOver } = options;
  const windows: Window[] = [];
  const during = async (phase: Phase, work: () => Promise<unknown>): Promise<void> => {
    const fromMs = Date.now();
    await work();
    windows.push({ phase, fromMs, toMs: Date.now() });
  };
  const move = async (version: string, [from, to]: readonly [string, string], isReady: boolean): Promise<void> => {
    renameSync(join(from, version), join(to, version));
    server.process.signal('SIGHUP');
    const giveUpMs = Date.now() + CHANGE_TIMEOUT_MS;
    while ((await isModelReady(server, LARGE.name, version)) !== isReady) {
      if (Date.now() > giveUpMs) throw new Error(`${LARGE.name}: ready should be ${isReady ? 'true' : 'false'} by now`);
      await sleep(POLL_MS);
    }
  };
  const inside = join(directory, LARGE.name);
  const known = new Set<string>();
  // Until the load has begun to be measured.
  await sleep(PEAK_SECONDS * 1000);
  for (let turn = 0; !isOver(); turn += 1) {
    const version = VERSIONS[Math.floor(turn / 2) % VERSIONS.length] ?? '';
    const coming = known.has(version) ? 'loading it' : 'registering it';
    known.add(version);
    await during('without it', async () => await sleep(QUIET_MS));
    await during(coming, async () => await move(version, [aside, inside], true));
    await during('with it loaded', async () => await sleep(QUIET_MS));
    await during('unloading it', async () => {
      await move(version, [inside, aside], false);
      await sleep(UNLOAD_TAIL_MS);
    });
  }
  return windows;
}

interface PhaseResult {
  readonly seconds: number;
  readonly latencies: Latencies;
  readonly errors: number;
}

/** Of all slices that lie in the phase as a whole, however often it came. */
function inPhase(phase: Phase, windows: readonly Window[], slices: readonly Slice[]): PhaseResult {
  const inside = slices.filter(({ startMs }) =>
    windows.some((window) => window.phase === phase && startMs >= window.fromMs && startMs + SLICE_MS <= window.toMs),
  );
  return {
    seconds: (inside.length * SLICE_MS) / 1000,
    latencies: summarize(mergeHistograms(inside.map(({ ok }) => ok))),
    errors: inside.reduce((sum, { notOk }) => sum + notOk, 0),
  };
}

function rowOf(
  { phase, seconds, latencies, errors }: PhaseResult & { readonly phase: Phase },
  quietP99: number,
): Record<string, Cell> {
  const { count, p50, p99, p999, max } = latencies;
  const ratio = p99 / quietP99;
  return { iris: phase, seconds, answers: count, p50, p99, 'p99 ÷ without it': ratio, 'p99.9': p999, max, errors };
}

if (import.meta.main) await loading(process.argv.slice(2));

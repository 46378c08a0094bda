/** Does a model of 335 MB that comes and goes move the latency of a small one that serves meanwhile? */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
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

const PHASES = ['without it', 'loading it', 'with it loaded', 'unloading it'] as const;
type Phase = (typeof PHASES)[number];

interface Window {
  readonly phase: Phase;
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

const LARGE = MODELS.mlp335mb;
const PEAK_SECONDS = 2;
const SLICE_MS = 50;
const QUIET_MS = 2000;
const POLL_MS = 100;
const CHANGE_TIMEOUT_MS = 90_000;
/** Memory is given back for a while after the model has left the routes. */
const UNLOAD_TAIL_MS = 1000;

/** `--seconds` is the length of the whole load; the model comes and goes in it as often as there is time. */
export async function loading(args: readonly string[]): Promise<void> {
  const { seconds, rounds, connections } = parseSettings(args, { seconds: 30, rounds: 1 });
  const directory = join(OUT, 'loading', 'models');
  const aside = join(OUT, 'loading', 'aside');
  // An interrupted run may have left it where the server would find it.
  rmSync(join(directory, LARGE.name), { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  layOutModels(aside, [LARGE]);
  const models = { directory, files: layOutModels(directory, [MODELS.iris]) };
  await using server = await startServer('sluice', models);

  const aim = { server, model: MODELS.iris };
  const warmup = { connections, warmupSeconds: PEAK_SECONDS };
  const peak = await runLoad('closed', aim, { ...warmup, seconds: PEAK_SECONDS, inFlight: 64 });
  const rate = peak.goodput / 2;
  const over = new AbortController();
  const open = { ...warmup, seconds: seconds * rounds, rate, spacing: 'poisson', sliceMs: SLICE_MS } as const;
  const load = runLoad('open', aim, { ...open, verifyEvery: 100 }).finally(() => over.abort());
  const coming = comeAndGo({ server, directory, aside, isOver: () => over.signal.aborted });
  const [{ slices, wrong }, windows] = await Promise.all([load, coming]);

  const loads = windows.filter(({ phase }) => phase === 'loading it');
  const each = loads.map(({ fromMs, toMs }) => ((toMs - fromMs) / 1000).toFixed(1)).join(', ');
  console.log(
    `## Loading\n\n${describeMachine()} iris at ${Math.round(rate)} req/s, half of its peak, open loop; ${LARGE.name} ` +
      `comes and goes. Loading it took ${each} s. Times in ms from when a call was due; ${wrong} answers were wrong.\n`,
  );
  const phases = PHASES.map((phase) => ({ phase, ...inPhase(phase, windows, slices) }));
  const quiet = phases.find(({ phase }) => phase === 'without it')?.latencies.p99;
  console.log(markdownTable(phases.map((one) => rowOf(one, quiet ?? NaN))));
}

/** Ends with the load, and leaves the large model where it was. */
async function comeAndGo(options: {
  readonly server: BenchServer;
  readonly directory: string;
  readonly aside: string;
  readonly isOver: () => boolean;
}): Promise<Window[]> {
  const { server, directory, aside, isOver } = options;
  const [inside, outside] = [join(directory, LARGE.name), join(aside, LARGE.name)];
  const windows: Window[] = [];
  const during = async (phase: Phase, work: () => Promise<unknown>): Promise<void> => {
    const fromMs = Date.now();
    await work();
    windows.push({ phase, fromMs, toMs: Date.now() });
  };
  const move = async (from: string, to: string, isReady: boolean): Promise<void> => {
    renameSync(from, to);
    server.process.signal('SIGHUP');
    const giveUpMs = Date.now() + CHANGE_TIMEOUT_MS;
    while ((await isModelReady(server, LARGE.name)) !== isReady) {
      if (Date.now() > giveUpMs) throw new Error(`${LARGE.name}: ready should be ${isReady ? 'true' : 'false'} by now`);
      await sleep(POLL_MS);
    }
  };
  while (!isOver()) {
    await during('without it', async () => await sleep(QUIET_MS));
    await during('loading it', async () => await move(outside, inside, true));
    await during('with it loaded', async () => await sleep(QUIET_MS));
    await during('unloading it', async () => {
      await move(inside, outside, false);
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

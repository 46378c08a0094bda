/** How much a model answers, and how fast: a load of calls that it accepts, from this machine. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { duration, integer } from '../../config/kinds.ts';
import { BenchTally } from '../bench-tally.ts';
import { Load } from '../bench-load.ts';
import type { LoadEffects, LoadPlan } from '../bench-load.ts';
import { prepareCalls } from '../bench-calls.ts';
import type { PreparedCalls } from '../bench-calls.ts';
import type { CallLine } from '../call-line.ts';
import type { AdminClient } from '../client.ts';
import { flag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { DEFAULT_TIMEOUT_MS, PREDICT_ADDRESS, predictAddress, TIMEOUT } from '../flags.ts';
import { decimal } from '../kinds.ts';
import { benchJson, benchLines, benchProgress } from '../render/bench.ts';
import type { BenchReport } from '../render/bench.ts';

const MAX_RATE = 100_000;
const MAX_IN_FLIGHT = 4096;
const MAX_CALLS = 20_000_000;
const DEFAULT_IN_FLIGHT = 8;
const DEFAULT_CONNECTIONS = 4;
const DEFAULT_SECONDS = 10;
const DEFAULT_WARM_UP_MS = 1000;
const PROGRESS_MS = 250;
/** Timers have a resolution of 1 ms: what is due sooner is waited for turn by turn of the event loop. */
const TIMER_MS = 1.5;

const RATE = flag(
  'rate',
  'N',
  decimal({ above: 0, max: MAX_RATE }),
  'Calls per second, whether or not the ones before are answered.',
);
const IN_FLIGHT = flag(
  'in-flight',
  'N',
  integer({ min: 1, max: MAX_IN_FLIGHT }),
  `As many calls at a time, each next one when one is answered. Default ${DEFAULT_IN_FLIGHT}; with --rate the most that may be unanswered, ${MAX_IN_FLIGHT}.`,
);
const SECONDS = flag(
  'seconds',
  'N',
  decimal({ above: 0, max: 3600 }),
  `How long it is measured. Default ${DEFAULT_SECONDS}.`,
);
const WARM_UP = flag(
  'warm-up',
  'DURATION',
  duration({ min: 0, max: 600_000 }),
  'How long calls run before. Default 1s.',
);
const ROWS = flag('rows', 'N', integer({ min: 1, max: 100_000 }), 'Rows of a call. Default 1.');
const KEYS = flag(
  'key-cardinality',
  'N',
  integer({ min: 1, max: 1_000_000_000 }),
  'Gives the calls so many different routing keys in turn. Default none.',
);
const CONNECTIONS = flag(
  'connections',
  'N',
  integer({ min: 1, max: 64 }),
  `Connections that the calls take in turn. Default ${DEFAULT_CONNECTIONS}.`,
);
const WITHIN = flag(
  'within',
  'DURATION',
  duration({ min: 1, max: 3_600_000 }),
  'An answer that takes longer is none that counts as good. Default --timeout.',
);

async function bench(scene: Scene): Promise<ExitCode> {
  const { args, client, screen, signal } = scene;
  const [model = '', version = '', ...more] = args.operand('MODEL[@VERSION]').split('@');
  if (model === '' || more.length > 0) throw usageError('give MODEL or MODEL@VERSION, such as iris or iris@3');
  const plan = planOf(args);
  const address = predictAddress(args);
  using predict = client.toPredict(address);
  const calls = await prepareCalls(scene, predict, { model, version, rows: args.get(ROWS) ?? 1 });
  const tally = new BenchTally(args.get(WITHIN) ?? args.get(TIMEOUT) ?? DEFAULT_TIMEOUT_MS);
  using lines = new Lines(predict, args.get(CONNECTIONS) ?? DEFAULT_CONNECTIONS);
  signal.addEventListener('abort', () => {
    lines.close();
  });
  const load = new Load(plan, tally, effectsOf(calls, lines, { keys: args.get(KEYS) ?? 0, signal }));
  await withProgress(scene, load, plan);
  const report: BenchReport = { address, model, version, calls, plan, load, isInterrupted: signal.aborted };
  screen.show(benchJson(report), (look) => benchLines(report, look));
  if (signal.aborted) return EXIT.interrupted;
  return tally.good > 0 ? EXIT.done : EXIT.no;
}

function planOf(args: Args): LoadPlan {
  const rate = args.get(RATE);
  const measuredMs = (args.get(SECONDS) ?? DEFAULT_SECONDS) * 1000;
  const planned = ((rate ?? 0) * measuredMs) / 1000;
  if (planned > MAX_CALLS) {
    throw usageError(
      `these are ${Math.ceil(planned)} calls, and ${MAX_CALLS} is the most; give less --rate or --seconds`,
    );
  }
  const inFlight = args.get(IN_FLIGHT) ?? (rate === undefined ? DEFAULT_IN_FLIGHT : MAX_IN_FLIGHT);
  return { rate, inFlight, measuredMs, warmUpMs: args.get(WARM_UP) ?? DEFAULT_WARM_UP_MS };
}

/** Connections that calls take in turn. */
class Lines {
  readonly #lines: readonly CallLine[];

  constructor(predict: AdminClient, count: number) {
    this.#lines = Array.from({ length: count }, () => predict.openLine());
  }

  at(index: number): CallLine {
    const line = this.#lines[index % this.#lines.length];
    if (line === undefined) throw new RangeError('there is a connection');
    return line;
  }

  close(): void {
    for (const line of this.#lines) line.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function effectsOf(
  { method, bodyOf }: PreparedCalls,
  lines: Lines,
  { keys, signal }: { readonly keys: number; readonly signal: AbortSignal },
): LoadEffects {
  return {
    send: (index) =>
      new Promise((resolve) => {
        const body = bodyOf(index, keys === 0 ? '' : `key-${index % keys}`);
        lines.at(index).call(method, body, (error: ServiceError | null, reply) => {
          resolve(
            error === null ? { code: 'OK', version: reply?.version ?? '' } : { code: nameOf(error), version: '' },
          );
        });
      }),
    now: () => performance.now(),
    wait: async (ms) => {
      if (ms < TIMER_MS) await turn();
      else await pause(ms - 1, signal);
    },
    signal,
  };
}

function nameOf({ code }: ServiceError): string {
  return status[code];
}

/** Shorter where the user has had enough. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function withProgress({ screen, signal }: Scene, load: Load, plan: LoadPlan): Promise<void> {
  const over = new AbortController();
  const showing = (async (): Promise<void> => {
    const enough = AbortSignal.any([signal, over.signal]);
    while (!enough.aborted) {
      screen.passing((width) => benchProgress(load, plan, width));
      await pause(PROGRESS_MS, enough);
    }
  })();
  await load.run();
  over.abort();
  await showing;
  screen.endProgress();
}

export const BENCH_COMMANDS: readonly Command[] = [
  {
    name: 'bench',
    operands: [{ name: 'MODEL[@VERSION]' }],
    flags: [RATE, IN_FLIGHT, SECONDS, WARM_UP, ROWS, KEYS, CONNECTIONS, WITHIN, PREDICT_ADDRESS],
    summary:
      'Runs a load against a model with inputs that it accepts, and shows how fast it answers, with a histogram.',
    details: [
      'The inputs are rows of the golden examples where the admin process has some of the version, else values made from its signature: floats from -1 to 1, integers from 0 to 3, words.',
      'With --rate a call counts from when it was due, so that no delay is hidden; else from when it was sent. The load is made by one thread of this machine: "sent late" tells when that is the limit and not the server.',
      'Ctrl-C ends it early and shows what there is. Exit code 1 where no answer was good.',
    ],
    examples: [
      'bench iris',
      'bench iris@3 --in-flight 32 --seconds 30',
      'bench iris --rate 500 --within 20ms --key-cardinality 10000',
      'bench digits --rows 16 --json',
    ],
    run: bench,
  },
];

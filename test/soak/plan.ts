/** What is done to the server and when: drawn from a seed, so that the same seed makes the same plan. */
import { Prng } from '../support/prng.ts';

export const FAULTS = [
  'kill serve',
  'terminate serve',
  'kill admin',
  'terminate admin',
  'stop serve',
  'stop admin',
  'fill disk',
  'lock database',
  'database read-only',
  'move clock',
  'break OTLP',
  'cut control',
  'bad frames',
] as const;

export const CHANGES = [
  'register',
  'register what is rejected',
  'register what is corrupt',
  'shift',
  'switch',
  'roll back',
  'roll out',
  'abort rollout',
  'experiment',
  'load what is damaged',
  'alias',
  'delete',
] as const;

export type Fault = (typeof FAULTS)[number];
export type Change = (typeof CHANGES)[number];

export interface Planned<What extends Fault | Change> {
  /** From the beginning. */
  readonly atMs: number;
  readonly what: What;
  /** Uniform in [0, 1): what is left to decide is decided by these alone. */
  readonly dice: readonly number[];
}

export interface Plan {
  readonly faults: readonly Planned<Fault>[];
  readonly changes: readonly Planned<Change>[];
}

/** The server is left alone for so long at the beginning and at the end. */
const QUIET_MS = 3000;
/** One fault after the other; they take up to 8 s themselves. */
const FAULT_EVERY_MS = 10_000;
const CHANGE_EVERY_MS = 1500;
/** However short the run, each kind comes once. */
const LEAST_FAULT_MS = 4800;
const DICE = 3;
/** In the last two thirds of the time it lives on, so that it can be seen whether it grows. */
const ENDS_ADMIN: readonly Fault[] = ['kill admin', 'terminate admin', 'database read-only'];

export function planOf(seed: number, durationMs: number): Plan {
  const random = new Prng(seed);
  const roomMs = durationMs - 2 * QUIET_MS;
  const everyMs = Math.max(LEAST_FAULT_MS, Math.min(FAULT_EVERY_MS, roomMs / FAULTS.length));
  return {
    faults: deal(FAULTS, { everyMs, roomMs, random, later: FAULTS.filter((fault) => !ENDS_ADMIN.includes(fault)) }),
    changes: deal(CHANGES, { everyMs: CHANGE_EVERY_MS, roomMs, random, later: CHANGES }),
  };
}

interface Dealing<What> {
  readonly everyMs: number;
  readonly roomMs: number;
  readonly random: Prng;
  /** What comes in the last two thirds. */
  readonly later: readonly What[];
}

/** Like cards: each kind comes once before any comes again. */
function deal<What extends Fault | Change>(
  kinds: readonly What[],
  { everyMs, roomMs, random, later }: Dealing<What>,
): Planned<What>[] {
  const planned: Planned<What>[] = [];
  let deck: What[] = [];
  for (let at = 0; at < kinds.length || at * everyMs < roomMs; at += 1) {
    if (deck.length === 0) deck = shuffled(at > 0 && at * everyMs > roomMs / 3 ? later : kinds, random);
    const what = deck.pop()!;
    const dice = Array.from({ length: DICE }, () => random.next());
    planned.push({ atMs: Math.round(QUIET_MS + at * everyMs), what, dice });
  }
  return planned;
}

function shuffled<T>(kinds: readonly T[], random: Prng): T[] {
  const cards = [...kinds];
  for (let at = cards.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random.next() * (at + 1));
    [cards[at], cards[other]] = [cards[other]!, cards[at]!];
  }
  return cards;
}

/** The scheduler's decision: which version's rows go to which lane now. Pure. */

/** What the decision needs to know of a version with rows waiting. */
export interface Backlog {
  /** Copies for a shadow go only where no caller can miss the lane. */
  readonly priority: 'live' | 'shadow';
  /**
   * Compute time given so far. The version with the least is next: start-time fair queueing with equal weights, after
   * Goyal, Vin & Cheng (SIGCOMM 1996). Unlike round-robin over batches it gives a heavy model no more than its share.
   */
  readonly virtualMs: number;
  /** Rows at which a batch is full. */
  readonly fullRows: number;
  /** Rows of the batch that would be taken now, at least 1. */
  readonly nextRows: number;
  /** Calls of the version that are running now. */
  readonly running: number;
  /** Monotonic instant from which an unfilled batch may go. */
  readonly dueAt: number;
  estimateMs(rows: number): number;
}

export interface LaneView {
  /** False while it loads, or its thread is lost. */
  readonly available: boolean;
  /** Batches in flight. */
  readonly depth: number;
  /** When the batches in flight should be done; in the past when idle or late. */
  readonly freeAt: number;
  /** Rows in flight. */
  readonly rows: number;
  /** Copies for a shadow are in flight. */
  readonly shadowed: boolean;
}

export interface Places<B, L> {
  /** Every lane there is, whatever it does. */
  readonly all: readonly L[];
  /** The available lanes that hold the version. */
  of(backlog: B): readonly L[];
}

export type Dispatch<B, L> =
  | { readonly kind: 'run'; readonly backlog: B; readonly lane: L; readonly maxRows: number }
  /** Nothing may go now, but something may at this instant. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'none' };

/**
 * Waking another thread costs about this much CPU, so rows that a busy lane can take within it wait for that lane;
 * tiny models then fill batches on one lane instead of keeping two threads half awake.
 */
const WAKE_MS = 0.2;

/** A second batch is sent to a busy lane only this long before the first should be done: it cannot be called back. */
const PREFETCH_MS = 2;

/**
 * Where every core is taken, a version whose rows share runs already waits this long for its own lane instead of taking
 * another: on one core less its batches are larger, and both they and the transport are quicker for it.
 */
const CROWDED_PATIENCE_MS = 10;

/** A batch that runs at least this long is worth spreading over all idle lanes… */
const SPREAD_MS = 1;
/** …unless the parts together would take this many times as long as the whole, since each reads all weights again. */
const SPREAD_WASTE = 1.1;

/**
 * The next batch to send, if any. A lane takes a second batch only when that is full already: otherwise the rows do
 * better by waiting where more can join them. Copies for shadows are looked at when no caller's rows can go.
 * @param crowded the transport needs the core that a further lane would run on.
 */
export function chooseDispatch<B extends Backlog, L extends LaneView>(
  backlogs: Iterable<B>,
  places: Places<B, L>,
  now: number,
  crowded = false,
): Dispatch<B, L> {
  const live = chooseLive(backlogs, places, { now, crowded });
  if (live.kind === 'run') return live;
  const shadow = chooseShadow(backlogs, places, now);
  if (shadow.kind === 'run' || live.kind === 'none') return shadow;
  return shadow.kind === 'none' || live.until <= shadow.until ? live : shadow;
}

function chooseLive<B extends Backlog, L extends LaneView>(
  backlogs: Iterable<B>,
  places: Places<B, L>,
  { now, crowded }: { now: number; crowded: boolean },
): Dispatch<B, L> {
  let chosen: { backlog: B; lane: L; maxRows: number } | undefined;
  let until = Infinity;
  for (const backlog of backlogs) {
    if (backlog.priority === 'shadow') continue;
    if (chosen !== undefined && backlog.virtualMs >= chosen.backlog.virtualMs) continue;
    if (backlog.dueAt > now) {
      until = Math.min(until, backlog.dueAt);
      continue;
    }
    const place = placeFor(backlog, places.of(backlog), { now, crowded });
    if (place === undefined) continue;
    if (place.kind === 'wait') until = Math.min(until, place.until);
    else chosen = { backlog, lane: place.lane, maxRows: place.maxRows };
  }
  if (chosen !== undefined) return { kind: 'run', ...chosen };
  return until === Infinity ? { kind: 'none' } : { kind: 'wait', until };
}

/**
 * A batch of copies goes only when no caller's rows are due, to an idle lane that none of those who wait for more rows
 * could use, and never to the last idle lane: that is for the next caller, unless it is the only one there is.
 */
function chooseShadow<B extends Backlog, L extends LaneView>(
  backlogs: Iterable<B>,
  places: Places<B, L>,
  now: number,
): Dispatch<B, L> {
  const shadows: B[] = [];
  const live: B[] = [];
  for (const backlog of backlogs) (backlog.priority === 'shadow' ? shadows : live).push(backlog);
  if (shadows.length === 0) return { kind: 'none' };
  const idle = places.all.filter((lane) => lane.available && lane.depth === 0);
  const spare = places.all.length === 1 ? idle.length : idle.length - 1;
  if (spare < 1 || live.some(({ dueAt }) => dueAt <= now)) return { kind: 'none' };
  const reserved = new Set(live.flatMap((backlog) => places.of(backlog)));
  let chosen: { backlog: B; lane: L; maxRows: number } | undefined;
  let until = Infinity;
  for (const backlog of shadows) {
    if (chosen !== undefined && backlog.virtualMs >= chosen.backlog.virtualMs) continue;
    const lane = places.of(backlog).find((candidate) => candidate.depth === 0 && !reserved.has(candidate));
    if (lane === undefined) continue;
    if (backlog.dueAt > now) until = Math.min(until, backlog.dueAt);
    else chosen = { backlog, lane, maxRows: backlog.fullRows };
  }
  if (chosen !== undefined) return { kind: 'run', ...chosen };
  return until === Infinity ? { kind: 'none' } : { kind: 'wait', until };
}

type Place<L> =
  | { readonly kind: 'run'; readonly lane: L; readonly maxRows: number }
  | { readonly kind: 'wait'; readonly until: number };

function placeFor<L extends LaneView>(
  backlog: Backlog,
  lanes: readonly L[],
  { now, crowded }: { now: number; crowded: boolean },
): Place<L> | undefined {
  const idle = lanes.filter((lane) => lane.depth === 0);
  const { nextRows } = backlog;
  const full = nextRows >= backlog.fullRows;
  const lane = idle[0];
  if (lane === undefined) return full ? secondPlace(backlog, lanes, now) : undefined;
  const runMs = backlog.estimateMs(nextRows);
  if (!full) {
    const patienceMs = crowded && backlog.running > 1 ? CROWDED_PATIENCE_MS : patience(backlog, lanes, runMs);
    const soonFree = lanes.find((other) => isNearlyFree(other, now, patienceMs));
    if (soonFree !== undefined) return { kind: 'wait', until: Math.max(soonFree.freeAt, now) + WAKE_MS };
  }
  const parts = Math.min(idle.length, nextRows);
  const share = nextRows / parts;
  const spread = !crowded && runMs >= SPREAD_MS && parts * backlog.estimateMs(share) <= SPREAD_WASTE * runMs;
  return { kind: 'run', lane, maxRows: spread ? Math.ceil(share) : backlog.fullRows };
}

/**
 * How long the rows may wait for a busy lane although another is idle. Beyond the cost of a wake-up only when runs are
 * shared already, so that more rows are on their way, and when these few alone would be a poor batch.
 */
function patience(backlog: Backlog, lanes: readonly LaneView[], runMs: number): number {
  if (runMs < WAKE_MS) return WAKE_MS;
  const full = backlog.fullRows;
  const atBestMs = (backlog.estimateMs(full) / full) * backlog.nextRows;
  const sharing = lanes.some((lane) => lane.depth > 0 && lane.rows > 1 && !lane.shadowed);
  return sharing && runMs > SPREAD_WASTE * atBestMs ? runMs : 0;
}

function secondPlace<L extends LaneView>(backlog: Backlog, lanes: readonly L[], now: number): Place<L> | undefined {
  let best: L | undefined;
  for (const lane of lanes) {
    if (!isNearlyFree(lane, now, PREFETCH_MS)) continue;
    if (best === undefined || lane.freeAt < best.freeAt) best = lane;
  }
  return best === undefined ? undefined : { kind: 'run', lane: best, maxRows: backlog.fullRows };
}

/** Its only batch should be done about now. One that is later than that may never be, and nobody waits for a shadow. */
function isNearlyFree(lane: LaneView, now: number, withinMs: number): boolean {
  return lane.depth === 1 && !lane.shadowed && Math.abs(lane.freeAt - now) < withinMs;
}

/** How a version, or a model as a whole, does: counts and latencies over a sliding window. */
import { ServerError } from '../domain/errors.ts';
import { ROLES } from '../monitor/series.ts';
import type { Role } from '../monitor/series.ts';
import type { AdminContext } from './context.ts';
import { findModel, findVersion } from './resolve-version.ts';
import type { Statistics } from './statistics.ts';
import { numbersOf } from './stats-numbers.ts';
import type { StatsNumbers } from './stats-numbers.ts';
import { slotViews } from './stats-slots.ts';
import type { SlotView } from './stats-slots.ts';

/** Message Stats of monitor.proto. */
export interface StatsView extends StatsNumbers {
  readonly model: string;
  /** '' = all together. */
  readonly version: string;
  readonly role: Role;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Where they were asked for. */
  readonly slots: readonly SlotView[];
}

export interface StatsContext extends Pick<AdminContext, 'store'> {
  readonly statistics: Pick<Statistics, 'query'>;
}

export interface StatsQuery {
  readonly model: string;
  /** '' = all versions of the model together. */
  readonly version: string;
  /** 10 s to 24 h; undefined = 5 minutes. */
  readonly windowMs: number | undefined;
  /** '' = live. */
  readonly role: string;
  /** Whether the window is told of piece by piece too. */
  readonly slots?: boolean;
}

const DEFAULT_WINDOW_MS = 300_000;
/** A window may begin just before the slot of now: its rate is taken over no less than one slot. */
const LEAST_RATE_MS = 10_000;

/** NOT_FOUND: no such model or version. INVALID_ARGUMENT: no such role or window. */
export async function getStats(
  { store, statistics }: StatsContext,
  { model, version, windowMs = DEFAULT_WINDOW_MS, role: asked, slots: wanted = false }: StatsQuery,
): Promise<StatsView> {
  const role = ROLES.find((candidate) => candidate === (asked === '' ? 'live' : asked));
  if (role === undefined) {
    throw new ServerError('invalid_argument', `there is no role "${asked}"; choose ${ROLES.join(' or ')}`);
  }
  if (version === '') await findModel(store, model);
  else await findVersion(store, model, version);
  const query = { model, role, windowMs, version: version === '' ? undefined : version };
  const { totals, slots, from, to } = await statistics.query(query);
  const numbers = numbersOf(totals, Math.max(LEAST_RATE_MS, to - from));
  return { model, version, role, from, to, ...numbers, slots: wanted ? slotViews(slots) : [] };
}

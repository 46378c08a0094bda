/** Whether the server's processes keep to what they have: memory, descriptors and threads over each one's life. */
import type { SampleLine } from './lines.ts';
import type { Check } from './verdict.ts';

type Figure = 'rssKb' | 'fds' | 'threads';

interface Limit {
  readonly name: string;
  readonly figure: Figure;
  readonly unit: string;
  /** A shorter life says nothing. */
  readonly leastLifeMs: number;
  /** How much more there may be in the last third of a life than in the middle one; the first is for settling. */
  readonly more: (before: number) => number;
}

const MINUTE_MS = 60_000;

const LIMITS: readonly Limit[] = [
  // Under chaos heaps and allocators take some five minutes until they have what they need.
  {
    ...{ name: 'memory does not grow', figure: 'rssKb', unit: 'kB' },
    ...{ leastLifeMs: 10 * MINUTE_MS, more: (before) => Math.max(16 * 1024, 0.1 * before) },
  },
  // Clients' connections come and go.
  { name: 'descriptors do not grow', figure: 'fds', unit: 'descriptors', leastLifeMs: 3 * MINUTE_MS, more: () => 8 },
  { name: 'threads do not grow', figure: 'threads', unit: 'threads', leastLifeMs: 3 * MINUTE_MS, more: () => 2 },
];
/** What a process comes back to again and again is what it has; what is above that, it lets go. */
const FLOOR = 0.1;

interface Growth {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export function judgeResources(samples: readonly SampleLine[]): Check[] {
  const lives = Map.groupBy(samples, ({ role, pid }) => `${role} ${pid}`);
  return LIMITS.map((limit) => {
    const growths = [...lives].flatMap(([name, life]) => growthOf(name, life, limit));
    const { name, unit, more, leastLifeMs } = limit;
    const most = Math.max(...growths.map(({ before, after }) => after - before));
    const long = `${growths.length} lives of ${leastLifeMs / MINUTE_MS} minutes or more`;
    return {
      ...{ name, seen: growths.length === 0 ? long : `${long}, at most ${most} ${unit} more` },
      offences: growths
        .filter(({ before, after }) => after - before > more(before))
        .map((growth) => `${growth.name}: from ${growth.before} to ${growth.after} ${unit}`),
    };
  });
}

function growthOf(name: string, life: readonly SampleLine[], { figure, leastLifeMs }: Limit): Growth[] {
  const [from, to] = [life[0]?.at ?? 0, life.at(-1)?.at ?? 0];
  if (to - from < leastLifeMs) return [];
  const third = (to - from) / 3;
  const floorOf = (part: number): number => {
    const there = life.filter(({ at }) => at >= from + part * third && at <= from + (part + 1) * third);
    const sorted = there.map((sample) => sample[figure]).toSorted((a, b) => a - b);
    return sorted[Math.floor(FLOOR * sorted.length)] ?? 0;
  };
  return [{ name, before: floorOf(1), after: floorOf(2) }];
}

/** Chooses how a version's weights are to lie, from what was measured and what the operator prefers. */
import type { LayoutFigures, RunTime, WeightsLayout, WeightsPreference } from '../domain/weights.ts';

/** Below this, further copies are cheaper than slower batches: a lane itself takes a quarter of it. */
export const AUTO_MIN_BYTES = 64 * 2 ** 20;
/** What sharing may cost, in times of the run as exported, at any batch size that was measured. */
const AUTO_MAX_COST = 1.25;

export interface LayoutChoice {
  readonly layout: WeightsLayout;
  /** In a sentence. */
  readonly reason: string;
}

/** Why the shared layout need not even be measured; undefined where it has to be. */
export function whyNotMeasured(preference: WeightsPreference, sharedBytes: number): string | undefined {
  if (sharedBytes === 0) return 'it has no weights that are worth sharing';
  if (preference !== 'auto' || sharedBytes >= AUTO_MIN_BYTES) return undefined;
  return `${sharedBytes} bytes of weights could be shared; auto does so from ${AUTO_MIN_BYTES} on`;
}

/** Both have been measured with the same batch sizes. */
export function chooseLayout(
  preference: WeightsPreference,
  { exported, shared }: { readonly exported: LayoutFigures; readonly shared: LayoutFigures },
): LayoutChoice {
  const costs = shared.runs.map((run) => costOf(run, exported));
  const told = costs.map(({ rows, times }) => `${times.toFixed(2)}x at ${rows}`).join(', ');
  const figures = `runs take ${told} rows, shared to exported`;
  switch (preference) {
    case 'memory':
      return { layout: 'shared', reason: `one copy for all, as the preference for memory says; ${figures}` };
    case 'throughput': {
      const isFaster = (costs.at(-1)?.times ?? 1) <= 1;
      return { layout: isFaster ? 'shared' : 'exported', reason: `the faster one in full batches; ${figures}` };
    }
    case 'auto': {
      const isCheap = costs.every(({ times }) => times <= AUTO_MAX_COST);
      const rule = isCheap ? 'costs no more' : 'would cost more';
      return {
        layout: isCheap ? 'shared' : 'exported',
        reason: `sharing ${rule} than the ${AUTO_MAX_COST}x that auto allows; ${figures}`,
      };
    }
  }
}

interface Cost {
  readonly rows: number;
  readonly times: number;
}

function costOf({ rows, ms }: RunTime, exported: LayoutFigures): Cost {
  const alike = exported.runs.find((run) => run.rows === rows);
  return { rows, times: alike === undefined || alike.ms === 0 ? 1 : ms / alike.ms };
}

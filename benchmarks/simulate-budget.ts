/** Is a harm budget kept, and how long does it hold up a good candidate? */
import { budgetRun } from '../test/simulation/budget-runs.ts';
import { median } from '../test/simulation/null-runs.ts';
import { Prng } from '../test/support/prng.ts';
import { markdownTable } from './support/markdown.ts';
import { parseSettings } from './support/settings.ts';

const ALPHA = 0.01;
const EXCESSES = [0, 0.005, 0.02, 0.1, 0.5, 1];

/** `--rounds` counts hundreds of rollouts. */
export function simulateBudget(args: readonly string[]): void {
  const { rounds } = parseSettings(args, { seconds: 1, rounds: 10 });
  const runs = Math.round(rounds * 100);
  console.log(`## Harm budget\n\n100 calls a second, alpha ${ALPHA}, ${runs} rollouts of at most 150 s each:\n`);
  const rows = [5, 20, 100].flatMap((budget) =>
    [0, 0.005].flatMap((baseline) =>
      EXCESSES.filter((excess) => baseline + excess <= 1).map((excess) => {
        const scene = {
          budget,
          alpha: ALPHA,
          callsPerSecond: 100,
          baseline,
          candidate: baseline + excess,
          seconds: 150,
        };
        const ends = Array.from({ length: runs }, (_, run) => budgetRun(new Prng(run), scene));
        const over = ends.filter(({ extraFaults }) => extraFaults > budget).length;
        const most = median(ends.map(({ secondsToMost }) => secondsToMost));
        return {
          budget,
          'baseline %': 100 * baseline,
          'excess %': 100 * excess,
          'exceeded %': (100 * over) / runs,
          'median extra faults': median(ends.map(({ extraFaults }) => extraFaults)),
          'most extra faults': Math.max(...ends.map(({ extraFaults }) => extraFaults)),
          'spent %': (100 * ends.filter(({ isSpent }) => isSpent).length) / runs,
          's to 50 %': Number.isFinite(most) ? most : undefined,
        };
      }),
    ),
  );
  console.log(markdownTable(rows));
}

/** How often does evidence of errors come up where there is none, and how many failed answers does a bad candidate cost? */
import { faultsToRollBack, largestFaultEvidence, nervousRamp, steady } from '../test/simulation/fault-streams.ts';
import type { Policy } from '../test/simulation/fault-streams.ts';
import { median } from '../test/simulation/null-runs.ts';
import { Prng } from '../test/support/prng.ts';
import { markdownTable } from './support/markdown.ts';
import { parseSettings } from './support/settings.ts';

const ALPHA = 0.01;
const FAULTS = 400;
const RATIOS = [2, 3, 5, 10, 100];
const WEIGHTS = [1, 5, 10, 25, 50];
const POWER_RUNS = 400;
/** A candidate that was not rolled back by then is counted with so many. */
const MOST_FAULTS = 20_000;

const POLICIES: Readonly<Record<string, () => Policy>> = {
  '1 %': () => steady(0.01),
  '10 %': () => steady(0.1),
  '50 %': () => steady(0.5),
  'a ramp that reacts': nervousRamp,
};

/** `--rounds` counts thousands of rollouts of an equal candidate. */
export function simulateErrors(args: readonly string[]): void {
  const { rounds } = parseSettings(args, { seconds: 1, rounds: 10 });
  const runs = Math.round(rounds * 1000);
  console.log(`## Evidence of errors\n\nEqual versions, looked at after each of ${FAULTS} faults, ${runs} rollouts:\n`);
  const alarms = Object.entries(POLICIES).map(([weight, policy], index) => {
    const largest = Array.from({ length: runs }, (_, run) =>
      largestFaultEvidence(new Prng(1_000_000 * index + run), {
        faults: FAULTS,
        policy: policy(),
        ratio: 1,
        margin: 1,
      }),
    );
    const crossed = (alpha: number): number => (100 * largest.filter((logE) => logE >= -Math.log(alpha)).length) / runs;
    return { weight, '% at alpha 5 %': crossed(0.05), '% at alpha 1 %': crossed(ALPHA) };
  });
  console.log(markdownTable(alarms));
  console.log(
    `\nFaults until the rollback at alpha ${ALPHA}, medians of ${POWER_RUNS} rollouts: all (of the candidate)\n`,
  );
  console.log(markdownTable(RATIOS.map((ratio) => ({ 'error rate': `${ratio}×`, ...costs(ratio) }))));
}

function costs(ratio: number): Readonly<Record<string, string>> {
  const cells = WEIGHTS.map((weight) => {
    const needed = Array.from({ length: POWER_RUNS }, (_, run) =>
      faultsToRollBack(new Prng(run), { ratio, share: weight / 100, alpha: ALPHA, limit: MOST_FAULTS }),
    );
    const [all, candidate] = [median(needed.map((of) => of.all)), median(needed.map((of) => of.candidate))];
    return [`at ${weight} %`, `${all} (${candidate})`] as const;
  });
  return Object.fromEntries(cells);
}

/**
 * A soak from the command line, with what it found in the directory `--out`:
 *
 *     npm run soak -- --minutes 20 --seed 7 [--rate 250] [--postgres] [--out benchmarks/out/soak]
 */
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '../support/sluice.ts';
import { complaintsOf, passed, writeReport } from './report.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '200' },
    postgres: { type: 'boolean', default: false },
    out: { type: 'string', default: join(REPOSITORY, 'benchmarks/out/soak') },
  },
});

function numberOf(name: 'minutes' | 'seed' | 'rate', least: number, most: number): number {
  const number = Number(values[name]);
  if (number >= least && number <= most) return number;
  throw new Error(`--${name} is ${values[name]}; give a number from ${least} to ${most}`);
}

const seed = numberOf('seed', 0, 2 ** 32 - 1);
const seconds = numberOf('minutes', 1, 24 * 60) * 60;
const perSecond = numberOf('rate', 1, 2000);
const directory = values.out;
console.log(`seed ${seed}: ${seconds} s at ${perSecond} calls/s; what it finds goes to ${directory}`);
const findings = await soak({ seconds, seed, perSecond, postgres: values.postgres, directory });
await writeReport(directory, findings);
console.log(passed(findings) ? 'passed' : complaintsOf(findings));
console.log(`the report: ${join(directory, 'report.md')}`);
process.exitCode = passed(findings) ? 0 : 1;

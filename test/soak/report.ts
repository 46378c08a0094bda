/** What a soak found, as Markdown for people and as JSON for machines. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallLine, ChangeLine, WindowLine } from './lines.ts';
import type { Check } from './verdict.ts';

export interface Findings {
  readonly seed: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly database: 'SQLite' | 'PostgreSQL';
  readonly checks: readonly Check[];
  readonly calls: readonly CallLine[];
  readonly windows: readonly WindowLine[];
  readonly changes: readonly ChangeLine[];
}

const SHOWN = 20;
const QUANTILES = [0.5, 0.95, 0.99] as const;

export function passed({ checks }: Pick<Findings, 'checks'>): boolean {
  return checks.every(({ offences }) => offences.length === 0);
}

export async function writeReport(directory: string, findings: Findings): Promise<void> {
  const { checks, windows, changes, seed, seconds, perSecond, database } = findings;
  const summary = {
    passed: passed(findings),
    seed,
    seconds,
    perSecond,
    database,
    outcomes: outcomesOf(findings.calls),
  };
  const shown = checks.map((check) => ({
    ...check,
    offences: check.offences.slice(0, SHOWN),
    of: check.offences.length,
  }));
  const json = { ...summary, latencyMs: latencies(findings.calls), checks: shown, windows, changes };
  await writeFile(join(directory, 'report.json'), `${JSON.stringify(json, undefined, 2)}\n`);
  await writeFile(join(directory, 'report.md'), markdown(findings));
}

/** The first lines that are wrong, for a terminal. */
export function complaintsOf({ checks }: Pick<Findings, 'checks'>): string {
  return checks
    .filter(({ offences }) => offences.length > 0)
    .map(({ name, offences }) => `FAILED: ${name} (${offences.length})\n${offences.slice(0, 5).join('\n')}`)
    .join('\n');
}

function markdown(findings: Findings): string {
  const { seed, seconds, perSecond, database, checks, calls, windows, changes } = findings;
  const rows = checks.map(({ name, seen, offences }) => `| ${name} | ${seen} | ${offences.length || 'passed'} |`);
  const faults = countBy(windows, ({ fault }) => fault);
  const made = countBy(changes, ({ change }) => change);
  const outcomes = Object.entries(outcomesOf(calls)).map(([outcome, count]) => `${outcome}: ${count}`);
  const quick = Object.entries(latencies(calls)).map(([name, ms]) => `${name} ${ms} ms`);
  const broken = checks.filter(({ offences }) => offences.length > 0);
  return [
    `# Soak: ${passed(findings) ? 'passed' : 'FAILED'}`,
    `${seconds} s at ${perSecond} calls/s, ${database}, seed ${seed}: \`npm run soak -- --minutes ${seconds / 60} --seed ${seed}\``,
    `Outcomes by gRPC status: ${outcomes.join(', ')}. Answers with time enough: ${quick.join(', ')}.`,
    ['| Check | Seen | Offences |', '| --- | --- | --- |', ...rows].join('\n'),
    ...broken.map(({ name, offences }) =>
      [`## ${name}`, ...offences.slice(0, SHOWN).map((one) => `* ${one}`)].join('\n'),
    ),
    `## What was done\n\nFaults: ${tell(faults)}.\n\nChanges: ${tell(made)}.`,
    ['| From | To | Fault | |', '| --- | --- | --- | --- |', ...windows.map(windowRow)].join('\n'),
    '',
  ].join('\n\n');
}

function windowRow({ fault, from, to, note }: WindowLine): string {
  const time = (at: number): string => new Date(at).toISOString().slice(11, 23);
  return `| ${time(from)} | ${time(to)} | ${fault} | ${note} |`;
}

function outcomesOf(calls: readonly CallLine[]): Record<string, number> {
  return countBy(calls, ({ patience, code }) => (code === 0 ? 'OK' : `${code} (${patience})`));
}

function latencies(calls: readonly CallLine[]): Record<string, number> {
  const all = calls.filter(({ code, patience }) => code === 0 && patience === 'plain').map(({ ms }) => ms);
  const sorted = all.toSorted((a, b) => a - b);
  return Object.fromEntries(QUANTILES.map((q) => [`p${q * 100}`, sorted[Math.floor(q * sorted.length)] ?? 0]));
}

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  const groups = [...Map.groupBy(items, nameOf)].map(([name, group]) => [name, group.length] as const);
  return Object.fromEntries(groups.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function tell(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

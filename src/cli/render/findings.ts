/** What `sluice doctor` found, one line each, and what to do below it. */
import type { Finding } from '../doctor/finding.ts';
import { paint, visible } from './ansi.ts';
import type { Look, Style } from './ansi.ts';

const STYLES: Readonly<Record<Finding['verdict'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red' };

export function findingLines(findings: readonly Finding[], look: Look): string[] {
  const longest = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, verdict, text, advice }) => {
    const head = `${paint(verdict.padEnd(4), STYLES[verdict], look.colour)}  ${check.padEnd(longest)}  `;
    const indent = ' '.repeat(longest + 8);
    return [`${head}${visible(text)}`, ...(advice === '' ? [] : [`${indent}${visible(advice)}`])];
  });
  const counts = (['fail', 'warn'] as const).map(
    (verdict) => findings.filter((each) => each.verdict === verdict).length,
  );
  const [fails = 0, warns = 0] = counts;
  const sum = fails + warns === 0 ? 'Nothing stands in the way.' : `${fails} to correct, ${warns} to look at.`;
  return [...lines, '', sum];
}

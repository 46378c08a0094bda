/** Every limit of the table of options: what is at it is taken, and what is one past it is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileOptions } from '../../../src/config/compile-options.ts';
import { OPTION_FIELDS, OPTIONS, envOf, flagOf, optionOf } from '../../../src/config/options.ts';
import type { OptionField } from '../../../src/config/options.ts';

/** Texts on both sides of a limit. */
interface Edge {
  readonly taken: string;
  readonly refused: string;
  /** How the sentence tells the limit; undefined where it describes the form alone. */
  readonly limit?: string;
}

/** The finest step of each kind that has a range, in the unit of a plain number. */
const STEPS: readonly (readonly [prefix: string, step: number, digits: number])[] = [
  ['a whole number', 1, 0],
  ['a duration', 0.001, 3],
  ['a size', 1, 0],
  ['a share', 1e-9, 9],
];

const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
  ...{ B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};

const RANGE = /(a whole number|a duration|a size|a share) from (\d+)([A-Za-z]*) to (\d+)([A-Za-z]*)/;

const PATH: Edge = { taken: 'x'.repeat(4096), refused: 'x'.repeat(4097) };
const PORT: Edge = { taken: 'a.example:65535', refused: 'a.example:65536' };
const CHARACTERS = 128;

/** Of the options whose values are texts. */
const TEXTS: Readonly<Partial<Record<OptionField, readonly Edge[]>>> = {
  modelsDir: [PATH],
  dataDir: [PATH],
  predictAddress: [PORT],
  adminAddress: [PORT],
  controlAddress: [PORT, { taken: `unix:${PATH.taken}`, refused: `unix:${PATH.refused}` }],
  tlsCert: [PATH],
  tlsKey: [PATH],
  tlsClientCa: [PATH],
  adminTokenFile: [PATH],
  clientRoles: [
    { ...listOf(100, (index) => `client-${index}=viewer`), limit: '100' },
    { taken: `${'x'.repeat(CHARACTERS)}=admin`, refused: `${'x'.repeat(CHARACTERS + 1)}=admin` },
  ],
  databaseUrl: [{ taken: `postgres://${'x'.repeat(2000)}`, refused: `postgres://${'x'.repeat(2001)}` }],
  importDirs: [
    { ...listOf(8, (index) => `/models/${index}`), limit: '8' },
    { taken: `/a,${PATH.taken}`, refused: `/a,${PATH.refused}` },
  ],
  stages: [
    { ...listOf(8, (index) => `stage-${index}`), limit: '8' },
    { taken: 'x'.repeat(CHARACTERS), refused: 'x'.repeat(CHARACTERS + 1) },
  ],
  approvals: [
    { taken: 'production=9', refused: 'production=10' },
    { taken: 'production=1', refused: 'production=0' },
    { taken: 'production=2:ann,bob', refused: 'production=3:ann,bob' },
    { taken: `${'x'.repeat(CHARACTERS)}=1`, refused: `${'x'.repeat(CHARACTERS + 1)}=1` },
  ],
  metricsAddress: [PORT],
  adminMetricsAddress: [PORT],
  consoleAddress: [PORT],
  consoleHosts: [
    { ...listOf(16, (index) => `host-${index}.example`), limit: '16' },
    { taken: 'x'.repeat(253), refused: 'x'.repeat(254) },
  ],
  serverName: [{ taken: 'x'.repeat(CHARACTERS), refused: 'x'.repeat(CHARACTERS + 1), limit: '128' }],
  executionProviders: [
    { ...listOf(8, (index) => `provider${index}`), limit: '8' },
    { taken: 'x'.repeat(32), refused: 'x'.repeat(33) },
  ],
};

describe('every option with a limit takes what is at it and refuses what is one past it', () => {
  for (const field of OPTION_FIELDS) {
    if (isClosed(field)) continue;
    test(flagOf(field), () => {
      const edges = RANGE.test(OPTIONS[field].kind.allowed) ? edgesOfRange(field) : (TEXTS[field] ?? []);
      assert.notEqual(edges.length, 0, `${flagOf(field)} has no example of its limit; add one to TEXTS`);
      for (const edge of edges) {
        taken(field, edge.taken);
        refused(field, edge);
      }
    });
  }
});

test('a range is told as it is: what the sentence says are the limits that are checked', () => {
  let ranges = 0;
  for (const field of OPTION_FIELDS) {
    const { kind } = OPTIONS[field];
    if (!('min' in kind)) continue;
    const { least, most } = rangeOf(kind.allowed);
    assert.deepEqual([least.value, most.value], [kind.min, kind.max], field);
    ranges += 1;
  }
  assert.notEqual(ranges, 0);
});

test('an example belongs to an option whose value is a text', () => {
  for (const field of OPTION_FIELDS) {
    if (TEXTS[field] === undefined) continue;
    assert.ok(!isClosed(field) && !RANGE.test(OPTIONS[field].kind.allowed), `${field} needs no example`);
  }
});

/** Every value is listed: there is no limit beside the list. */
function isClosed(field: OptionField): boolean {
  const { allowed } = OPTIONS[field].kind;
  return allowed === 'true or false' || allowed.startsWith('one of ');
}

function edgesOfRange(field: OptionField): Edge[] {
  const { least, most, step, digits } = rangeOf(OPTIONS[field].kind.allowed);
  const below = { taken: least.text, refused: (least.value - step).toFixed(digits), limit: `from ${least.text}` };
  const above = { taken: most.text, refused: (most.value + step).toFixed(digits), limit: `to ${most.text}` };
  return [below, above];
}

interface End {
  readonly text: string;
  readonly value: number;
}

function rangeOf(allowed: string): { least: End; most: End; step: number; digits: number } {
  const [, prefix, least = '', leastUnit = '', most = '', mostUnit = ''] = RANGE.exec(allowed) ?? [];
  const [, step, digits] = STEPS.find(([candidate]) => candidate === prefix)!;
  return { least: endOf(least, leastUnit), most: endOf(most, mostUnit), step, digits };
}

function endOf(digits: string, unit: string): End {
  const scale = UNITS[unit];
  assert.ok(scale !== undefined, `the unit ${unit} is not known here`);
  return { text: `${digits}${unit}`, value: Number(digits) * scale };
}

function listOf(most: number, item: (index: number) => string): { readonly taken: string; readonly refused: string } {
  const items = Array.from({ length: most + 1 }, (_, index) => item(index));
  return { taken: items.slice(0, most).join(','), refused: items.join(',') };
}

function taken(field: OptionField, text: string): void {
  const compiled = compileOptions({ argv: [`${flagOf(field)}=${text}`], env: {} });
  assert.equal(compiled.kind, 'config', `${flagOf(field)}=${text} was not taken`);
}

/** As a flag and as a variable, in one sentence that names the option, the value and what may be given. */
function refused(field: OptionField, { refused: text, limit }: Edge): void {
  const { kind, secret } = optionOf(field);
  const shown =
    secret === true ? 'what was given' : JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}...`);
  for (const [name, source] of [
    [flagOf(field), { argv: [`${flagOf(field)}=${text}`], env: {} }],
    [envOf(field), { argv: [], env: { [envOf(field)]: text } }],
  ] as const) {
    const message = `${name} cannot be ${shown}; give ${kind.allowed}`;
    assert.deepEqual(compileOptions(source), { kind: 'error', message });
    if (limit !== undefined) assert.ok(kind.allowed.includes(limit), `"${message}" does not name ${limit}`);
  }
}

/** The parts of the console's page that reckon. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { REPOSITORY } from '../../support/sluice.ts';

interface Arm {
  readonly version: string;
  readonly weight: number;
  readonly arm: string;
}

interface Moves {
  readonly moved: number;
  readonly gains: readonly { readonly version: string; readonly by: number }[];
  readonly losses: readonly { readonly version: string; readonly by: number }[];
}

/** The page's modules have types of their own, which tsc reads with console/tsconfig.json. */
const { parseLegibly } = (await import(join(REPOSITORY, 'console/legible.js'))) as {
  parseLegibly: (json: string) => unknown;
};
const { movesOf, moveBoundary, setWeight } = (await import(join(REPOSITORY, 'console/models/traffic-draft.js'))) as {
  movesOf: (before: readonly Arm[], after: readonly Arm[]) => Moves;
  moveBoundary: (arms: readonly Arm[], index: number, to: number) => Arm[];
  setWeight: (arms: readonly Arm[], index: number, wanted: number) => Arm[];
};

const TOTAL = 10_000;

const arms = fc
  .array(fc.nat({ max: TOTAL }), { minLength: 1, maxLength: 6 })
  .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b), TOTAL])
  .map((edges) =>
    edges.slice(1).map((edge, index) => ({ version: `v${index}`, arm: '', weight: edge - (edges[index] ?? 0) })),
  );
const sum = (list: readonly { weight: number }[]): number => list.reduce((total, { weight }) => total + weight, 0);
const isFit = (list: readonly { weight: number }[]): boolean =>
  sum(list) === TOTAL && list.every(({ weight }) => Number.isInteger(weight) && weight >= 0);

suite('a draft of the traffic', () => {
  test('sums to all of it wherever a boundary is moved, and only its neighbours change', () => {
    fc.assert(
      fc.property(arms, fc.nat({ max: 5 }), fc.integer({ min: -500, max: TOTAL + 500 }), (before, at, to) => {
        const index = at % before.length;
        const next = moveBoundary(before, index, to);
        assert(isFit(next));
        for (const [other, arm] of next.entries()) {
          if (other !== index && other !== index + 1) assert.deepEqual(arm, before[other]);
        }
      }),
    );
  });

  test('sums to all of it whatever weight is typed', () => {
    fc.assert(
      fc.property(arms, fc.nat({ max: 5 }), fc.integer({ min: -500, max: TOTAL + 500 }), (before, at, wanted) => {
        const index = at % before.length;
        const next = setWeight(before, index, wanted);
        assert(isFit(next));
        if (before.length > 1) assert.equal(next[index]?.weight, Math.min(TOTAL, Math.max(0, wanted)));
      }),
    );
  });

  test('says who gains what others lose', () => {
    const before = [
      { version: '1', arm: '', weight: 9000 },
      { version: '2', arm: '', weight: 1000 },
    ];
    const after = [
      { version: '2', arm: '', weight: 2500 },
      { version: '3', arm: '', weight: 7500 },
    ];
    assert.deepEqual(movesOf(before, after), {
      moved: 9000,
      gains: [
        { version: '2', by: 1500 },
        { version: '3', by: 7500 },
      ],
      losses: [{ version: '1', by: -9000 }],
    });
  });
});

suite('a reply', () => {
  test('shows letters that turn text around as what they are', () => {
    assert.deepEqual(parseLegibly('{"a":"x\\u202ey","b":"\\\\u202e","c":"\\n\\u00e9"}'), {
      a: 'x\\u202ey',
      b: '\\u202e',
      c: '\né',
    });
  });

  test('is otherwise what JSON says', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        if (/\\u(00[7-9]|20[0-6]|feff)/.test(json)) return;
        assert.deepEqual(parseLegibly(json), JSON.parse(json));
      }),
    );
  });
});

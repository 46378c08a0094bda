import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { before, FakeAdmin, inTurn, Refusal, sluice } from '../../support/fake-admin.ts';

const SCORES = {
  output: 'probabilities',
  kind: 'scores',
  pairs: 1000,
  disagreed: 12,
  maxAbsolute: 0.25,
  meanAbsolute: 0.00125,
  maxRelative: 1.5,
  elements: 3000,
  rows: 1000,
  argmaxAgreed: 999,
  topKOverlap: 0.99,
  topK: 2,
  nanDifferences: 1,
};
const LABELS = { output: 'label', kind: 'labels', pairs: 1000, disagreed: 0, elements: 1000, equalElements: 1000 };
const COMPARISON = {
  model: 'iris',
  live: '1',
  shadow: '4',
  since: before(3600),
  pairs: 1000,
  disagreed: 12,
  disagreement: 0.012,
  disagreementLower: 0.0052,
  disagreementUpper: 0.0231,
  shadowErrors: { internal: 3 },
  skipped: { dropped: 7, too_large: 0 },
  outputs: [LABELS, SCORES],
  noisePairs: 50,
  noiseDisagreed: 0,
  latency: {
    pairs: 1000,
    liveMeanMs: 1.2,
    shadowMeanMs: 3.5,
    meanDifferenceMs: 2.3,
    lowerMs: 2.1,
    upperMs: 2.5,
    shadowSlowerShare: 0.981,
  },
};
const EXAMPLE = {
  at: before(60),
  score: 250,
  output: 'probabilities',
  inputsJson: '{"X":{"values":[5.1]}}',
  liveJson: '{"probabilities":{"values":[0.9]}}',
  shadowJson: '{"probabilities":{"values":[0.1]}}',
  summary: 'probabilities[0] is 0.1 where live has 0.9',
};

suite('shadow compare', () => {
  test('how often they differ and how sure that is, by output, and what it costs', async () => {
    using admin = await FakeAdmin.start({ GetComparison: () => COMPARISON });
    const { code, stdout } = await sluice(['shadow', 'compare', 'iris', '--shadow', '4', '--live', '1'], { admin });
    assert.equal(code, 0);
    assert.deepEqual(stdout.split('\n'), [
      'iris: shadow 4 beside live 1',
      'since             2026-01-31 11:00:00Z (1h ago)',
      'compared          1000 pairs',
      'differ            12, which is 1.2% (95% interval 0.52% to 2.31%)',
      'live with itself  0 of 50 differ',
      'shadow failed     internal 3',
      'not compared      dropped 7',
      '',
      'OUTPUT         KIND    PAIRS   AGREE  MAX DIFF  MEAN DIFF  MAX REL  BEST CLASS     TOP K  ODD',
      'label          labels   1000    100%         -          -        -           -         -',
      'probabilities  scores   1000  98.80%      0.25    0.00125      1.5      99.90%  99% of 2  NaN 1',
      '',
      'run: live 1.2 ms, shadow 3.5 ms; +2.3 ms (95% interval +2.1 to +2.5), slower in 98.1%',
      '',
    ]);
    assert.deepEqual(admin.requests('GetComparison'), [{ model: 'iris', shadow: '4', live: '1' }]);
  });

  test('a terminal gets bars and the interval as a line', async () => {
    using admin = await FakeAdmin.start({ GetComparison: () => COMPARISON });
    const { stdout } = await sluice(['shadow', 'compare', 'iris'], { admin, terminal: 140, env: { NO_COLOR: '1' } });
    assert(stdout.includes('████████ 100% '), stdout);
    assert(stdout.includes('███████░ 98.80%'), stdout);
    assert(/slower in 98\.1%\n {5}┊ +─+●─+\n/.test(stdout), stdout);
  });

  test('without pairs there is nothing to say about them', async () => {
    using admin = await FakeAdmin.start({
      GetComparison: () => ({ model: 'iris', live: '1', shadow: '4', since: before(60) }),
    });
    const { stdout } = await sluice(['shadow', 'compare', 'iris'], { admin });
    assert.deepEqual(stdout.split('\n'), [
      'iris: shadow 4 beside live 1',
      'since     2026-01-31 11:59:00Z (1m ago)',
      'compared  0 pairs',
      '',
    ]);
  });

  test('a watch adds lines', async () => {
    using admin = await FakeAdmin.start({ WatchComparison: () => inTurn(COMPARISON) });
    assert.equal(
      (await sluice(['shadow', 'watch', 'iris'], { admin })).stdout,
      '12:00:00Z  iris 4 beside 1  1000 pairs, differ: 12, which is 1.2% (95% interval 0.52% to 2.31%); shadow failed: internal 3\n',
    );
  });

  test('examples show both answers, and control characters in them do no harm', async () => {
    const odd = { ...EXAMPLE, score: Infinity, shadowJson: '"\u001b[2J"' };
    using admin = await FakeAdmin.start({ ListExamples: () => ({ examples: [EXAMPLE, odd] }) });
    const { stdout } = await sluice(['shadow', 'examples', 'iris'], { admin });
    assert.deepEqual(stdout.split('\n').slice(0, 7), [
      '2026-01-31 11:59:00Z  probabilities[0] is 0.1 where live has 0.9',
      'output  probabilities',
      'apart   250 times the tolerance',
      'inputs  {"X":{"values":[5.1]}}',
      'live    {"probabilities":{"values":[0.9]}}',
      'shadow  {"probabilities":{"values":[0.1]}}',
      '',
    ]);
    assert(stdout.includes('apart   ∞ times') && stdout.includes(String.raw`shadow  "\x1b[2J"`));
  });

  test('no examples: why, where there is a why', async () => {
    using admin = await FakeAdmin.start({
      ListExamples: (_request, attempt) => (attempt === 1 ? { note: 'the inputs of "iris" are private' } : {}),
    });
    const texts = [1, 2].map(() => sluice(['shadow', 'examples', 'iris'], { admin }));
    assert.deepEqual((await Promise.all(texts)).map(({ stdout }) => stdout).toSorted(), [
      'No pair differs.\n',
      'the inputs of "iris" are private\n',
    ]);
  });
});

const MOVED = {
  verdict: 'drift',
  samples: 500,
  otherSamples: 120,
  psi: 0.31,
  psiExpected: 0.02,
  jensenShannon: 0.04,
  ks: 0.2,
  pValue: 2e-9,
};
const STILL = { ...MOVED, verdict: 'ok', psi: 0.01, pValue: 1, ks: 0.03 };
const REPORT = {
  model: 'iris',
  version: '3',
  against: '1',
  from: before(3600),
  to: before(0),
  samples: 500,
  referenceSamples: 120,
  features: [
    { feature: 'input X[0]', kind: 'numeric', reference: MOVED, concurrent: STILL },
    { feature: 'output label', kind: 'label', reference: STILL },
  ],
  verdict: 'world',
  summary: 'input X[0] moved, for both versions',
};

suite('drift', () => {
  test('each feature against the reference and the version beside it', async () => {
    using admin = await FakeAdmin.start({ GetDrift: () => REPORT });
    const argv = ['drift', 'iris', '--version', '3', '--against', '1', '--window', '6h'];
    const { code, stdout } = await sluice(argv, { admin });
    assert.equal(code, 1);
    assert.deepEqual(stdout.split('\n'), [
      'iris 3, beside version 1, 2026-01-31 11:00:00Z to 2026-01-31 12:00:00Z',
      'world',
      'input X[0] moved, for both versions',
      '500 sampled calls, a reference of 120',
      '',
      'FEATURE       AGAINST    VERDICT   PSI  BY CHANCE       P    JS    KS  SAMPLES',
      'input X[0]    reference  drift    0.31       0.02  2.0e-9  0.04   0.2  500/120',
      'input X[0]    version 1  ok       0.01       0.02       1  0.04  0.03  500/120',
      'output label  reference  ok       0.01       0.02       1  0.04     -  500/120',
      '',
    ]);
    const [{ model, version, against, window } = {}] = admin.requests<Record<string, { seconds: unknown }>>('GetDrift');
    assert.deepEqual([model, version, against, String(window?.seconds)], ['iris', '3', '1', '21600']);
  });

  test('a full bar is a large shift', async () => {
    using admin = await FakeAdmin.start({ GetDrift: () => REPORT });
    const { stdout } = await sluice(['drift', 'iris'], { admin, terminal: 120, env: { NO_COLOR: '1' } });
    assert(stdout.includes('██████ 0.31') && stdout.includes('█░░░░░ 0.01'), stdout);
  });

  for (const [verdict, expected] of [
    ['none', 0],
    ['model', 1],
    ['both', 1],
    ['insufficient', 3],
  ] as const) {
    test(`${verdict} is exit code ${String(expected)}`, async () => {
      using admin = await FakeAdmin.start({
        GetDrift: () => ({ ...REPORT, verdict, features: [], referenceSamples: 0 }),
      });
      const { code, stdout } = await sluice(['drift', 'iris'], { admin });
      assert.equal(code, expected);
      assert.match(stdout, /^500 sampled calls, no reference$/m);
    });
  }

  test('a window that is too short is refused here, a model that is unknown there', async () => {
    assert.match(
      (await sluice(['drift', 'iris', '--window', '5m'])).stderr,
      /--window cannot be "5m"; give a duration from 10m/,
    );
    using admin = await FakeAdmin.start({
      GetDrift: () => {
        throw new Refusal('NOT_FOUND', 'there is no model "irsi"');
      },
    });
    assert.equal((await sluice(['drift', 'irsi'], { admin })).code, 4);
  });
});

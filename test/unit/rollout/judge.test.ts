/** The verdicts on a candidate. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { UnitSums } from '../../../src/domain/experiment.ts';
import type { WantedAnalysis } from '../../../src/rollout/analysis-plan.ts';
import type { RolloutEvidence } from '../../../src/rollout/evidence.ts';
import { judge } from '../../../src/rollout/judge.ts';
import type { Judgement, JudgeInput } from '../../../src/rollout/judge.ts';
import type { Verdict } from '../../../src/rollout/state.ts';
import { compileStrategy } from '../../../src/rollout/strategy.ts';
import { Arm, opened, taken } from './evidence-scene.ts';

type WantedMetric = WantedAnalysis['metrics'][number];

const metric = (name: string, over: Partial<WantedMetric> = {}): WantedMetric => ({
  metric: name,
  margin: 0,
  onFail: '',
  direction: '',
  ...over,
});

interface Scene extends Partial<Omit<JudgeInput, 'strategy'>> {
  readonly metrics?: readonly WantedMetric[];
  readonly guardrails?: WantedAnalysis['guardrails'];
  readonly fuse?: number;
}

function judged({ metrics = [metric('error_rate')], guardrails = [], fuse, ...over }: Scene): Judgement {
  const analysis = { alpha: 0, metrics, guardrails, fuse, onInsufficient: '' };
  const strategy = compileStrategy({ kind: 'canary', analysis });
  return judge({ strategy, evidence: opened(1000), pairs: undefined, outcomes: new Map(), now: 0, ...over });
}

function verdictOn(name: string, scene: Scene): Verdict {
  const found = judged(scene).verdicts.find((verdict) => verdict.metric === name);
  assert(found, `no verdict on ${name}`);
  return found;
}

/** Of calls without keys. */
function answers(candidate: { ok: number; failed: number }, stable: { ok: number; failed: number }): RolloutEvidence {
  return taken(opened(1000), [
    new Arm('candidate').calls(candidate.ok).calls(candidate.failed, { outcome: 'internal' }),
    new Arm('stable').calls(stable.ok).calls(stable.failed, { outcome: 'internal' }),
  ]);
}

const short = ({ verdict, summary }: Verdict): readonly string[] => [verdict, summary];

suite('error_rate', () => {
  test('is insufficient before there is any call', () => {
    assert.deepEqual(short(verdictOn('error_rate', {})), [
      'insufficient',
      '0 of 0 answers failed, of stable 0 of 0; at most 100.00 % more than stable (limit 2.00 %)',
    ]);
  });

  test('passes when the candidate cannot be worse by more than the margin', () => {
    const evidence = answers({ ok: 800, failed: 0 }, { ok: 7200, failed: 8 });
    const verdict = verdictOn('error_rate', { evidence });
    assert.deepEqual(short(verdict), [
      'pass',
      '0 of 800 answers failed, of stable 8 of 7,208; at most 0.51 % more than stable (limit 2.00 %)',
    ]);
    assert(verdict.bound > 0 && verdict.bound < verdict.limit);
  });

  test('is insufficient while few calls do not tell', () => {
    const evidence = answers({ ok: 50, failed: 0 }, { ok: 450, failed: 1 });
    assert.equal(verdictOn('error_rate', { evidence }).verdict, 'insufficient');
  });

  test('fails when its faults are more than its share of the traffic explains', () => {
    const evidence = answers({ ok: 100, failed: 6 }, { ok: 900, failed: 1 });
    const verdict = verdictOn('error_rate', { evidence });
    assert.equal(verdict.verdict, 'fail');
    assert(verdict.eValue >= verdict.threshold && verdict.alphaSpent === 1);
  });

  test('stays failed: evidence that was there once is not taken back by calls that went well', () => {
    const bad = answers({ ok: 100, failed: 6 }, { ok: 900, failed: 1 });
    const later = taken(bad, [
      new Arm('candidate', { boot: 'c' }).calls(1000),
      new Arm('stable', { boot: 'c' }).calls(8900).calls(200, { outcome: 'internal' }),
    ]);
    assert.equal(verdictOn('error_rate', { evidence: later }).verdict, 'fail');
  });

  test('does not fail for one caller that fails all the time, and does not pass with it either', () => {
    const evidence = taken(opened(1000), [
      new Arm('candidate').calls(900).calls(100, { outcome: 'internal', slot: 12 }),
      new Arm('stable').calls(9000),
    ]);
    const { verdict, candidate } = verdictOn('error_rate', { evidence });
    assert.deepEqual([verdict, candidate], ['insufficient', 0.1]);
  });

  test('has its part of alpha: twice as many metrics, half of it each', () => {
    const alphas = judged({ metrics: [metric('error_rate'), metric('compute_p50')] }).verdicts.slice(0, 2);
    assert.deepEqual(
      alphas.map(({ alpha, threshold }) => [alpha, threshold]),
      [
        [0.025, 40],
        [0.025, 40],
      ],
    );
  });
});

suite('latencies', () => {
  const scene = (ms: number, { runs = 400 } = {}): Scene => {
    const stable = new Arm('stable').calls(200, { ms: 10 });
    const first = taken(opened(1000), [stable]);
    const evidence = taken(first, [stable.calls(9 * runs, { ms: 10 }), new Arm('candidate').calls(runs, { ms })]);
    return { evidence, metrics: [metric('compute_p50')] };
  };

  test('pass when few runs are slower than the margin allows', () => {
    assert.deepEqual(short(verdictOn('compute_p50', scene(10))), [
      'pass',
      '0 of 400 runs took over 12.0 ms, 1.19 times what 0 of 3,600 of stable took longer than; at most 1.33 % do (limit 60.00 %)',
    ]);
  });

  test('pass when all runs are slower by less than the margin', () => {
    assert.equal(verdictOn('compute_p50', scene(11.5)).verdict, 'pass');
  });

  test('fail when the slow runs are more than the share of runs explains', () => {
    const verdict = verdictOn('compute_p50', scene(30));
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual([Math.round(verdict.candidate), Math.round(verdict.stable)], [30, 10]);
  });

  test('are insufficient with fewer than 50 runs of either', () => {
    assert.deepEqual(short(verdictOn('compute_p50', scene(10, { runs: 49 }))), [
      'insufficient',
      '49 runs of the candidate and 441 of stable are compared; it takes 50 of each',
    ]);
  });

  test('pass by pairs alone where the candidate has more of its runs in bad moments, and by all runs where pairs are few', () => {
    const stable = new Arm('stable').calls(200, { ms: 10 });
    const first = taken(opened(1000), [stable]);
    const candidate = new Arm('candidate').calls(400, { ms: 30, isAlone: true });
    const unlike = taken(first, [stable.calls(2000, { ms: 10, isAlone: true }), candidate]);
    const verdict = (evidence: ReturnType<typeof taken>): Verdict =>
      verdictOn('compute_p50', { evidence, metrics: [metric('compute_p50')] });
    assert.equal(verdict(unlike).verdict, 'insufficient');
    const paired = verdict(taken(unlike, [stable.pairs(300, 10, true), candidate.pairs(300, 10, true)]));
    assert.deepEqual([paired.verdict, paired.candidateSamples, paired.stableSamples], ['pass', 300, 300]);
    const alone = new Arm('candidate').calls(400, { ms: 10, isAlone: true });
    const others = new Arm('stable', { instance: 'c' }).calls(2000, { ms: 10, isAlone: true });
    const alike = verdict(taken(first, [others, alone]));
    assert.deepEqual([alike.verdict, alike.candidateSamples, alike.stableSamples], ['pass', 400, 2000]);
  });

  test('are insufficient when it cannot be told, neither fast nor slow enough', () => {
    const stable = new Arm('stable').calls(200, { ms: 10 });
    const first = taken(opened(1000), [stable]);
    const evidence = taken(first, [
      stable.calls(900, { ms: 10 }).calls(900, { ms: 30 }),
      new Arm('candidate').calls(40, { ms: 10 }).calls(60, { ms: 30 }),
    ]);
    assert.equal(verdictOn('compute_p50', { evidence, metrics: [metric('compute_p50')] }).verdict, 'insufficient');
  });
});

suite('disagreement', () => {
  const metrics = [metric('disagreement')];
  const on = (pairs: JudgeInput['pairs']): Verdict => verdictOn('disagreement', { metrics, pairs });

  test('is insufficient without pairs', () => {
    assert.equal(on(undefined).verdict, 'insufficient');
    assert.equal(on({ pairs: 0, disagreed: 0, noisePairs: 100, noiseDisagreed: 0 }).verdict, 'insufficient');
  });

  test('passes when hardly any pair differs', () => {
    assert.deepEqual(short(on({ pairs: 2000, disagreed: 0, noisePairs: 100, noiseDisagreed: 0 })), [
      'pass',
      '0 of 2,000 pairs differ, of stable with itself 0 of 100; at most 0.20 % more (limit 1.00 %)',
    ]);
  });

  test('fails when more differ than stable differs from itself', () => {
    assert.equal(on({ pairs: 1000, disagreed: 300, noisePairs: 1000, noiseDisagreed: 50 }).verdict, 'fail');
  });

  test('does not fail for what stable differs from itself, nor before that is known', () => {
    assert.equal(on({ pairs: 1000, disagreed: 300, noisePairs: 1000, noiseDisagreed: 300 }).verdict, 'insufficient');
    assert.equal(on({ pairs: 1000, disagreed: 300, noisePairs: 0, noiseDisagreed: 0 }).verdict, 'insufficient');
  });
});

suite('outcomes', () => {
  /** Units of which this share has 1 and the others 0. */
  const units = (arm: string, count: number, share: number): UnitSums => {
    const ones = Math.round(count * share);
    const sums = { y: ones, d: count, yy: ones, dd: count, yd: ones, m: ones, mm: ones };
    return { arm, units: count, outcomes: count, repeated: 0, ...sums };
  };
  const on = (candidate: UnitSums, stable: UnitSums, over: Partial<WantedMetric> = {}): Verdict =>
    verdictOn('outcome:bought', {
      metrics: [metric('outcome:bought', over)],
      outcomes: new Map([['bought', [stable, candidate]]]),
    });

  test('are insufficient without units, with few, and while all have the same value', () => {
    const wanted = metric('outcome:bought');
    assert.equal(verdictOn('outcome:bought', { metrics: [wanted] }).verdict, 'insufficient');
    assert.equal(on(units('candidate', 49, 0.5), units('stable', 500, 0.5)).verdict, 'insufficient');
    assert.deepEqual(short(on(units('candidate', 100, 0), units('stable', 100, 1))), [
      'insufficient',
      '100 units of the candidate and 100 of stable have outcomes; it takes 50 of each, and not all alike',
    ]);
  });

  test('pass when it is not worse by more than the margin', () => {
    const verdict = on(units('candidate', 5000, 0.5), units('stable', 5000, 0.5), { margin: 0.05 });
    assert.deepEqual(short(verdict), ['pass', 'bought is 0.5, of stable 0.5; at most 0.02791 worse (limit 0.05)']);
  });

  test('fail when it is worse beyond the margin, in the direction that is the worse one', () => {
    const [few, many] = [units('candidate', 5000, 0.3), units('candidate', 5000, 0.7)];
    const stable = units('stable', 5000, 0.5);
    assert.equal(on(few, stable, { margin: 0.05 }).verdict, 'fail');
    assert.equal(on(many, stable, { margin: 0.05 }).verdict, 'pass');
    assert.equal(on(few, stable, { margin: 0.05, direction: 'decrease' }).verdict, 'pass');
    assert.equal(on(many, stable, { margin: 0.05, direction: 'decrease' }).verdict, 'fail');
  });
});

suite('guardrails', () => {
  const guardrail = (name: string, limit: number): WantedAnalysis['guardrails'] => [
    { metric: name, limit, minRequests: 0, windowMs: undefined, onFail: '' },
  ];
  const at = 1_000_000;
  const seen = (arm: Arm, now = at): RolloutEvidence => taken(opened(1000), [arm], now);

  test('say nothing below their least number of calls, and keep nobody waiting', () => {
    const evidence = seen(new Arm('candidate').calls(99, { outcome: 'internal' }));
    const scene = { guardrails: guardrail('success_rate', 0.95), evidence, now: at };
    assert.deepEqual(short(verdictOn('guardrail:success_rate', scene)), [
      'insufficient',
      '99 calls in the last 1m, of 100 that it takes to judge success_rate',
    ]);
  });

  test('are limits on the candidate alone', () => {
    const evidence = seen(new Arm('candidate').calls(94).calls(6, { outcome: 'internal' }));
    const verdict = (limit: number): readonly string[] =>
      short(verdictOn('guardrail:success_rate', { guardrails: guardrail('success_rate', limit), evidence, now: at }));
    assert.deepEqual(verdict(0.95), ['fail', 'success_rate is 94.00 % over 100 calls of the last 1m (at least 95 %)']);
    assert.deepEqual(verdict(0.94), ['pass', 'success_rate is 94.00 % over 100 calls of the last 1m (at least 94 %)']);
  });

  test('of latencies are in milliseconds', () => {
    const evidence = seen(new Arm('candidate').calls(97, { ms: 10 }).calls(3, { ms: 80 }));
    const verdict = (limit: number): string =>
      verdictOn('guardrail:request_p99', { guardrails: guardrail('request_p99', limit), evidence, now: at }).verdict;
    assert.deepEqual([verdict(50), verdict(100)], ['fail', 'pass']);
  });

  test('forget what is older than their window', () => {
    const evidence = seen(new Arm('candidate').calls(200, { outcome: 'internal' }));
    const verdict = (now: number): string =>
      verdictOn('guardrail:success_rate', { guardrails: guardrail('success_rate', 0.95), evidence, now }).verdict;
    assert.deepEqual([verdict(at + 59_000), verdict(at + 71_000)], ['fail', 'insufficient']);
  });
});

suite('all together', () => {
  const good = answers({ ok: 800, failed: 0 }, { ok: 7200, failed: 8 });
  const bad = answers({ ok: 200, failed: 6 }, { ok: 1900, failed: 1 });

  test('pass when every metric does, though a guardrail has seen too little', () => {
    const guardrails = [{ metric: 'success_rate', limit: 0.9, minRequests: 0, windowMs: undefined, onFail: '' }];
    assert.equal(judged({ evidence: good, guardrails, now: 1e9 }).overall, 'pass');
  });

  test('are insufficient when one metric is', () => {
    const metrics = [metric('error_rate'), metric('disagreement')];
    assert.equal(judged({ evidence: good, metrics }).overall, 'insufficient');
  });

  test('fail when one fails, unless it only alerts', () => {
    assert.equal(judged({ evidence: bad }).overall, 'fail');
    assert.equal(judged({ evidence: bad, metrics: [metric('error_rate', { onFail: 'pause' })] }).overall, 'fail');
    assert.equal(judged({ evidence: bad, metrics: [metric('error_rate', { onFail: 'alert' })] }).overall, 'pass');
  });

  test('fail when the fuse blows, however much went well', () => {
    const evidence = taken(opened(1000), [
      new Arm('candidate').calls(5000).calls(4, { outcome: 'internal' }),
      new Arm('stable').calls(50_000).calls(40, { outcome: 'internal' }),
    ]);
    const verdict = (fuse: number): readonly string[] =>
      judged({ evidence, fuse }).verdicts.map((each) => `${each.metric} ${each.verdict}`);
    assert.equal(judged({ evidence, fuse: 4 }).overall, 'fail');
    assert(verdict(4).includes('fuse fail'));
    assert(verdict(5).includes('fuse pass'));
    assert(!verdict(0).some((each) => each.startsWith('fuse')));
  });
});

/** What is found in evidence without anybody asking. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Findings } from '../../../src/admin/findings.ts';
import type { Finding } from '../../../src/admin/find-in-evidence.ts';
import { emptyComparison } from '../../../src/monitor/comparison-totals.ts';
import { openExperiments } from '../../support/experiment-scene.ts';
import { policy, send } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

const noFault = (what: string, cause: unknown): void => assert.fail(`${what}: ${String(cause)}`);

test('the pairs of a shadow are looked at when they come, and again once that is a while ago', async () => {
  await using scene = await openExperiments();
  await send(scene, policy({ '1': 10_000 }, { shadows: [{ version: '2', share: 1000 }] }));
  const { context, evidence } = scene;
  const findings = new Findings({ context, evidence, onFault: noFault, everyMs: 1, freshMs: 30_000 });
  const put = (pairs: number, disagreed: number): void =>
    evidence.put('comparison', '1/2', { ...emptyComparison(0), pairs, disagreed }, String(pairs));
  const compared = (): number => {
    const [found]: readonly Finding[] = findings.all();
    return found?.kind === 'shadow' ? found.pairs : 0;
  };
  put(100, 10);
  await until(() => compared() === 100);
  assert.deepEqual(findings.all(), [
    { model: 'iris', kind: 'shadow', version: '2', live: '1', pairs: 100, disagreement: 0.1 },
  ]);
  put(300, 0);
  scene.pass(29_999);
  assert.equal(compared(), 100);
  scene.pass(1);
  await until(() => compared() === 400);
  await findings.close();
});

test('what no evidence came for in an hour is told of no longer', async () => {
  await using scene = await openExperiments();
  await send(scene, policy({ '1': 10_000 }, { shadows: [{ version: '2', share: 1000 }] }));
  const { context, evidence } = scene;
  const findings = new Findings({ context, evidence, onFault: noFault, everyMs: 1 });
  evidence.put('comparison', '1/2', { ...emptyComparison(0), pairs: 1 });
  await until(() => findings.all().length === 1);
  scene.pass(3_600_001);
  await until(() => findings.all().length === 0);
  await findings.close();
  assert.equal(evidence.listeners, 0);
});

test('a running experiment is looked at where calls of its arms come', async () => {
  await using scene = await openExperiments();
  await scene.run();
  const { context, evidence } = scene;
  const findings = new Findings({ context, evidence, onFault: noFault, everyMs: 1 });
  evidence.put('sketch', '1@0', {});
  evidence.put('examples', '1/2', {});
  evidence.put('arm', '2/other', {});
  await until(() => findings.all().length === 4);
  const found = findings.all().map((finding) => (finding.kind === 'experiment' ? finding.ratio : finding.kind));
  assert.deepEqual(found.toSorted(), ['drift', 'drift', 'exposures', 'reporting']);
  await findings.close();
});

/** A rollout as a client gets it, over its real bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRollout } from '../../../src/transport/codec/admin/rollout-codec.ts';
import type { Rollout } from '../../../src/transport/gen/sluice/admin/v1/Rollout.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { openRolloutScene, QUICK, step } from '../../support/rollout-scene.ts';

const { Start } = loadAdminSchema().sluice.admin.v1.Rollouts.service;

/** As a client gets it. */
function received(rollout: Rollout) {
  return Start.responseDeserialize(Start.responseSerialize(rollout));
}

test('a rollout is shown with its stages in words, its verdicts, both arms and what happened', async () => {
  await using scene = await openRolloutScene();
  await scene.start({ strategy: { ...QUICK, steps: [step(1000)] } });
  await scene.apply();
  await scene.until('holding');
  await scene.calls('1', { ok: 90 });
  await scene.calls('2', { ok: 9, failed: 1 });
  await scene.looked();
  const rollout = formatRollout(await scene.view());
  const { verdicts, candidateArm, stableArm, transitions, ...rest } = rollout;
  const at = { seconds: DAWN / 1000, nanos: 0 };
  assert.deepEqual(
    { ...rest, strategy: rest.strategy?.kind },
    {
      ...{ id: 1, model: 'iris', stable: '1', candidate: '2', strategy: 'canary', phase: 'holding' },
      reason: 'every serve process sends 10 % of the calls to the candidate',
      ...{ generation: 2, stage: 0, stageCount: 2, stages: ['10 % for 1m, 100 calls', '100 % for 1m'] },
      ...{ weight: 1000, epoch: 2, startedAt: at, stageSince: at },
      stageDeadline: { seconds: DAWN / 1000 + 3600, nanos: 0 },
      ...{ endedAt: null, startedBy: 'ann', verdict: 'insufficient', holdDownUntil: null },
    },
  );
  assert.deepEqual(
    verdicts?.map(({ metric }) => metric),
    ['error_rate', 'guardrail:success_rate', 'guardrail:request_p99', 'fuse'],
  );
  assert.deepEqual(
    [candidateArm, stableArm].map((arm) => [arm?.version, arm?.calls, arm?.ok, arm?.faults, arm?.overloads]),
    [
      ['2', 10, 9, 1, 0],
      ['1', 90, 90, 0, 0],
    ],
  );
  const message = received(rollout);
  assert.deepEqual(
    message.verdicts.map(({ metric, bound, alphaSpent }) => ({ metric, bound, alphaSpent })),
    verdicts.map(({ metric, bound, alphaSpent }) => ({ metric, bound, alphaSpent })),
  );
  const p99 = message.candidateArm?.requestP99Ms ?? 0;
  assert(Math.abs(p99 - 1) < 0.1, `${p99} ms`);
  assert.deepEqual(
    transitions?.map(({ seq, kind, fromPhase, toPhase, actor }) => [seq, kind, fromPhase, toPhase, actor]),
    [
      [1, 'started', '', 'loading', 'ann'],
      [2, 'holding', 'loading', 'holding', 'sluice'],
    ],
  );
});

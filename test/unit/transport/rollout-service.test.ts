/** The Rollouts service: what its calls answer, and what a watch tells. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rolloutService } from '../../../src/transport/services/admin/rollout-service.ts';
import type { LongCall } from '../../../src/transport/long-call.ts';
import type { Rollout } from '../../../src/transport/gen/sluice/admin/v1/Rollout.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';
import { openRolloutScene } from '../../support/rollout-scene.ts';
import type { RolloutScene } from '../../support/rollout-scene.ts';

const { Get, Pause } = loadAdminSchema().sluice.admin.v1.Rollouts.service;

function callOf(actor: string, signal = new AbortController().signal): LongCall {
  return {
    method: 'sluice.admin.v1.Rollouts/Start',
    receivedAt: 0,
    deadline: Infinity,
    signal,
    traceparent: undefined,
    routingKey: '',
    certificateNames: [],
    header: (key) => (key === 'x-sluice-actor' ? actor : undefined),
  };
}

const START = { model: 'iris', candidate: '2', strategy: null, force: false, reason: '', idempotencyKey: '' };

/** Requests as they are read from their bytes. */
const change = (reason = '') => Pause.requestDeserialize(Pause.requestSerialize({ id: 1, reason }));
const ask = (request: { readonly id?: number; readonly model?: string }) =>
  Get.requestDeserialize(Get.requestSerialize(request));

const serviceOf = (scene: RolloutScene) => rolloutService({ ...scene.context, rollouts: scene.controller() });

suite('the Rollouts service', () => {
  test('answers each change with the rollout after it, and knows who asked', async () => {
    await using scene = await openRolloutScene();
    const service = serviceOf(scene);
    const replies = [
      await service.start(START, callOf('ann')),
      await service.pause(change('lunch'), callOf('bob')),
      await service.resume(change(), callOf('bob')),
      await service.promote({ ...change(), full: true }, callOf('bob')),
      await service.abort(change(), callOf('cid')),
    ];
    assert.deepEqual(
      replies.map(({ phase, generation, weight, transitions }) => [
        phase,
        generation,
        weight,
        transitions?.at(-1)?.actor,
      ]),
      [
        ['loading', 1, 1000, 'ann'],
        ['paused', 2, 1000, 'bob'],
        ['loading', 3, 1000, 'bob'],
        ['loading', 4, 10_000, 'bob'],
        ['aborted', 5, 0, 'cid'],
      ],
    );
    assert.deepEqual(await service.get(ask({ model: 'iris' }), callOf('ann')), replies.at(-1));
    const { rollouts } = await service.list({ model: '', openOnly: false, pageSize: 0, pageToken: '' }, callOf('ann'));
    assert.deepEqual(rollouts, [{ ...replies.at(-1), transitions: [] }]);
  });

  test('lets somebody else approve', async () => {
    await using scene = await openRolloutScene();
    const service = serviceOf(scene);
    const strategy = { kind: 'blueGreen', blueGreen: { approval: true } } as const;
    const full = { ...strategy, shadow: null, analysis: null, bake: null, deadline: null };
    await service.start({ ...START, strategy: full }, callOf('ann'));
    await assert.rejects(async () => service.approve(change(), callOf('ann')), { code: 'permission_denied' });
    assert.equal((await service.approve(change(), callOf('bob'))).weight, 10_000);
  });

  test('tells a watcher each transition and new evidence, and ends with the rollout', async () => {
    await using scene = await openRolloutScene();
    const service = serviceOf(scene);
    await service.start(START, callOf('ann'));
    const told: Rollout[] = [];
    let more = Promise.withResolvers<undefined>();
    const watching = Promise.resolve(
      service.watch(ask({ model: 'iris' }), callOf('ann'), (rollout) => {
        told.push(rollout);
        more.resolve(undefined);
        more = Promise.withResolvers();
        return Promise.resolve();
      }),
    );
    const until = async (isSo: (rollout: Rollout | undefined) => boolean): Promise<void> => {
      while (!isSo(told.at(-1))) await more.promise;
    };
    await until((rollout) => rollout?.phase === 'loading');
    await scene.apply();
    await until((rollout) => rollout?.phase === 'holding');
    await scene.calls('2', { ok: 5 });
    await until((rollout) => rollout?.candidateArm?.calls === 5);
    await service.abort(change(), callOf('ann'));
    await watching;
    assert.equal(told.at(-1)?.phase, 'aborted');
  });

  test('tells a watcher of a rollout that is over once', async () => {
    await using scene = await openRolloutScene();
    const service = serviceOf(scene);
    await service.start(START, callOf('ann'));
    await service.abort(change(), callOf('ann'));
    const told: Rollout[] = [];
    await service.watch(ask({ id: 1 }), callOf('ann'), (rollout) => {
      told.push(rollout);
      return Promise.resolve();
    });
    assert.deepEqual(
      told.map(({ phase }) => phase),
      ['aborted'],
    );
  });

  test('lets a watcher go who has gone', async () => {
    await using scene = await openRolloutScene();
    const service = serviceOf(scene);
    await service.start(START, callOf('ann'));
    const gone = new AbortController();
    const watching = service.watch(ask({ id: 1 }), callOf('ann', gone.signal), () => {
      gone.abort();
      return Promise.resolve();
    });
    await assert.rejects(Promise.resolve(watching), { name: 'AbortError' });
  });
});

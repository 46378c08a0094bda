/** Rollouts by people: pause, resume, promote, approve, abort, and what can be read of them. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { listRollouts } from '../../../src/admin/rollout-view.ts';
import { openRolloutScene, QUICK, step } from '../../support/rollout-scene.ts';
import type { RolloutScene } from '../../support/rollout-scene.ts';

const phase = async (scene: RolloutScene): Promise<string> => (await scene.view()).record.state.phase;

suite('a command', () => {
  test('is in the journal with who gave it and why, and in the audit log', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    await scene.command('pause', { by: { actor: 'bob', reason: 'lunch' } });
    await scene.command('resume', { by: { actor: 'cid', reason: '' } });
    await scene.command('promote', { by: { actor: 'bob', reason: 'in a hurry' } });
    const { entries, record } = await scene.view();
    assert.deepEqual(
      entries.map(({ kind, actor, reason, fromPhase, toPhase, generation }) =>
        [generation, kind, actor, reason, fromPhase, toPhase].join('; '),
      ),
      [
        '1; started; ann; 10 % for 1m, 100 calls: because; ; loading',
        '2; paused; bob; lunch; loading; paused',
        '3; resumed; cid; resumed by cid; paused; loading',
        '4; stage; bob; 50 % for 1m, 100 calls: in a hurry; loading; loading',
      ],
    );
    assert.deepEqual([record.state.generation, record.state.weight], [4, 5000]);
    assert.deepEqual(
      (await scene.events()).map(({ kind, actor }) => `${kind} ${actor}`),
      ['rollout.started ann', 'rollout.paused bob', 'rollout.resumed cid', 'rollout.advanced bob'],
    );
  });

  test('that is sent again under its key happens once, also after others', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    const by = { idempotencyKey: 'next step' };
    await scene.command('promote', { by });
    await scene.command('promote', { by });
    await scene.command('pause');
    await scene.command('promote', { by });
    const { state } = (await scene.view()).record;
    assert.deepEqual([state.phase, state.stage, state.generation], ['paused', 1, 3]);
  });

  test('is refused where the rollout has moved on, has ended, or is not there', async () => {
    await using scene = await openRolloutScene();
    const id = await scene.start();
    await scene.command('pause');
    const stale = /at generation 2, not 1 as expected/;
    await assert.rejects(scene.command('resume', { expectedGeneration: 1 }), { code: 'aborted', message: stale });
    assert.equal(await phase(scene), 'paused');
    await scene.command('abort', { expectedGeneration: 1 });
    assert.equal(await phase(scene), 'aborted', 'an abort does not look at the generation');
    for (const command of ['pause', 'resume', 'promote', 'approve'] as const) {
      await assert.rejects(scene.command(command), { code: 'failed_precondition', message: /it is over \(aborted/ });
    }
    const nowhere = { code: 'not_found', message: /there is no rollout 9/ };
    await assert.rejects(scene.command('abort', { id: id + 8 }), nowhere);
    await assert.rejects(scene.view(id + 8), nowhere);
  });

  test('to abort again changes nothing, and what was promoted is not aborted', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    await scene.command('abort');
    await scene.command('abort');
    assert.deepEqual([(await scene.view()).entries.length, (await scene.policy()).epoch], [2, 3]);
    await scene.start();
    await scene.command('promote', { full: true });
    await scene.command('promote');
    await assert.rejects(scene.command('abort'), { code: 'failed_precondition', message: /traffic switch iris 1/ });
    assert.equal(await phase(scene), 'promoted');
  });

  test('to approve is not for whoever started it', async () => {
    await using scene = await openRolloutScene();
    await scene.start({ strategy: { kind: 'blue_green', approval: true } });
    const { epoch, arms } = await scene.policy();
    assert.deepEqual([epoch, arms.map(({ version, weight }) => `${version}:${weight}`)], [2, ['1:10000', '2:0']]);
    await assert.rejects(scene.command('approve'), { code: 'permission_denied' });
    await scene.command('approve', { by: { actor: 'bob' } });
    const { state } = (await scene.view()).record;
    assert.deepEqual([state.phase, state.weight, state.epoch], ['loading', 10_000, 3]);
    assert.equal((await scene.events()).at(-1)?.kind, 'rollout.approved');
  });

  test('to abort keeps the verdicts as they stood then', async () => {
    await using scene = await openRolloutScene();
    await scene.start({ strategy: { ...QUICK, steps: [step(1000)] } });
    await scene.apply();
    await scene.until('holding');
    await scene.calls('2', { ok: 7 });
    await scene.looked();
    await scene.command('abort');
    await scene.restart();
    const { seen } = await scene.view();
    assert.equal(seen?.candidate.calls, 7);
    assert.equal(seen.judgement.verdicts[0]?.candidateSamples, 7);
  });
});

suite('what can be read', () => {
  test('of a model is its open or last rollout', async () => {
    await using scene = await openRolloutScene();
    await assert.rejects(scene.view(), { code: 'not_found', message: /model "iris" had no rollout yet/ });
    const first = await scene.start();
    await scene.command('abort');
    assert.equal((await scene.view()).record.document.id, first);
    const second = await scene.start();
    assert.equal((await scene.view()).record.document.id, second);
  });

  test('in lists is the newest first, page by page, without their journals', async () => {
    await using scene = await openRolloutScene();
    for (let round = 0; round < 3; round += 1) {
      await scene.start();
      if (round < 2) await scene.command('abort');
    }
    const views = { store: scene.store, live: () => undefined };
    const page = { model: 'iris', openOnly: false, pageSize: 2, pageToken: '' };
    const list = async (over: Partial<typeof page>) => {
      const { rollouts, nextPageToken } = await listRollouts(views, { ...page, ...over });
      return { ids: rollouts.map(({ record }) => record.document.id), rollouts, nextPageToken };
    };
    const first = await list({});
    assert.deepEqual(first.ids, [3, 2]);
    assert.deepEqual(first.rollouts[0]?.entries, []);
    const last = await list({ pageToken: first.nextPageToken });
    assert.deepEqual([last.ids, last.nextPageToken], [[1], '']);
    assert.deepEqual((await list({ openOnly: true, model: '' })).ids, [3]);
    await assert.rejects(list({ pageToken: first.nextPageToken, model: '' }), { code: 'invalid_argument' });
    await assert.rejects(list({ model: 'lily' }), { code: 'not_found' });
  });
});

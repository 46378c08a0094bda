import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { UNKNOWN_ACTOR } from '../../../src/admin/context.ts';
import type { ApprovalRule } from '../../../src/admin/context.ts';
import { approveTransition, rejectTransition } from '../../../src/admin/decide-transition.ts';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { listTransitions } from '../../../src/admin/list-transitions.ts';
import { requestTransition } from '../../../src/admin/request-transition.ts';
import type { Transition } from '../../../src/domain/registry.ts';
import { DAWN, openScene, order } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';

/** Changes under a scene's feet, as a restart with other options would. */
async function openWith(rule: ApprovalRule): Promise<Scene & { readonly rules: Map<string, ApprovalRule> }> {
  const rules = new Map([['production', rule]]);
  const stages = ['development', 'staging', 'production'];
  const scene = await openScene({ stageRules: { stages, approvals: rules } });
  await scene.register('1');
  return { ...scene, rules };
}

function ask(scene: Scene, stage: string, actor = 'ann'): Promise<Transition> {
  return requestTransition(scene.context, { model: 'iris', version: '1', stage }, order({ actor }));
}

function approve(scene: Scene, id: number, actor: string, idempotencyKey = ''): Promise<Transition> {
  return approveTransition(scene.context, { id }, order({ actor, idempotencyKey }));
}

function reject(scene: Scene, id: number, actor: string): Promise<Transition> {
  return rejectTransition(scene.context, { id }, order({ actor }));
}

async function stageOf(scene: Scene): Promise<string | undefined> {
  return (await scene.store.version('iris', '1'))?.stage;
}

suite('a wish for another stage', () => {
  test('is fulfilled at once where the stage needs no approval', async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const { status, fromStage, toStage, approvalsNeeded, decisions } = await ask(scene, 'staging');
    assert.deepEqual(
      { status, fromStage, toStage, approvalsNeeded, decisions },
      { status: 'approved', fromStage: 'development', toStage: 'staging', approvalsNeeded: 0, decisions: [] },
    );
    assert.equal(await stageOf(scene), 'staging');
    const events = await scene.store.events({}, { limit: 2 });
    assert.deepEqual(
      events.map(({ kind, subject, before, after }) => [kind, subject, before, after.stage]),
      [
        ['transition.approved', '1', { stage: 'development' }, 'staging'],
        ['transition.requested', '1', { stage: 'development' }, undefined],
      ],
    );
  });

  test('is fulfilled by the last approval that it needs', async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const { id, digest } = await ask(scene, 'production');
    assert.equal(digest, 'digest of iris/1');
    assert.equal((await approve(scene, id, 'bob')).status, 'pending');
    assert.equal(await stageOf(scene), 'development');
    scene.pass(5);
    const { status, decisions } = await approve(scene, id, 'cy');
    assert.deepEqual(
      { status, decisions },
      {
        status: 'approved',
        decisions: [
          { actor: 'bob', approved: true, reason: 'because', at: DAWN },
          { actor: 'cy', approved: true, reason: 'because', at: DAWN + 5 },
        ],
      },
    );
    assert.equal(await stageOf(scene), 'production');
  });

  test('is ended by one no, after which nobody decides', async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const { id } = await ask(scene, 'production');
    await approve(scene, id, 'bob');
    assert.equal((await reject(scene, id, 'cy')).status, 'rejected');
    await assert.rejects(approve(scene, id, 'dee'), {
      code: 'failed_precondition',
      message: `transition ${id} is rejected already; request another one if need be`,
    });
    assert.equal(await stageOf(scene), 'development');
    const [event] = await scene.store.events({}, { limit: 1 });
    assert.deepEqual([event?.kind, event?.actor, event?.after.stage], ['transition.rejected', 'cy', 'development']);
  });

  test('can be withdrawn by who had it, though others are to decide', async () => {
    await using scene = await openWith({ needed: 1, approvers: ['bob'] });
    const { id } = await ask(scene, 'production');
    assert.equal((await reject(scene, id, 'ann')).status, 'rejected');
  });

  test('is refused twice, to the stage where the version is, to no stage, and for a deleted version', async () => {
    await using scene = await openWith({ needed: 1, approvers: [] });
    const { id } = await ask(scene, 'production');
    await assert.rejects(ask(scene, 'production', 'bob'), {
      code: 'already_exists',
      message: `transition ${id} of version "1" to "production" is pending already; decide that one`,
    });
    await assert.rejects(ask(scene, 'development'), { code: 'failed_precondition', message: /in stage "development"/ });
    await assert.rejects(ask(scene, 'heaven'), {
      code: 'invalid_argument',
      message: 'there is no stage "heaven"; the stages are development, staging, production',
    });
    await scene.register('2');
    await deleteVersion(scene.context, { model: 'iris', version: '2' }, order());
    const asked = { model: 'iris', version: '2', stage: 'staging' };
    await assert.rejects(requestTransition(scene.context, asked, order()), { code: 'failed_precondition' });
  });

  test('said twice under one idempotency key is one', async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const asked = { model: 'iris', version: '1', stage: 'production' };
    const again = order({ idempotencyKey: 'k' });
    const { id } = await requestTransition(scene.context, asked, again);
    assert.equal((await requestTransition(scene.context, asked, again)).id, id);
    await approve(scene, id, 'bob', 'yes');
    assert.equal((await approve(scene, id, 'bob', 'yes')).decisions.length, 1);
  });
});

suite('an approval', () => {
  test("is never the requester's, and nobody's twice", async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const { id } = await ask(scene, 'production', 'ann');
    await assert.rejects(approve(scene, id, 'ann'), { code: 'permission_denied', message: /somebody else has to/ });
    await approve(scene, id, 'bob');
    await assert.rejects(approve(scene, id, 'bob'), {
      code: 'failed_precondition',
      message: `"bob" approved transition ${id} already`,
    });
    assert.equal(await stageOf(scene), 'development');
  });

  test('is only for those who are named, where some are', async () => {
    await using scene = await openWith({ needed: 1, approvers: ['bob', 'cy'] });
    const { id } = await ask(scene, 'production');
    const denied = {
      code: 'permission_denied',
      message: '"eve" may not decide on stage "production"; these may: bob, cy',
    };
    await assert.rejects(approve(scene, id, 'eve'), denied);
    await assert.rejects(reject(scene, id, 'eve'), denied);
    await assert.rejects(approve(scene, id, UNKNOWN_ACTOR), { code: 'permission_denied' });
    assert.equal((await approve(scene, id, 'cy')).status, 'approved');
  });

  test("by callers without a name counts once, and may be the requester's", async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const { id } = await ask(scene, 'production', UNKNOWN_ACTOR);
    await approve(scene, id, UNKNOWN_ACTOR);
    await assert.rejects(approve(scene, id, UNKNOWN_ACTOR), { code: 'failed_precondition', message: /x-sluice-actor/ });
    assert.equal((await approve(scene, id, 'bob')).status, 'approved');
  });

  test('under another rule than that of the request makes the wish stale, for good', async () => {
    await using scene = await openWith({ needed: 2, approvers: ['bob', 'cy'] });
    const { id } = await ask(scene, 'production');
    await approve(scene, id, 'bob');
    scene.rules.set('production', { needed: 1, approvers: ['cy', 'bob'] });
    const stale = {
      code: 'failed_precondition',
      message: `transition ${id} is stale: the rule for stage "production" has changed since it was requested; request it again`,
    };
    await assert.rejects(approve(scene, id, 'cy', 'k'), stale);
    await assert.rejects(approve(scene, id, 'cy', 'k'), stale);
    assert.equal((await scene.store.transition(id))?.status, 'stale');
    scene.rules.set('production', { needed: 2, approvers: ['bob', 'cy'] });
    await assert.rejects(approve(scene, id, 'cy'), { code: 'failed_precondition', message: /is stale already/ });
    assert.equal(await stageOf(scene), 'development');
  });

  test('holds where the same approvers are named in another order', async () => {
    await using scene = await openWith({ needed: 1, approvers: ['bob', 'cy'] });
    const { id } = await ask(scene, 'production');
    scene.rules.set('production', { needed: 1, approvers: ['cy', 'bob'] });
    assert.equal((await approve(scene, id, 'cy')).status, 'approved');
  });

  test('of a wish that an older rule was to decide is not needed for a new wish', async () => {
    await using scene = await openWith({ needed: 2, approvers: [] });
    const { id } = await ask(scene, 'production');
    scene.rules.delete('production');
    assert.equal((await ask(scene, 'production')).status, 'approved');
    assert.equal((await scene.store.transition(id))?.status, 'stale');
  });

  test('of a version that was deleted meanwhile is refused', async () => {
    await using scene = await openWith({ needed: 1, approvers: [] });
    await scene.register('2');
    const asked = { model: 'iris', version: '2', stage: 'production' };
    const { id } = await requestTransition(scene.context, asked, order());
    await deleteVersion(scene.context, { model: 'iris', version: '2' }, order());
    await assert.rejects(approve(scene, id, 'bob'), { code: 'failed_precondition', message: /"2" was deleted/ });
    assert.equal((await scene.store.version('iris', '2'))?.stage, 'development');
  });

  test('of what nobody asked for is an error', async () => {
    await using scene = await openWith({ needed: 1, approvers: [] });
    await assert.rejects(approve(scene, 77, 'bob'), { code: 'not_found', message: /^there is no transition 77/ });
  });
});

test('transitions are listed the newest first, by model, version and status, page by page', async () => {
  await using scene = await openWith({ needed: 1, approvers: [] });
  await scene.register('2');
  const first = await ask(scene, 'staging');
  const second = await ask(scene, 'production');
  const third = await requestTransition(scene.context, { model: 'iris', version: '2', stage: 'staging' }, order());
  const all = { model: '', version: '', status: '', pageSize: 0, pageToken: '' };
  const ids = async (over: Partial<typeof all>): Promise<number[]> =>
    (await listTransitions(scene.context, { ...all, ...over })).transitions.map(({ id }) => id);
  assert.deepEqual(await ids({}), [third.id, second.id, first.id]);
  assert.deepEqual(await ids({ model: 'iris', version: '1' }), [second.id, first.id]);
  assert.deepEqual(await ids({ status: 'pending' }), [second.id]);
  assert.deepEqual(await ids({ model: 'rose' }), []);
  await assert.rejects(ids({ status: 'lost' }), { code: 'invalid_argument' });
  const { nextPageToken } = await listTransitions(scene.context, { ...all, pageSize: 2 });
  assert.deepEqual(await ids({ pageSize: 2, pageToken: nextPageToken }), [first.id]);
});

/** What every store has to do, whatever database it is on. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { EventDraft, RegisteredVersion, Transition } from '../../../../src/domain/registry.ts';
import { compareVersions } from '../../../../src/domain/version.ts';
import { hashEvent } from '../../../../src/registry/event-hash.ts';
import type { Store, StoreWriter } from '../../../../src/registry/store.ts';
import { report } from '../../../support/builders.ts';
import { documentTests, outcomeTests } from './document-contract.ts';
import { tokenTests } from './token-contract.ts';
import { draft, epoch, file, model, slot, transition, version } from './nouns.ts';
import { randomTests } from './random-contract.ts';

type OpenStore = () => Promise<Store>;

/** Each test gets an empty store from `open`. */
export function storeContract(open: OpenStore): void {
  const fresh = async (context: TestContext): Promise<Store> => {
    const store = await open();
    context.after(() => store.close());
    return store;
  };
  suite('transactions', () => transactionTests(fresh, open));
  suite('models and versions', () => versionTests(fresh));
  suite('aliases and transitions', () => stageTests(fresh));
  suite('epochs', () => trafficTests(fresh));
  suite('the audit log', () => eventTests(fresh));
  suite('replies, secrets and statistics', () => otherTests(fresh));
  suite('documents and evidence', () => documentTests(fresh));
  suite('tokens', () => tokenTests(fresh));
  suite('outcomes', () => outcomeTests(fresh));
  suite('any transactions', () => randomTests(open));
}

type Fresh = (context: TestContext) => Promise<Store>;

/** A store with these versions, and the models that they are of. */
async function put(store: Store, ...versions: readonly RegisteredVersion[]): Promise<void> {
  await store.transact(async (writer) => {
    for (const name of new Set(versions.map((row) => row.model))) await writer.putModel(model(name));
    for (const row of versions) await writer.putVersion(row);
  });
}

function names(rows: readonly { readonly version: string }[]): string[] {
  return rows.map((row) => row.version);
}

function transactionTests(fresh: Fresh, open: OpenStore): void {
  test('what a transaction wrote is there when it resolves, and its result is passed on', async (context) => {
    const store = await fresh(context);
    const result = await store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      return 'done';
    });
    assert.equal(result, 'done');
    assert.deepEqual(await store.model('iris'), model('iris'));
  });

  test('one that throws leaves nothing behind, and the next one works', async (context) => {
    const store = await fresh(context);
    const failing = store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      await writer.append(draft());
      await writer.touch();
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.equal(await store.model('iris'), undefined);
    assert.deepEqual(await store.eventsFrom(1, 10), []);
    assert.equal(await store.revision(), 0);
    await store.transact((writer) => writer.putModel(model('iris')));
    assert.deepEqual(await store.model('iris'), model('iris'));
  });

  test('readers see nothing of one that runs, and its writer sees all', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      assert.deepEqual(await writer.model('iris'), model('iris'));
      assert.equal(await store.model('iris'), undefined);
    });
    assert.deepEqual(await store.model('iris'), model('iris'));
  });

  test('they run one after the other, in the order in which they were asked for', async (context) => {
    const store = await fresh(context);
    const log: string[] = [];
    const step = (name: string) =>
      store.transact(async (writer) => {
        log.push(`${name} begins`);
        await writer.touch();
        await writer.models({ limit: 1 });
        log.push(`${name} ends`);
      });
    await Promise.all([step('a'), step('b'), step('c')]);
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('a writer is of no use after its transaction', async (context) => {
    const store = await fresh(context);
    let kept: StoreWriter | undefined;
    await store.transact(async (writer) => {
      kept = writer;
    });
    await assert.rejects(kept!.putModel(model('iris')), { code: 'internal', message: /transaction has ended/ });
    await assert.rejects(kept!.model('iris'), /transaction has ended/);
    assert.equal(await store.model('iris'), undefined);
  });

  test('one that swallows the failure of a statement is undone as a whole', async (context) => {
    const store = await fresh(context);
    const swallowing = store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      await writer.putVersion(version({ model: 'nowhere' })).catch(() => undefined);
    });
    await assert.rejects(swallowing, { name: 'ServerError', code: 'internal' });
    assert.equal(await store.model('iris'), undefined);
  });

  test('calls of a writer may overlap', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      await Promise.all(['a', 'b', 'c'].map((name) => writer.putModel(model(name))));
    });
    assert.equal((await store.models({ limit: 10 })).length, 3);
  });

  test('when 1,000 wait, one more is refused, and all that waited are done', async (context) => {
    const store = await fresh(context);
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const first = store.transact(async () => {
      started.resolve();
      await gate.promise;
    });
    await started.promise;
    const waiting = Array.from({ length: 1000 }, () => store.transact((writer) => writer.touch()));
    const refused = assert.rejects(
      store.transact((writer) => writer.touch()),
      { code: 'resource_exhausted', message: /1000 changes of the registry are waiting/ },
    );
    gate.resolve();
    await Promise.all([first, refused, ...waiting]);
    assert.equal(await store.revision(), 1000);
  });

  test('one that takes longer than 30 seconds is undone, and the next one has its turn', async (context) => {
    const store = await fresh(context);
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const wrote = Promise.withResolvers<void>();
    const hanging = store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      wrote.resolve();
      await new Promise(() => undefined);
    });
    await wrote.promise;
    context.mock.timers.tick(30_000);
    await assert.rejects(hanging, { code: 'deadline_exceeded', message: /longer than 30000 ms and was undone/ });
    context.mock.timers.reset();
    assert.equal(await store.transact((writer) => writer.model('iris')), undefined);
  });

  test('closing waits for the one that runs; those that wait, and later ones, are told to retry', async () => {
    const store = await open();
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const running = store.transact(async (writer) => {
      started.resolve();
      await gate.promise;
      return await writer.touch();
    });
    await started.promise;
    const waiting = assert.rejects(
      store.transact((writer) => writer.touch()),
      { code: 'unavailable' },
    );
    const closing = store.close();
    await assert.rejects(
      store.transact((writer) => writer.touch()),
      { code: 'unavailable', message: /closing/ },
    );
    gate.resolve();
    assert.equal(await running, 1);
    await Promise.all([closing, waiting]);
    await assert.rejects(store.revision(), { name: 'ServerError', code: 'unavailable' });
  });

  test('the revision grows by one with a transaction that touches it, however often it does', async (context) => {
    const store = await fresh(context);
    assert.equal(await store.revision(), 0);
    const revisions = await store.transact(async (writer) => [
      await writer.touch(),
      await writer.touch(),
      await writer.revision(),
    ]);
    assert.deepEqual(revisions, [1, 1, 1]);
    await store.transact((writer) => writer.putModel(model('iris')));
    assert.equal(await store.revision(), 1);
    await store.transact((writer) => writer.touch());
    assert.equal(await store.revision(), 2);
  });
}

function versionTests(fresh: Fresh): void {
  test('a model comes back as it was put, and putting it again changes config and import only', async (context) => {
    const store = await fresh(context);
    const first = model('iris', { config: { batching: false, nested: { b: [1, 2], a: null } } });
    await store.transact((writer) => writer.putModel(first));
    assert.deepEqual(await store.model('iris'), first);
    await store.transact((writer) =>
      writer.putModel({ model: 'iris', config: {}, importedTraffic: '{"1":1}', createdAt: 99 }),
    );
    assert.deepEqual(await store.model('iris'), { ...first, config: {}, importedTraffic: '{"1":1}' });
    assert.equal(await store.model('other'), undefined);
  });

  test('a version comes back as it was put, with report, texts and numbers of every kind', async (context) => {
    const store = await fresh(context);
    const row = version({
      version: '1',
      files: [file('model.onnx', 'aa', 2 ** 40), file('weights/w.bin', 'bb')],
      bytes: 2 ** 40 + 1,
      warm: true,
      report: report(),
      reason: 'nö "quotes" \\ \n',
      createdAt: 1_790_000_000_123,
      metadata: {
        ...version().metadata,
        description: '日本語 \u{1F600}',
        tags: { team: 'vision', empty: '' },
        metrics: { accuracy: 0.1 + 0.2, loss: -1e-300 },
        extra: { list: [1, null, { deep: true }] },
      },
    });
    await put(store, row);
    assert.deepEqual(await store.version('iris', '1'), row);
    assert.equal(await store.version('iris', '2'), undefined);
    assert.equal(await store.version('other', '1'), undefined);
  });

  test('what no database can keep in a text is replaced: NUL, and half of a surrogate pair', async (context) => {
    const store = await fresh(context);
    await put(store, version({ reason: 'a\0b\ud800c' }));
    assert.equal((await store.version('iris', '1'))?.reason, 'a\ufffdb\ufffdc');
  });

  test('putting a version again changes what may change, and nothing else', async (context) => {
    const store = await fresh(context);
    const first = version({ metadata: { ...version().metadata, tags: { a: '1', b: '2' } } });
    await put(store, first);
    const changed = version({
      state: 'rejected',
      reason: 'crashed',
      stage: 'archived',
      warm: true,
      report: report(),
      deletedAt: 77,
      metadata: { ...first.metadata, description: 'new', tags: { b: '3' } },
    });
    await store.transact((writer) => writer.putVersion({ ...changed, createdAt: 5, createdBy: 'eve', bytes: 9 }));
    assert.deepEqual(await store.version('iris', '1'), changed);
    const tagged = (key: string, value: string) =>
      store.versions({ model: 'iris', state: 'rejected', tag: { key, value } }, { limit: 10 });
    assert.deepEqual([(await tagged('a', '1')).length, (await tagged('b', '2')).length], [0, 0]);
    assert.equal((await tagged('b', '3')).length, 1);
  });

  test('other files under the name of a version are refused, also when it was deleted', async (context) => {
    const store = await fresh(context);
    await put(store, version({ state: 'deleted', deletedAt: 5 }));
    const other = store.transact((writer) => writer.putVersion(version({ digest: 'other' })));
    await assert.rejects(other, { code: 'already_exists', message: /version "1" of model "iris" has digest d/ });
  });

  test('versions are listed in the order of compareVersions, the newest first, page by page', async (context) => {
    const store = await fresh(context);
    const all = ['2', '10', '1.9', '1.10', 'v2', 'V2', 'v10', '20260101_120000', '20251231_235959', '01', '1', 'a-b'];
    await put(store, ...all.map((name) => version({ version: name })), version({ model: 'other', version: '7' }));
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await store.versions({ model: 'iris' }, { limit: 5, ...(after === undefined ? {} : { after }) });
      seen.push(...names(page));
      after = names(page).at(-1);
      if (page.length < 5) break;
    }
    assert.deepEqual(
      seen,
      all.toSorted((a, b) => compareVersions(b, a)),
    );
  });

  test('pages hold every version once, whatever they are called and how long a page is', async (context) => {
    const store = await fresh(context);
    const namesOf = fc.uniqueArray(fc.stringMatching(/^[a-bA-B0-2][a-bA-B0-2._-]{0,5}$/), {
      minLength: 1,
      maxLength: 12,
    });
    let models = 0;
    const property = fc.asyncProperty(namesOf, fc.integer({ min: 1, max: 5 }), async (all, limit) => {
      models += 1;
      const name = `m${models}`;
      await put(store, ...all.map((one) => version({ model: name, version: one })));
      const seen: string[] = [];
      for (let page = await store.versions({ model: name }, { limit }); page.length > 0;) {
        seen.push(...names(page));
        page = await store.versions({ model: name }, { limit, after: seen.at(-1)! });
      }
      assert.deepEqual(
        seen,
        all.toSorted((a, b) => compareVersions(b, a)),
      );
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test('they are filtered by stage, state and tag; deleted ones are listed only when asked for', async (context) => {
    const store = await fresh(context);
    const tagged = (tags: Record<string, string>) => ({ metadata: { ...version().metadata, tags } });
    await put(
      store,
      version({ version: '1', stage: 'production', ...tagged({ team: 'a' }) }),
      version({ version: '2', state: 'qualified', ...tagged({ team: 'b', gpu: '' }) }),
      version({ version: '3', state: 'deleted', deletedAt: 5, ...tagged({ team: 'a' }) }),
      version({ version: '4', state: 'qualified', stage: 'production', ...tagged({ team: 'a' }) }),
    );
    const list = async (filter: object) => names(await store.versions({ model: 'iris', ...filter }, { limit: 10 }));
    assert.deepEqual(await list({}), ['4', '2', '1']);
    assert.deepEqual(await list({ stage: 'production' }), ['4', '1']);
    assert.deepEqual(await list({ state: 'qualified' }), ['4', '2']);
    assert.deepEqual(await list({ state: 'deleted' }), ['3']);
    assert.deepEqual(await list({ tag: { key: 'team', value: 'a' } }), ['4', '1']);
    assert.deepEqual(await list({ tag: { key: 'gpu', value: undefined } }), ['2']);
    assert.deepEqual(await list({ tag: { key: 'gpu', value: 'x' } }), []);
    assert.deepEqual(await list({ stage: 'production', state: 'qualified', tag: { key: 'team', value: 'a' } }), ['4']);
  });

  test('the latest qualified one is the newest by creation, then by name', async (context) => {
    const store = await fresh(context);
    await put(
      store,
      version({ version: '9', state: 'qualified', createdAt: 10 }),
      version({ version: '10', state: 'qualified', createdAt: 10 }),
      version({ version: '3', state: 'qualified', createdAt: 5 }),
      version({ version: '99', state: 'rejected', createdAt: 20 }),
      version({ model: 'other', version: '1' }),
    );
    assert.equal((await store.latestQualified('iris'))?.version, '10');
    assert.equal(await store.latestQualified('other'), undefined);
  });

  test('states of versions leave out deleted ones, and those of other models where one is named', async (context) => {
    const store = await fresh(context);
    await put(
      store,
      version({ version: '10', state: 'qualified', warm: true }),
      version({ version: '9', state: 'rejected', reason: 'crashed' }),
      version({ version: '11', state: 'deleted', deletedAt: 1 }),
      version({ model: 'zoo', version: '1' }),
    );
    const iris = [
      { model: 'iris', version: '9', state: 'rejected', reason: 'crashed', warm: false },
      { model: 'iris', version: '10', state: 'qualified', reason: '', warm: true },
    ];
    assert.deepEqual(await store.versionStates('iris'), iris);
    const zoo = { model: 'zoo', version: '1', state: 'uploaded', reason: '', warm: false };
    assert.deepEqual(await store.versionStates(), [...iris, zoo]);
  });

  test('those that a crash left in some states come oldest first', async (context) => {
    const store = await fresh(context);
    await put(
      store,
      version({ version: '1', state: 'qualifying', createdAt: 30 }),
      version({ version: '2', state: 'uploaded', createdAt: 20 }),
      version({ version: '3', state: 'qualified', createdAt: 10 }),
    );
    assert.deepEqual(names(await store.versionsInState(['uploaded', 'qualifying'])), ['2', '1']);
    assert.deepEqual(await store.versionsInState(['deleted']), []);
    assert.deepEqual(await store.versionsInState([]), []);
  });

  test('models are listed by name with what is to be shown about them, page by page', async (context) => {
    const store = await fresh(context);
    await put(
      store,
      version({ version: '1', state: 'qualified', createdAt: 1 }),
      version({ version: '2', state: 'qualified', createdAt: 2 }),
      version({ version: '3', state: 'deleted', createdAt: 3, deletedAt: 4 }),
      version({ version: '4', createdAt: 5 }),
    );
    await store.transact(async (writer) => {
      await writer.putModel(model('Zoo'));
      await writer.putModel(model('a'));
      await writer.beginEpoch(epoch(1, 10));
      await writer.beginEpoch(epoch(2, 20));
    });
    const iris = { ...model('iris'), versions: 3, latest: '2', epoch: epoch(2, 20) };
    const empty = (name: string) => ({ ...model(name), versions: 0, latest: '', epoch: undefined });
    assert.deepEqual(await store.models({ limit: 2 }), [empty('Zoo'), empty('a')]);
    assert.deepEqual(await store.models({ limit: 2, after: 'a' }), [iris]);
  });

  test('reports are found by digest and settings, and can be replaced', async (context) => {
    const store = await fresh(context);
    await store.transact((writer) => writer.putReport('d', 'k', 'first'));
    await store.transact((writer) => writer.putReport('d', 'k', 'second'));
    assert.equal(await store.reportFor('d', 'k'), 'second');
    assert.equal(await store.reportFor('d', 'other'), undefined);
  });

  test('blobs are in use while one version that is not deleted has them', async (context) => {
    const store = await fresh(context);
    const [shared, mine, theirs] = [file('model.onnx', 'shared'), file('a', 'mine', 5), file('b', 'theirs')];
    await put(
      store,
      version({ version: '1', digest: 'one', files: [mine, shared] }),
      version({ version: '2', digest: 'two', files: [theirs, shared] }),
    );
    assert.deepEqual(await store.blobsInUse(), new Set(['mine', 'shared', 'theirs']));
    assert.deepEqual(await store.blobsOfDeleted(), []);
    await put(store, version({ version: '1', digest: 'one', files: [mine, shared], state: 'deleted', deletedAt: 9 }));
    assert.deepEqual(await store.blobsInUse(), new Set(['shared', 'theirs']));
    assert.deepEqual(await store.blobsOfDeleted(), [
      { ...mine, digest: 'one' },
      { ...shared, digest: 'one' },
    ]);
  });
}

function stageTests(fresh: Fresh): void {
  test('an alias points where it was last put, until it is deleted', async (context) => {
    const store = await fresh(context);
    await put(store, version({ version: '1' }), version({ version: '2' }), version({ model: 'a', version: '1' }));
    const alias = { model: 'iris', alias: 'champion', version: '1', since: 5, actor: 'ada' };
    const moved = { ...alias, version: '2', since: 6, actor: 'bob' };
    const others = [
      { ...alias, model: 'a', alias: 'x' },
      { ...alias, alias: 'beta' },
    ];
    await store.transact(async (writer) => {
      for (const one of [alias, ...others, moved]) await writer.putAlias(one);
    });
    assert.deepEqual(await store.alias('iris', 'champion'), moved);
    assert.deepEqual(await store.aliases('iris'), [others[1], moved]);
    assert.deepEqual(await store.aliases(), [...others, moved]);
    await store.transact((writer) => writer.deleteAlias('iris', 'champion'));
    assert.equal(await store.alias('iris', 'champion'), undefined);
    assert.deepEqual(await store.aliases(), others);
  });

  test('transitions get ids from 1 on, and are listed the newest first, filtered and page by page', async (context) => {
    const store = await fresh(context);
    await put(store, version({ version: '1' }), version({ version: '2' }), version({ model: 'zoo' }));
    const asked = [
      transition(),
      transition({ version: '2' }),
      transition({ model: 'zoo' }),
      transition({ status: 'approved' }),
    ];
    const added = await store.transact(async (writer) => {
      const rows: Transition[] = [];
      for (const one of asked) rows.push(await writer.addTransition(one));
      return rows;
    });
    const rows = asked.map((one, index) => ({ id: index + 1, ...one }));
    assert.deepEqual(added, rows);
    assert.deepEqual(await store.transition(2), rows[1]);
    assert.equal(await store.transition(5), undefined);
    const list = async (filter: object, page: object = {}) =>
      (await store.transitions(filter, { limit: 10, ...page })).map(({ id }) => id);
    assert.deepEqual(await list({}), [4, 3, 2, 1]);
    assert.deepEqual(await list({}, { after: 4, limit: 2 }), [3, 2]);
    assert.deepEqual(await list({ model: 'iris' }), [4, 2, 1]);
    assert.deepEqual(await list({ model: 'iris', version: '1', status: 'pending' }), [1]);
  });

  test('what was decided about a transition is put', async (context) => {
    const store = await fresh(context);
    await put(store, version());
    const added = await store.transact((writer) => writer.addTransition(transition()));
    const decisions = [{ actor: 'bob', approved: true, reason: 'fine', at: 8 }];
    const decided = { ...added, status: 'approved' as const, decisions };
    await store.transact((writer) => writer.putTransition(decided));
    assert.deepEqual(await store.transition(added.id), decided);
  });
}

function trafficTests(fresh: Fresh): void {
  const threeEpochs = async (context: TestContext): Promise<Store> => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      await writer.putModel(model('zoo'));
      for (const one of [epoch(1, 10), epoch(2, 20), epoch(3, 30)]) await writer.beginEpoch(one);
      await writer.beginEpoch({ ...epoch(1, 15), model: 'zoo' });
    });
    return store;
  };
  const one = { ...epoch(1, 10), validTo: 20 };
  const two = { ...epoch(2, 20), validTo: 30 };
  const three = epoch(3, 30);
  const zoo = { ...epoch(1, 15), model: 'zoo' };

  test('an epoch ends the one in force when it begins', async (context) => {
    const store = await threeEpochs(context);
    assert.deepEqual(await store.epoch('iris'), three);
    assert.deepEqual([await store.epoch('iris', 1), await store.epoch('iris', 2)], [one, two]);
    assert.equal(await store.epoch('iris', 4), undefined);
    assert.equal(await store.epoch('nobody'), undefined);
    assert.deepEqual(await store.epochsInForce(), [three, zoo]);
  });

  test('a number is given once', async (context) => {
    const store = await threeEpochs(context);
    await assert.rejects(store.transact((writer) => writer.beginEpoch(epoch(3, 40))));
    assert.deepEqual(await store.epoch('iris'), three);
  });

  test('epochs are listed the newest first, page by page', async (context) => {
    const store = await threeEpochs(context);
    assert.deepEqual(await store.epochs('iris', { limit: 2 }), [three, two]);
    assert.deepEqual(await store.epochs('iris', { limit: 2, after: 2 }), [one]);
  });

  test('those since an instant are in force, or ended after it', async (context) => {
    const store = await threeEpochs(context);
    assert.deepEqual(await store.epochsSince(19, 'iris'), [one, two, three]);
    assert.deepEqual(await store.epochsSince(20, 'iris'), [two, three]);
    assert.deepEqual(await store.epochsSince(30), [three, zoo]);
  });

  test('what epochs named that ended after an instant is told once, with the last end', async (context) => {
    const store = await threeEpochs(context);
    const iris = { model: 'iris', versions: Object.keys(one.digests), until: 30 };
    assert.deepEqual(await store.formerVersionsSince(19, 'iris'), [iris]);
    assert.deepEqual(await store.formerVersionsSince(29), [iris]);
    assert.deepEqual(await store.formerVersionsSince(30), []);
    const others = { ...epoch(4, 40), digests: { 7: 'c'.repeat(64) } };
    await store.transact((writer) => writer.beginEpoch(others));
    await store.transact((writer) => writer.beginEpoch(epoch(5, 50)));
    const seven = { model: 'iris', versions: ['7'], until: 50 };
    assert.deepEqual(await store.formerVersionsSince(19, 'iris'), [{ ...iris, until: 40 }, seven]);
  });

  test('the one at an instant is the last that had begun', async (context) => {
    const store = await threeEpochs(context);
    const at = async (instant: number) => (await store.epochAt('iris', instant))?.policy.epoch;
    assert.deepEqual([await at(9), await at(10), await at(29), await at(30), await at(99)], [undefined, 1, 2, 3, 3]);
  });

  test('applications around an instant are the last and the next of each instance, said twice or not', async (context) => {
    const store = await fresh(context);
    const said = (instance: string, number: number, at: number, name = 'iris') => ({
      ...{ instance, model: name, epoch: number, at },
    });
    await store.transact(async (writer) => {
      for (const application of [
        ...[said('a', 1, 10), said('a', 2, 20), said('a', 3, 30), said('a', 4, 40)],
        ...[said('b', 4, 41), said('b', 5, 50)],
        ...[said('c', 1, 11), said('c', 1, 11)],
        said('d', 1, 12, 'zoo'),
      ]) {
        await writer.recordApplication(application);
      }
    });
    assert.deepEqual(await store.applicationsAround('iris', 20), [
      ...[said('a', 2, 20), said('a', 3, 30)],
      said('b', 4, 41),
      said('c', 1, 11),
    ]);
    assert.deepEqual(await store.applicationsAround('iris', 5), [said('a', 1, 10), said('b', 4, 41), said('c', 1, 11)]);
    assert.deepEqual(await store.applicationsAround('nobody', 20), []);
  });

  test('of two applications in one millisecond the later epoch is the last', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      for (const number of [2, 1]) {
        await writer.recordApplication({ instance: 'a', model: 'iris', epoch: number, at: 10 });
      }
    });
    const [last] = await store.applicationsAround('iris', 10);
    assert.equal(last?.epoch, 2);
  });
}

function eventTests(fresh: Fresh): void {
  const append = (store: Store, ...drafts: readonly EventDraft[]) =>
    store.transact(async (writer) => {
      for (const one of drafts) await writer.append(one);
    });

  test('each event has the next number and a hash over itself and the hash before', async (context) => {
    const store = await fresh(context);
    const first = await store.transact((writer) => writer.append(draft({ subject: '1' })));
    const second = await store.transact((writer) => writer.append(draft({ subject: '2' })));
    const { hash: firstHash, ...one } = first;
    const { hash: secondHash, ...two } = second;
    assert.deepEqual(one, { ...draft({ subject: '1' }), seq: 1 });
    assert.deepEqual(two, { ...draft({ subject: '2' }), seq: 2 });
    assert.equal(firstHash, hashEvent('', one));
    assert.equal(secondHash, hashEvent(firstHash, two));
    assert.deepEqual(await store.eventsFrom(1, 10), [first, second]);
  });

  test('an event that was undone leaves no gap', async (context) => {
    const store = await fresh(context);
    await append(store, draft());
    await assert.rejects(
      store.transact(async (writer) => {
        await writer.append(draft());
        throw new Error('no');
      }),
    );
    await append(store, draft());
    assert.deepEqual(
      (await store.eventsFrom(1, 10)).map(({ seq }) => seq),
      [1, 2],
    );
  });

  test('the hash holds for what is read back, whatever texts and records were given', async (context) => {
    const store = await fresh(context);
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\ud800', '"', 'é')),
    });
    const record = fc.dictionary(text, fc.jsonValue(), { maxKeys: 4 });
    const drafts = fc.record({ subject: text, actor: text, reason: text, before: record, after: record });
    let [head, seq] = ['', 0];
    const property = fc.asyncProperty(drafts, async (over) => {
      const appended = await store.transact((writer) => writer.append(draft(over)));
      const [read] = await store.eventsFrom(seq + 1, 1);
      assert.deepEqual(read, appended);
      const { hash, ...event } = read;
      assert.equal(hashEvent(head, event), hash);
      [head, seq] = [hash, event.seq];
    });
    await fc.assert(property, { numRuns: 60, endOnFailure: true });
  });

  test('events are filtered by model, kind and time, the newest first, page by page', async (context) => {
    const store = await fresh(context);
    await append(
      store,
      draft({ at: 10, model: 'iris', kind: 'alias.set' }),
      draft({ at: 20, model: 'zoo', kind: 'alias.set' }),
      draft({ at: 30, model: 'iris', kind: 'traffic.set' }),
      draft({ at: 40, model: 'iris', kind: 'alias.set' }),
    );
    const list = async (filter: object, page: object = {}) =>
      (await store.events(filter, { limit: 10, ...page })).map(({ seq }) => seq);
    assert.deepEqual(await list({}), [4, 3, 2, 1]);
    assert.deepEqual(await list({ model: '' }), [4, 3, 2, 1]);
    assert.deepEqual(await list({ model: 'iris' }), [4, 3, 1]);
    assert.deepEqual(await list({ kind: 'alias.set' }), [4, 2, 1]);
    assert.deepEqual(await list({ from: 20, to: 40 }), [3, 2]);
    assert.deepEqual(await list({ model: 'iris', kind: 'alias.set', from: 10, to: 41 }), [4, 1]);
    assert.deepEqual(await list({}, { limit: 2, after: 4 }), [3, 2]);
    assert.deepEqual(
      (await store.eventsFrom(2, 2)).map(({ seq }) => seq),
      [2, 3],
    );
  });
}

function otherTests(fresh: Fresh): void {
  test('a reply is remembered until it is forgotten, and may be replaced', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      await writer.remember('old', { request: 'r', reply: '{}', at: 9 });
      await writer.remember('key', { request: 'r', reply: '{}', at: 5 });
      await writer.remember('key', { request: 's', reply: '{"a":1}', at: 10 });
      await writer.forgetBefore(10);
    });
    assert.deepEqual(await store.remembered('key'), { request: 's', reply: '{"a":1}', at: 10 });
    assert.equal(await store.remembered('old'), undefined);
  });

  test('a secret is made at the first ask, and is the same ever after, also for those who ask at once', async (context) => {
    const store = await fresh(context);
    const asked = await Promise.all([store.secret('a'), store.secret('a'), store.transact((w) => w.secret('a'))]);
    assert.equal(asked[0].byteLength, 32);
    for (const secret of [...asked, await store.secret('a')]) assert.deepEqual(secret, asked[0]);
    assert.notDeepEqual(await store.secret('b'), asked[0]);
  });

  test('totals of a series are kept by all of its key, and go when they are old', async (context) => {
    const store = await fresh(context);
    const key = { instance: 'a', boot: 'b', model: 'iris', version: '1', role: 'live' };
    const others = ['instance', 'boot', 'model', 'version', 'role'].map((field) => ({ ...key, [field]: 'other' }));
    await store.transact(async (writer) => {
      for (const other of others) await writer.putSeriesTotals(other, 'other', 5);
      await writer.putSeriesTotals(key, 'first', 5);
      await writer.putSeriesTotals(key, 'second', 10);
    });
    assert.equal(await store.seriesTotals(key), 'second');
    assert.equal(await store.seriesTotals(others[1]!), 'other');
    await store.transact((writer) => writer.deleteSeriesTotalsBefore(10));
    assert.equal(await store.seriesTotals(key), 'second');
    for (const other of others) assert.equal(await store.seriesTotals(other), undefined);
  });

  test('slots of statistics are found by model, version, role and time, and can be replaced', async (context) => {
    const store = await fresh(context);
    const slots = [
      slot({ at: 10 }),
      slot({ at: 20 }),
      slot({ at: 20, version: '2' }),
      slot({ at: 30 }),
      slot({ at: 20, role: 'shadow' }),
      slot({ at: 20, model: 'zoo' }),
    ];
    await store.transact(async (writer) => {
      for (const one of slots) await writer.putStatistics(one);
      await writer.putStatistics({ ...slots[1]!, totals: 'new' });
    });
    const twenty = { ...slots[1], totals: 'new' };
    const query = { model: 'iris', role: 'live', from: 10, to: 30 };
    assert.deepEqual(await store.statistics(query), [slots[0], twenty, slots[2]]);
    assert.deepEqual(await store.statistics({ ...query, version: '1', from: 20, to: 31 }), [twenty, slots[3]]);
    assert.deepEqual(await store.statistics({ ...query, role: 'shadow' }), [slots[4]]);
  });

  test('slots of one width before an instant come oldest first, up to a limit, and can be deleted', async (context) => {
    const store = await fresh(context);
    const fine = [slot({ at: 10 }), slot({ at: 20, model: 'zoo' }), slot({ at: 30 }), slot({ at: 40 })];
    const coarse = slot({ at: 10, widthMs: 60_000 });
    const found = await store.transact(async (writer) => {
      for (const one of [...fine, coarse]) await writer.putStatistics(one);
      return [await writer.statisticsBefore(1000, 40, 10), await writer.statisticsBefore(1000, 40, 2)];
    });
    assert.deepEqual(found, [fine.slice(0, 3), fine.slice(0, 2)]);
    await store.transact((writer) => writer.deleteStatistics(fine.slice(0, 2)));
    const left = await store.statistics({ model: 'iris', role: 'live', from: 0, to: 100 });
    assert.deepEqual(left, [coarse, fine[2], fine[3]]);
  });
}

/** The manager: what is loaded, told and routed while the desired state changes, with made-up loads. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { call, outcomeOf, runNext } from '../../support/fake-lane.ts';
import { ManagerBench, settle } from './manager-bench.ts';

function ask(bench: ManagerBench, version = '') {
  return bench.router.route({ model: 'iris', version, routingKey: '', header: () => undefined }).target;
}

/** Who answers, or the text of the refusal. */
function answerer(bench: ManagerBench, version = ''): string {
  try {
    const { spec } = ask(bench, version);
    return `${spec.version}@${spec.digest}`;
  } catch (caught) {
    return String(caught);
  }
}

async function serving(line: string): Promise<ManagerBench> {
  const bench = new ManagerBench();
  bench.want(line);
  await bench.endAll();
  return bench;
}

suite('Manager, loading', () => {
  test('a version is qualified, loaded, and then answers', async () => {
    const bench = new ManagerBench();
    bench.want('iris/1');
    assert.deepEqual(bench.waiting, ['prepare iris/1@a']);
    assert.match(answerer(bench, '1'), /version 1 is not at ready state: qualifying/);
    assert.match(
      answerer(bench),
      /no version in service: version 1 is to have traffic and is not ready yet; version 1 is qualifying/,
    );
    await bench.end('prepare iris/1@a');
    assert.match(answerer(bench, '1'), /version 1 is not at ready state: loading/);
    await bench.end('load iris/1@a');
    assert.deepEqual([answerer(bench), answerer(bench, '1'), answerer(bench, 'latest')], ['1@a', '1@a', '1@a']);
    assert.deepEqual(bench.told, ['1@a qualifying', '1@a loading', '1@a ready', 'load of iris/1: ok']);
    assert.deepEqual(bench.rows(), ['1@a ready 10000']);
  });

  test('a version that fails says why and disturbs nothing', async () => {
    const bench = await serving('iris/1');
    const before = ask(bench);
    bench.want('iris/1 iris/2 | traffic iris 2=10000');
    await bench.end('prepare iris/2@a', 'the model hangs');
    assert.equal(ask(bench), before);
    assert.match(answerer(bench, '2'), /version 2 is not at ready state: failed, the model hangs/);
    assert.deepEqual(bench.rows(), ['1@a ready 10000', '2@a failed (the model hangs)']);
    assert.equal(bench.told.at(-1), 'load of iris/2: failed');
  });

  test('a version that fails on a lane says why as well', async () => {
    const bench = new ManagerBench();
    bench.want('iris/1');
    await bench.end('prepare iris/1@a');
    await bench.end('load iris/1@a', 'no memory');
    assert.deepEqual(bench.rows(), ['1@a failed (no memory)']);
    assert.match(answerer(bench), /no version in service: every version failed/);
  });

  test('a version that failed is tried again when that is asked for, and only then', async () => {
    const bench = new ManagerBench();
    bench.want('iris/1');
    await bench.end('prepare iris/1@a', 'bad luck');
    bench.want('iris/1');
    assert.deepEqual(bench.waiting, []);
    assert.deepEqual(bench.rows(), ['1@a failed (bad luck)']);
    bench.reload('iris/1');
    await bench.endAll();
    assert.equal(answerer(bench), '1@a');
  });

  test('a version whose files are not here yet is fetched first', async () => {
    const bench = new ManagerBench();
    bench.wantRemote('iris/1');
    assert.match(answerer(bench, '1'), /version 1 is not at ready state: fetching/);
    await bench.endAll();
    assert.deepEqual(bench.told, ['1@a fetching', '1@a loading', '1@a ready', 'load of iris/1: ok']);
  });

  test('a version that comes back from its preparation as another one fails', async () => {
    const bench = new ManagerBench();
    bench.prepared = { digest: 'other' };
    bench.want('iris/1');
    await bench.end('prepare iris/1@a');
    assert.match(bench.rows().join(), /^1@a failed \(a version is prepared as it was asked for/);
  });

  test('a version that waits for its turn exists: who asks for it is told so', () => {
    const bench = new ManagerBench({ maxConcurrentLoads: 1 });
    bench.want('iris/1 iris/2');
    assert.match(answerer(bench, '2'), /version 2 is not at ready state: waiting for its turn to be loaded/);
    assert.match(answerer(bench, '3'), /version 3 is not found/);
  });

  test('no more versions are loaded side by side than allowed', async () => {
    const bench = new ManagerBench({ maxConcurrentLoads: 2 });
    bench.want('iris/1 iris/2 iris/3');
    assert.deepEqual(bench.waiting, ['prepare iris/1@a', 'prepare iris/2@a']);
    await bench.end('prepare iris/2@a', 'it fails');
    assert.deepEqual(bench.waiting, ['prepare iris/1@a', 'prepare iris/3@a']);
  });

  test('what waits for its turn to load and is no longer wanted is never loaded', async () => {
    const bench = new ManagerBench({ maxConcurrentLoads: 1 });
    bench.want('iris/1 iris/2');
    bench.want('iris/1');
    await bench.endAll();
    assert.deepEqual(bench.rows(), ['1@a ready 10000']);
    assert.equal(bench.runners.length, 1);
  });

  test('it is settled once every wanted version is ready or failed, and until shutdown begins', async () => {
    const bench = new ManagerBench({ maxConcurrentLoads: 1 });
    const seen: boolean[] = [bench.manager.settled()];
    bench.want('iris/1 iris/2');
    seen.push(bench.manager.settled());
    await bench.end('prepare iris/1@a', 'it fails');
    seen.push(bench.manager.settled());
    await bench.endAll();
    seen.push(bench.manager.settled());
    bench.manager.stopLoading();
    seen.push(bench.manager.settled());
    assert.deepEqual(seen, [false, false, false, true, false]);
  });

  test('once settled it stays so while later versions load, until shutdown begins', async () => {
    const bench = await serving('iris/1');
    bench.want('iris/1 iris/2 | traffic iris 1=9000 2=1000');
    assert.equal(bench.manager.settled(), true);
    await bench.end('prepare iris/2@a', 'it fails');
    assert.equal(bench.manager.settled(), true);
    bench.manager.stopLoading();
    assert.equal(bench.manager.settled(), false);
  });

  test('it is not settled while the source is still finding out what to serve', async () => {
    const bench = new ManagerBench();
    bench.want('iris/1', {}, { starting: true });
    await bench.endAll();
    assert.equal(bench.manager.settled(), false);
    bench.want('iris/1', {}, { starting: false });
    assert.equal(bench.manager.settled(), true);
    bench.want('iris/1', {}, { starting: true });
    assert.equal(bench.manager.settled(), true);
  });

  test('listeners hear of every change until they leave', async () => {
    const bench = new ManagerBench();
    let heard = 0;
    const leave = bench.manager.onChange(() => (heard += 1));
    bench.want('iris/1');
    await bench.endAll();
    assert(heard >= 3);
    leave();
    const before = heard;
    bench.want('');
    await bench.manager.quiet();
    assert.equal(heard, before);
  });
});

suite('Manager, unloading', () => {
  test('a version that is removed answers its calls before it goes, and refuses new ones', async () => {
    const bench = await serving('iris/1');
    const runner = ask(bench);
    const accepted = runner.enqueue(call());
    bench.want('');
    assert.deepEqual(bench.rows(), ['1@a draining 10000']);
    assert.equal(await outcomeOf(runner.enqueue(call())), 'unavailable: version "1" is being unloaded');
    runNext(runner);
    assert.equal(await outcomeOf(accepted), 'ok');
    await bench.manager.quiet();
    assert.equal(bench.manager.model('iris'), undefined);
    assert.deepEqual(bench.told.slice(-3), ['1@a draining', '1@a unloaded', 'forget iris/1']);
    assert.match(answerer(bench), /'iris' is not found/);
  });

  test('a version that does not come to an end of its calls is unloaded all the same, and they are told', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const bench = await serving('iris/1');
    const accepted = outcomeOf(ask(bench).enqueue(call()));
    bench.want('');
    t.mock.timers.tick(999);
    await settle();
    assert.deepEqual(bench.rows(), ['1@a draining 10000']);
    t.mock.timers.tick(1);
    await bench.manager.quiet();
    assert.deepEqual(bench.rows(), []);
    assert.match(await accepted, /^unavailable: .*unloaded/);
  });

  test('an unload that fails ends nobody else, and the version is gone', async () => {
    const bench = await serving('iris/1 wine/1');
    bench.unloadFault = new Error('the lane was lost');
    bench.want('wine/1');
    await bench.manager.quiet();
    await settle();
    assert.deepEqual([bench.rows('iris'), bench.rows('wine')], [[], ['1@a ready 10000']]);
  });

  test('a version that comes back while it drains is loaded anew once it has gone', async () => {
    const bench = await serving('iris/1');
    const accepted = ask(bench).enqueue(call());
    bench.want('');
    bench.want('iris/1');
    assert.deepEqual(bench.waiting, []);
    runNext(bench.runners[0]!);
    await accepted;
    await settle();
    await bench.endAll();
    assert.equal(ask(bench), bench.runners[1]);
  });
});

suite('Manager, replacing and breaking', () => {
  test('replaced files serve when they are ready, and until then the old ones do', async () => {
    const bench = await serving('iris/1');
    bench.want('iris/1@b');
    await bench.end('prepare iris/1@b');
    assert.deepEqual([answerer(bench), answerer(bench, '1'), answerer(bench, 'latest')], ['1@a', '1@a', '1@a']);
    assert.deepEqual(bench.rows(), ['1@a ready (its replacement b is loading) 10000']);
    await bench.end('load iris/1@b');
    await bench.manager.quiet();
    assert.deepEqual([answerer(bench), answerer(bench, '1'), answerer(bench, 'latest')], ['1@b', '1@b', '1@b']);
    assert.deepEqual(bench.rows(), ['1@b ready 10000']);
    assert(!bench.told.includes('forget iris/1'), 'the name lives on');
  });

  test('replaced files that fail are told beside what serves', async () => {
    const bench = await serving('iris/1');
    bench.want('iris/1@b');
    await bench.end('prepare iris/1@b', 'it is no model');
    assert.equal(answerer(bench), '1@a');
    assert.deepEqual(bench.rows(), ['1@a ready (its replacement b is failed: it is no model) 10000']);
  });

  test('a version that cannot be read any more serves on, and its row says so', async () => {
    const bench = await serving('iris/1 iris/2');
    bench.want('iris/2 | broken iris/1 | broken iris/3');
    await bench.endAll();
    assert.deepEqual(bench.rows(), [
      '1@a ready (its files cannot be read any more: it cannot be read) 10000',
      '2@a ready',
      '3@ failed (it cannot be read)',
    ]);
  });

  test('a model of which nothing can be read is listed with the reason', () => {
    const bench = new ManagerBench();
    bench.want('| broken iris');
    assert.deepEqual(
      bench.manager.models().map(({ model, latest }) => ({ model, latest })),
      [{ model: 'iris', latest: '' }],
    );
    assert.deepEqual(bench.rows(), ['@ failed (it cannot be read)']);
  });

  test('models are listed by name, versions oldest first', async () => {
    const bench = await serving('wine/1 iris/10 iris/9');
    const { manager } = bench;
    assert.deepEqual(
      manager.models().map(({ model, latest, versions }) => [model, latest, versions.map(({ version }) => version)]),
      [
        ['iris', '10', ['9', '10']],
        ['wine', '1', ['1']],
      ],
    );
    assert.equal(manager.model('other'), undefined);
  });
});

suite('Manager, faults and shutdown', () => {
  test('a version that turns out to be unfit refuses its calls with the reason, those that wait included', async () => {
    const bench = await serving('iris/1');
    const runner = ask(bench);
    const waiting = outcomeOf(runner.enqueue(call()));
    bench.manager.fault(runner, 'a run did not end');
    const expected = 'unavailable: model "iris" version "1" was taken out of service: a run did not end';
    assert.equal(await waiting, expected);
    assert.equal(await outcomeOf(ask(bench).enqueue(call())), expected);
    assert.deepEqual(bench.rows(), ['1@a failed (a run did not end) 10000']);
    await bench.manager.quiet();
  });

  test('a second fault of the same version, or one of a stranger, changes nothing', async () => {
    const bench = await serving('iris/1');
    const runner = ask(bench);
    bench.manager.fault(runner, 'first');
    bench.manager.fault(runner, 'second');
    const other = await serving('iris/2');
    bench.manager.fault(ask(other), 'third');
    assert.deepEqual(bench.rows(), ['1@a failed (first) 10000']);
  });

  test('an unload that fails after a fault ends nobody else', async () => {
    const bench = await serving('iris/1');
    bench.unloadFault = new Error('the lane was lost');
    bench.manager.fault(ask(bench), 'a run did not end');
    await bench.manager.quiet();
    await settle();
    assert.deepEqual(bench.rows(), ['1@a failed (a run did not end) 10000']);
  });

  test('a version that was taken out of service is loaded anew when that is asked for, and says why until then', async () => {
    const bench = await serving('iris/1 iris/2 | traffic iris 1=5000 2=5000');
    const lost = ask(bench);
    bench.manager.fault(lost, 'a run did not end');
    bench.reload('iris/1 iris/2 | traffic iris 1=5000 2=5000');
    assert.deepEqual(bench.waiting, ['prepare iris/1@a']);
    assert.equal(ask(bench), lost, 'the others serve on, and its callers are told the reason');
    await bench.endAll();
    assert.equal(ask(bench), bench.runners[2]);
    assert.equal(answerer(bench), '1@a');
  });

  test('a shutdown refuses new calls, answers those accepted, and loads nothing more', async () => {
    const bench = await serving('iris/1');
    const runner = ask(bench);
    const accepted = outcomeOf(runner.enqueue(call()));
    const drained = bench.manager.drain();
    assert.equal(await outcomeOf(runner.enqueue(call())), 'unavailable: the server is shutting down');
    bench.want('iris/1 iris/2');
    assert.deepEqual(bench.waiting, []);
    runNext(runner);
    await drained;
    assert.equal(await accepted, 'ok');
  });

  test('a shutdown waits no longer than the drain time', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const bench = await serving('iris/1');
    void outcomeOf(ask(bench).enqueue(call()));
    const drained = bench.manager.drain();
    t.mock.timers.tick(1000);
    await drained;
  });

  test('a load that ends after the shutdown began is not routed to', async () => {
    const bench = new ManagerBench();
    bench.want('iris/1');
    await bench.end('prepare iris/1@a');
    bench.manager.stopLoading();
    await bench.end('load iris/1@a');
    assert.match(answerer(bench, '1'), /version 1 is not at ready state: loading/);
  });

  test('the inputs that a model is known to answer come from the version with the traffic', async () => {
    const bench = await serving('iris/1 iris/2');
    assert.equal(bench.manager.sampleOf('iris')?.sample[0]?.name, 'x');
    assert.equal(bench.manager.sampleOf('wine'), undefined);
  });
});

suite('Manager, policies', () => {
  const HALVES = 'iris/1 iris/2 | traffic iris 1=5000 2=5000 | epoch iris 7';

  test('what is in force is told when it changes, and why it is not what should be', async () => {
    const bench = new ManagerBench();
    bench.want('iris/1 | traffic iris 1=10000 | epoch iris 6');
    await bench.endAll();
    bench.want(HALVES);
    assert.deepEqual(bench.manager.inForce(), [
      { model: 'iris', epoch: 6, reason: 'version 2 is to have traffic and is not ready yet' },
    ]);
    await bench.end('prepare iris/2@a', 'the model hangs');
    bench.reload(HALVES);
    await bench.endAll();
    bench.want('');
    await bench.manager.quiet();
    assert.deepEqual(bench.stands, [
      'iris 0 (version 1 is to have traffic and is not ready yet)',
      'iris 6',
      'iris 6 (version 2 is to have traffic and is not ready yet)',
      'iris 6 (version 2 is to have traffic and failed: the model hangs)',
      'iris 6 (version 2 is to have traffic and is not ready yet)',
      'iris 7',
      'iris 0',
    ]);
    assert.deepEqual(bench.manager.inForce(), []);
  });

  test('an epoch draws the keys of the arm that gives slots away, and goes on doing so when its route is made anew', async () => {
    /** In each half of the slots: drawn in the epoch in force, kept, or not compared. */
    const drawnIn = (bench: ManagerBench): string =>
      ['user-0', 'user-1', 'user-2', 'user-3', 'user-4', 'user-5']
        .map((routingKey) => bench.router.route({ model: 'iris', version: '', routingKey, header: () => undefined }))
        .toSorted((a, b) => a.slot - b.slot)
        .map(({ evidence, isDrawn }) => (evidence === 'none' ? '-' : isDrawn ? 'drawn' : 'kept'))
        .join(' ');
    const bench = await serving('iris/1 iris/2 | traffic iris 1=10000 | epoch iris 6');
    const then = async (script: string): Promise<string> => {
      bench.want(script);
      await bench.endAll();
      return drawnIn(bench);
    };
    assert.equal(drawnIn(bench), '- - - - - -');
    assert.equal(await then(HALVES), 'drawn drawn drawn drawn drawn drawn');
    assert.equal(await then(`${HALVES} | other iris/4`), 'drawn drawn drawn drawn drawn drawn');
    assert.equal(
      await then('iris/1 iris/2 | traffic iris 1=3000 2=7000 | epoch iris 8'),
      'drawn drawn drawn drawn kept kept',
    );
    assert.equal(drawnIn(await serving(HALVES)), 'kept kept kept kept kept kept');
  });

  test('a version of the policy in force that is lost does not make it another one', async () => {
    const bench = await serving(HALVES);
    bench.manager.fault(ask(bench), 'a run did not end');
    assert.deepEqual(bench.stands.slice(-1), ['iris 7']);
    assert.deepEqual(bench.manager.inForce(), [{ model: 'iris', epoch: 7, reason: '' }]);
  });

  test('rules, shadows and the one that answers where others fail reach the route', async () => {
    const clauses = '| traffic iris 1=10000 2=0 | rule iris 2 | shadow iris 3 | fail-over iris 2 | epoch iris 4';
    const bench = await serving(`iris/1 iris/2 iris/3 ${clauses}`);
    const [one, two, three] = bench.runners;
    const question = { model: 'iris', version: '', routingKey: '', header: () => 'y' };
    assert.deepEqual(bench.router.route(question), {
      target: two,
      arm: 'rule:r',
      epoch: 4,
      slot: -1,
      shadows: [{ runner: three, share: 10_000 }],
      failOver: two,
      evidence: 'none',
      isDrawn: false,
      key: '',
    });
    const { target, arm } = bench.router.route({ ...question, header: () => undefined });
    assert.deepEqual([target, arm], [one, 'arm-1']);
  });

  test('versions that are not to be loaded are listed with the word on why, and told to who asks', async () => {
    const bench = await serving('iris/1 | traffic iris 1=10000 | other iris/2');
    assert.deepEqual(bench.rows(), ['1@a ready 10000', '2@ unloaded (it was rejected)']);
    assert.match(answerer(bench, '2'), /version 2 cannot answer: it was rejected/);
    bench.want('| other wine/1');
    assert.deepEqual(bench.rows('wine'), ['1@ unloaded (it was rejected)']);
  });

  test('aliases lead to their versions as soon as the desired state has them', async () => {
    const bench = await serving('iris/1 iris/2');
    assert.match(answerer(bench, 'alias:champion'), /no 'alias:champion'/);
    bench.want('iris/1 iris/2', { aliases: new Map([['champion', '2']]) });
    assert.equal(answerer(bench, 'alias:champion'), '2@a');
    assert.deepEqual(bench.manager.model('iris')?.aliases, new Map([['champion', '2']]));
  });

  test('a model that did not change keeps its very route when another one does', async () => {
    const bench = new ManagerBench();
    const first = bench.want('iris/1 wine/1');
    await bench.endAll();
    const before = bench.router.table.get('wine');
    const [iris, wine] = first.models;
    assert(iris !== undefined && wine !== undefined);
    const models = [{ ...iris, aliases: new Map([['a', '1']]) }, wine];
    bench.manager.apply({ ...first, revision: first.revision + 1, models });
    assert.equal(answerer(bench, 'alias:a'), '1@a');
    assert.equal(bench.router.table.get('wine'), before);
  });
});

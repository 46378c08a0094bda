/** The copy of the desired state, put together from updates. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DesiredMirror } from '../../../src/control/desired-mirror.ts';
import type { MirrorChange } from '../../../src/control/desired-mirror.ts';
import type { DesiredUpdate, WireModel } from '../../../src/control/messages.ts';
import type { DesiredModel } from '../../../src/domain/desired-state.ts';
import { reportToJson } from '../../../src/registry/report-codec.ts';
import { report, settings, trafficPolicy } from '../../support/builders.ts';
import { update, wireModel, wireVersion } from '../../support/fake-hub.ts';

function wire(model: string, over: Partial<WireModel> = {}): WireModel {
  const versions = [wireVersion({ reportJson: reportToJson(report()), settingsJson: JSON.stringify(settings()) })];
  return wireModel({ model, versions, policyJson: JSON.stringify(trafficPolicy()), ...over });
}

/** The models of the state by name. */
function modelsOf(change: MirrorChange | undefined): Record<string, DesiredModel> {
  assert(change, 'something changed');
  return Object.fromEntries(change.state.models.map((model) => [model.model, model]));
}

function namesOf(wires: readonly WireModel[] = []): string[] {
  return wires.map(({ model }) => model);
}

/** A mirror that has taken the whole of these. */
function mirrorOf(...wires: readonly WireModel[]): [DesiredMirror, Record<string, DesiredModel>] {
  const mirror = new DesiredMirror();
  return [mirror, modelsOf(mirror.take(update({ reset: true, models: wires })))];
}

suite('a model', () => {
  test('is read as the manager takes it', () => {
    const [, { iris }] = mirrorOf(
      wire('iris', {
        aliases: new Map([['best', '1']]),
        others: new Map([['2', 'it was rejected']]),
        rejected: ['2'],
      }),
    );
    const { digest, files, bytes } = wireVersion();
    const spec = { model: 'iris', version: '1', path: '', digest, files, bytes, metadata: {}, golden: undefined };
    assert.deepEqual(iris, {
      model: 'iris',
      specs: [{ ...spec, settings: settings(), report: report() }],
      policy: trafficPolicy(),
      aliases: new Map([['best', '1']]),
      others: new Map([['2', 'it was rejected']]),
      rejected: new Set(['2']),
    });
  });

  test('without a policy or a report has none', () => {
    const [, { iris }] = mirrorOf(wire('iris', { policyJson: '', versions: [wireVersion({ reportJson: '' })] }));
    assert.equal(iris?.policy, undefined);
    assert.equal(iris?.specs[0]?.report, undefined);
  });
});

suite('the whole', () => {
  test('in parts is put in force with the last of them', () => {
    const mirror = new DesiredMirror();
    const parts = [
      update({ revision: 7, reset: true, more: true, models: [wire('a')] }),
      update({ revision: 7, more: true, models: [wire('b')] }),
      update({ revision: 7, models: [wire('c')], starting: true }),
    ];
    assert.equal(mirror.take(parts[0] ?? update()), undefined);
    assert.equal(mirror.take(parts[1] ?? update()), undefined);
    const change = mirror.take(parts[2] ?? update());
    assert.deepEqual(Object.keys(modelsOf(change)), ['a', 'b', 'c']);
    assert.deepEqual([change?.state.revision, change?.state.starting], [7, true]);
    assert.deepEqual(namesOf(change?.changed), ['a', 'b', 'c']);
  });

  test('without models takes every model away', () => {
    const [mirror] = mirrorOf(wire('a'), wire('b'));
    const change = mirror.take(update({ revision: 2, reset: true }));
    assert.deepEqual(change, {
      state: { revision: 2, models: [], broken: [], starting: false },
      changed: [],
      removed: ['a', 'b'],
      isWhole: true,
    });
  });

  test('that comes again leaves models that did not change the very objects that they were', () => {
    const [mirror, former] = mirrorOf(wire('a'), wire('b'), wire('c'));
    const changed = wire('b', { policyJson: JSON.stringify(trafficPolicy([['2', 10_000]])) });
    const change = mirror.take(update({ revision: 2, reset: true, models: [wire('a'), changed, wire('d')] }));
    const next = modelsOf(change);
    assert.equal(next.a, former.a);
    assert.notEqual(next.b, former.b);
    assert.deepEqual(namesOf(change?.changed), ['b', 'd']);
    assert.deepEqual(change?.removed, ['c']);
    assert.deepEqual(Object.keys(next), ['a', 'b', 'd']);
  });

  test('that is the same as what lay on disk changes no object, whatever the order of its fields', () => {
    const mirror = new DesiredMirror();
    const restored = mirror.restore([wire('a')], assert.ifError);
    assert.deepEqual([restored.revision, restored.starting], [1, false]);
    const { files, version, ...rest } = wire('a').versions[0] ?? wireVersion();
    const shuffled = wire('a', { versions: [{ ...rest, files, version }] });
    const change = mirror.take(update({ revision: 2, reset: true, models: [shuffled] }));
    assert.equal(change?.state.models[0], restored.models[0]);
    assert.deepEqual(change?.changed, []);
  });

  test('that is broken off and begins anew has nothing of its first attempt', () => {
    const mirror = new DesiredMirror();
    mirror.take(update({ revision: 5, reset: true, more: true, models: [wire('a')] }));
    const change = mirror.take(update({ revision: 5, reset: true, models: [wire('b')] }));
    assert.deepEqual(Object.keys(modelsOf(change)), ['b']);
  });

  test('is not taken for complete by an acknowledgement in between', () => {
    const [mirror] = mirrorOf(wire('a'), wire('b'));
    mirror.take(update({ revision: 5, reset: true, more: true, models: [wire('a')] }));
    assert.equal(mirror.take(update({ revision: 5, statisticsAck: 3 })), undefined);
    const change = mirror.take(update({ revision: 5, models: [wire('b')] }));
    assert.deepEqual([namesOf(change?.changed), change?.removed], [[], []]);
  });

  test('is neither taken for complete by a change in between, nor does it undo that change', () => {
    const [mirror] = mirrorOf(wire('a'), wire('b'), wire('c'));
    const newer = wire('b', { policyJson: '' });
    const parts: DesiredUpdate[] = [
      update({ revision: 5, reset: true, more: true, models: [wire('a')] }),
      update({ revision: 6, models: [newer], removed: ['c'] }),
      update({ revision: 5, models: [wire('b'), wire('c')] }),
    ];
    const changes = parts.map((part) => mirror.take(part));
    assert.deepEqual(changes.slice(0, 2), [undefined, undefined]);
    const change = changes[2];
    assert.equal(modelsOf(change).b?.policy, undefined);
    assert.deepEqual(Object.keys(modelsOf(change)), ['a', 'b']);
    assert.deepEqual([namesOf(change?.changed), change?.removed, change?.state.revision], [['b'], ['c'], 6]);
  });
});

suite('a change', () => {
  test('is about the models that it names, and leaves the others the objects that they were', () => {
    const [mirror, former] = mirrorOf(wire('a'), wire('b'));
    const change = mirror.take(update({ revision: 2, models: [wire('c')], removed: ['a'] }));
    const next = modelsOf(change);
    assert.deepEqual(Object.keys(next), ['b', 'c']);
    assert.equal(next.b, former.b);
    assert.deepEqual([namesOf(change?.changed), change?.removed, change?.state.revision], [['c'], ['a'], 2]);
  });

  test('in parts is put in force with the last of them', () => {
    const [mirror] = mirrorOf(wire('a'));
    assert.equal(mirror.take(update({ revision: 2, more: true, models: [wire('b')], removed: ['a'] })), undefined);
    const change = mirror.take(update({ revision: 2, models: [wire('c')] }));
    assert.deepEqual(Object.keys(modelsOf(change)), ['b', 'c']);
    assert.deepEqual(change?.removed, ['a']);
  });

  test('is nothing where an update only acknowledges', () => {
    const [mirror] = mirrorOf(wire('a'));
    assert.equal(mirror.take(update({ statisticsAck: 3 })), undefined);
  });

  test('is also that the registry has started', () => {
    const mirror = new DesiredMirror();
    mirror.take(update({ reset: true, models: [wire('a')], starting: true }));
    const change = mirror.take(update({ starting: false }));
    assert.deepEqual([change?.state.starting, change?.changed], [false, []]);
    assert.equal(mirror.take(update({ starting: false })), undefined);
  });
});

suite('what cannot be read', () => {
  for (const [what, over] of [
    ['a policy that is no JSON', { policyJson: '{' }],
    ['a policy of another build, without shadows', { policyJson: '{"epoch":1,"arms":[],"rules":[]}' }],
    ['settings that are no object', { versions: [wireVersion({ settingsJson: '3' })] }],
    ['metadata that are null', { versions: [wireVersion({ metadataJson: 'null' })] }],
    ['a report that is cut off', { versions: [wireVersion({ reportJson: '{"sample":[' })] }],
  ] as const) {
    test(`${what}: it is told with the model's name, and nothing changes`, () => {
      const [mirror, former] = mirrorOf(wire('a'));
      const bad = wire('bad', over);
      const message = /^the desired state of model "bad" cannot be read: ./;
      assert.throws(() => mirror.take(update({ revision: 2, models: [wire('b'), bad], removed: ['a'] })), {
        code: 'data_loss',
        message,
      });
      assert.throws(() => mirror.take(update({ revision: 2, reset: true, models: [bad] })), { code: 'data_loss' });
      const change = mirror.take(update({ revision: 3, models: [wire('c')] }));
      assert.deepEqual(Object.keys(modelsOf(change)), ['a', 'c']);
      assert.equal(modelsOf(change).a, former.a);
    });
  }

  test('on disk costs that model only', () => {
    const mirror = new DesiredMirror();
    const told: unknown[] = [];
    const state = mirror.restore([wire('a'), wire('bad', { policyJson: '{' }), wire('b')], (cause) => told.push(cause));
    assert.deepEqual(
      state.models.map(({ model }) => model),
      ['a', 'b'],
    );
    assert.equal(told.length, 1);
  });
});

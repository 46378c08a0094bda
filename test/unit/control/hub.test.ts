/** What serve processes are sent, from a registry in memory whose reads can be held up or fail. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { setAlias } from '../../../src/admin/set-alias.ts';
import { Evidence } from '../../../src/admin/evidence.ts';
import { Statistics } from '../../../src/admin/statistics.ts';
import type { AdminContext } from '../../../src/admin/context.ts';
import { Board } from '../../../src/control/board.ts';
import { Hub } from '../../../src/control/hub.ts';
import type { HubConnection } from '../../../src/control/hub-port.ts';
import type { DesiredUpdate, Hello, StatisticsReport } from '../../../src/control/messages.ts';
import { totalsToJson } from '../../../src/monitor/series-codec.ts';
import { emptyTotals } from '../../../src/monitor/series.ts';
import type { Store } from '../../../src/registry/store.ts';
import { DAWN, openScene, order } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { HELLO, report } from '../../support/fake-hub.ts';
import { policy, send, switchTo } from '../../support/traffic.ts';

const RETRY_MS = 1000;
const HOLD_MS = 60_000;
const MAX_CONNECTIONS = 1000;
const KEY = new Uint8Array(32).fill(7);

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
});

/** One serve process, as far as the hub knows it. */
class Guest {
  readonly updates: DesiredUpdate[] = [];
  readonly connection: HubConnection;
  /** Called with every update. */
  onUpdate: () => void = () => undefined;
  readonly #waiting: { readonly is: () => boolean; readonly resolve: () => void }[] = [];

  constructor(hub: Hub, hello: Partial<Hello> = {}) {
    this.connection = hub.connect({ ...HELLO, ...hello }, (update) => {
      this.updates.push(update);
      this.onUpdate();
      for (const { is, resolve } of this.#waiting) if (is()) resolve();
    });
  }

  /** The updates since the last look, once there are any. */
  async next(): Promise<DesiredUpdate[]> {
    if (this.updates.length === 0) {
      await new Promise<void>((resolve) => this.#waiting.push({ is: () => this.updates.length > 0, resolve }));
    }
    return this.updates.splice(0);
  }
}

class HubScene {
  readonly admin: Scene;
  readonly hub: Hub;
  readonly board: Board;
  readonly faults: string[];
  readonly connections: string[];
  readonly #fault: { wait: () => Promise<void> };

  private constructor(
    admin: Scene,
    parts: { hub: Hub; board: Board; faults: string[]; connections: string[]; fault: { wait: () => Promise<void> } },
  ) {
    this.admin = admin;
    this.hub = parts.hub;
    this.board = parts.board;
    this.faults = parts.faults;
    this.connections = parts.connections;
    this.#fault = parts.fault;
  }

  /** `store` is how the hub sees the registry. */
  static async open(admin: Scene, store: Store = admin.store): Promise<HubScene> {
    const { changes, now } = admin.context;
    const faults: string[] = [];
    const waiting: (() => void)[] = [];
    const onFault = (what: string): void => {
      faults.push(what);
      for (const resolve of waiting.splice(0)) resolve();
    };
    const connections: string[] = [];
    const board = new Board({ changes, now });
    const hub = await Hub.open({
      ...admin.context,
      store,
      board,
      statistics: new Statistics({ store, now, onFault }),
      evidence: new Evidence({ store, now, onFault }),
      predictionKey: KEY,
      callers: { predictTokens: () => [], onChange: () => () => undefined },
      onFault,
      onConnection: ({ instance, connected }) => connections.push(`${instance} ${connected ? 'came' : 'left'}`),
    });
    const fault = { wait: () => new Promise<void>((resolve) => waiting.push(resolve)) };
    return new HubScene(admin, { hub, board, faults, connections, fault });
  }

  /** Resolves with the next fault. */
  nextFault(): Promise<void> {
    return this.#fault.wait();
  }

  /** A guest that has had the whole. */
  guest(hello: Partial<Hello> = {}): Guest {
    const guest = new Guest(this.hub, hello);
    guest.updates.length = 0;
    return guest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
    await this.admin[Symbol.asyncDispose]();
  }
}

function openAdmin(over: Partial<AdminContext> = {}): Promise<Scene> {
  return openScene({ holdFormerMs: HOLD_MS, ...over });
}

/** Models with one qualified version each. */
async function register(admin: Scene, ...models: readonly string[]): Promise<void> {
  for (const model of models) await admin.register('1', { model });
}

function alias(admin: Scene, model: string, name: string): Promise<unknown> {
  return setAlias(admin.context, { model, alias: name, version: '1', expectedVersion: '' }, order());
}

/** A store of which this one method is another. */
function storeWith(store: Store, own: Partial<Store>): Store {
  return new Proxy(store, {
    get: (inner, name) => {
      const value: unknown = Reflect.get(own, name) ?? Reflect.get(inner, name, inner);
      return typeof value === 'function' ? (value.bind(inner) as unknown) : value;
    },
  });
}

/** A store whose reads of these models' rows fail until told otherwise. */
function failing(store: Store): { store: Store; bad: Set<string> } {
  const bad = new Set<string>();
  const model: Store['model'] = (name) => (bad.has(name) ? Promise.reject(new Error('no disk')) : store.model(name));
  return { store: storeWith(store, { model }), bad };
}

function namesOf(updates: readonly DesiredUpdate[]): string[][] {
  return updates.map(({ models }) => models.map(({ model }) => model));
}

function counted(version: string, totalsJson = totalsToJson({ ...emptyTotals(), rows: 3 })): StatisticsReport {
  return { seq: 4, series: [{ model: 'iris', version, role: 'live', totalsJson }] };
}

/** Lets everything that waits for nothing but its turn be done. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

suite('who connects', () => {
  test('gets the whole, with the key, before anything else', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b');
    await using scene = await HubScene.open(admin);
    const { updates } = new Guest(scene.hub);
    assert.deepEqual(namesOf(updates), [['a', 'b']]);
    const [first] = updates;
    assert(first);
    const { models, ...head } = first;
    assert.deepEqual(
      models.map(({ versions }) => versions.length),
      [1, 1],
    );
    assert.deepEqual(head, {
      revision: DAWN,
      reset: true,
      more: false,
      removed: [],
      starting: true,
      predictionKey: KEY,
      callers: [],
    });
  });

  test('gets one empty part where there is no model', async () => {
    await using scene = await HubScene.open(await openAdmin());
    const { updates } = new Guest(scene.hub);
    assert.deepEqual(
      updates.map(({ reset, more, models }) => [reset, more, models]),
      [[true, false, []]],
    );
  });

  for (const [count, sizes] of [
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ] as const) {
    test(`gets ${String(count)} models in parts of ${sizes.join(', ')}, the key with the first`, async () => {
      const admin = await openAdmin();
      const names = Array.from({ length: count }, (_, index) => `m${String(index).padStart(3, '0')}`);
      await admin.store.transact(async (writer) => {
        for (const model of names) {
          await writer.putModel({ model, config: {}, importedTraffic: undefined, createdAt: DAWN });
        }
      });
      await using scene = await HubScene.open(admin);
      const { updates } = new Guest(scene.hub);
      assert.deepEqual(
        updates.map(({ models, reset, more, predictionKey }) => [models.length, reset, more, predictionKey]),
        sizes.map((size, index) => [size, index === 0, index < sizes.length - 1, index === 0 ? KEY : undefined]),
      );
      assert.deepEqual(namesOf(updates).flat(), names);
    });
  }

  test('is on the board and told of, and so is who leaves, once', async () => {
    await using scene = await HubScene.open(await openAdmin());
    const guest = scene.guest({ instance: 'a' });
    guest.connection.receive(report({ settled: true, applied: [{ model: 'iris', epoch: 2, reason: '', at: DAWN }] }));
    assert.deepEqual(scene.board.epochs('iris'), [{ instance: 'a', epoch: 2, reason: '' }]);
    guest.connection.disconnected();
    guest.connection.disconnected();
    assert.deepEqual(scene.connections, ['a came', 'a left']);
    assert.deepEqual(scene.board.epochs('iris'), []);
  });

  test('beyond the limit is refused with how many there are, and has its place once another left', async () => {
    await using scene = await HubScene.open(await openAdmin());
    const guests = Array.from({ length: MAX_CONNECTIONS }, (_, index) => scene.guest({ boot: String(index) }));
    assert.throws(() => scene.guest(), {
      code: 'resource_exhausted',
      message: '1000 serve processes are connected already',
    });
    assert.equal(scene.connections.length, MAX_CONNECTIONS);
    guests[0]?.connection.disconnected();
    scene.guest();
  });
});

suite('a change', () => {
  test('is sent to everybody, and of it only the models that changed', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b', 'iris');
    await admin.register('2');
    await using scene = await HubScene.open(admin);
    const guests = [scene.guest(), scene.guest({ boot: 'b2' })];
    await send(admin, policy({ 1: 5000, 2: 5000 }));
    for (const guest of guests) {
      const updates = await guest.next();
      assert.deepEqual(namesOf(updates), [['iris']]);
      const [first] = updates;
      assert(first);
      const { models, ...head } = first;
      assert.equal(models[0]?.versions.length, 2);
      assert.deepEqual(head, { revision: DAWN + 1, reset: false, more: false, removed: [], starting: true });
    }
  });

  test('that changes nothing for serve processes is not sent', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b');
    await using scene = await HubScene.open(admin);
    const guest = scene.guest();
    admin.context.changes.tell('a');
    await alias(admin, 'b', 'best');
    assert.deepEqual(namesOf(await guest.next()), [['b']]);
  });

  test('on the fleet alone has nothing to do with what should be', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    let reads = 0;
    const store = storeWith(admin.store, {
      model: (name) => {
        reads += 1;
        return admin.store.model(name);
      },
    });
    await using scene = await HubScene.open(admin, store);
    admin.context.changes.tell('iris', 'fleet');
    await turns();
    assert.equal(reads, 0);
    admin.context.changes.tell('iris', 'store');
    await turns();
    assert.equal(reads, 1);
    assert.deepEqual(scene.faults, []);
  });

  test('takes away a model that is no longer there', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b');
    let isThere = true;
    const store = storeWith(admin.store, {
      model: (name) => (isThere || name === 'b' ? admin.store.model(name) : Promise.resolve(undefined)),
    });
    await using scene = await HubScene.open(admin, store);
    const guest = scene.guest();
    isThere = false;
    admin.context.changes.tell('a');
    assert.deepEqual(
      (await guest.next()).map(({ models, removed }) => [models, removed]),
      [[[], ['a']]],
    );
    assert.deepEqual(namesOf(new Guest(scene.hub).updates), [['b']]);
  });

  test('that is committed while the same model is being read is sent after it', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    const reading = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<undefined>();
    let isHeld = true;
    const aliases: Store['aliases'] = async (model) => {
      const found = await admin.store.aliases(model);
      if (model === undefined || !isHeld) return found;
      isHeld = false;
      reached.resolve(undefined);
      await reading.promise;
      return found;
    };
    await using scene = await HubScene.open(admin, storeWith(admin.store, { aliases }));
    const guest = scene.guest();
    await alias(admin, 'iris', 'first');
    await reached.promise;
    await alias(admin, 'iris', 'second');
    reading.resolve(undefined);
    const seen = [...(await guest.next()), ...(await guest.next())].map(({ models }) => models[0]?.aliases.size);
    assert.deepEqual(seen, [1, 2]);
  });

  test('that is committed while the hub opens is not overwritten by what was read before it', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    let isFirst = true;
    const models: Store['models'] = async (page) => {
      const found = await admin.store.models(page);
      if (isFirst) await alias(admin, 'iris', 'meanwhile');
      isFirst = false;
      await turns();
      return found;
    };
    await using scene = await HubScene.open(admin, storeWith(admin.store, { models }));
    await turns();
    const [whole] = new Guest(scene.hub).updates;
    assert.deepEqual(whole?.models[0]?.aliases, new Map([['meanwhile', '1']]));
  });

  test('reaches those that are left when one leaves over being sent it', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    await using scene = await HubScene.open(admin);
    const leaving = scene.guest({ instance: 'leaving' });
    const staying = scene.guest({ instance: 'staying' });
    leaving.onUpdate = () => {
      leaving.connection.disconnected();
    };
    await alias(admin, 'iris', 'best');
    await staying.next();
    await alias(admin, 'iris', 'worst');
    await staying.next();
    assert.equal(leaving.updates.length, 1);
    assert.deepEqual(scene.connections.at(-1), 'leaving left');
  });
});

suite('a version that is only held for a rollback', () => {
  test('goes when its time is over, without anybody’s doing', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    await admin.register('2');
    await using scene = await HubScene.open(admin);
    const guest = scene.guest();
    admin.pass(1000);
    await switchTo(admin, '2');
    const [switched] = await guest.next();
    assert.equal(switched?.models[0]?.versions.length, 2);
    admin.pass(HOLD_MS);
    mock.timers.tick(HOLD_MS);
    await turns();
    assert.deepEqual(guest.updates, []);
    mock.timers.tick(1);
    const [released] = await guest.next();
    assert.deepEqual(
      released?.models[0]?.versions.map(({ version }) => version),
      ['2'],
    );
  });

  test('goes also where the hub was opened after the switch', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    await admin.register('2');
    admin.pass(1000);
    await switchTo(admin, '2');
    await using scene = await HubScene.open(admin);
    const guest = scene.guest();
    admin.pass(HOLD_MS);
    mock.timers.tick(HOLD_MS + 1);
    const [released] = await guest.next();
    assert.equal(released?.models[0]?.versions.length, 1);
  });

  test('stays for longer than a timer can run', async () => {
    const month = 30 * 24 * 3_600_000;
    const timers = mock.method(globalThis, 'setTimeout');
    const admin = await openAdmin({ holdFormerMs: month });
    await register(admin, 'iris');
    await admin.register('2');
    await using scene = await HubScene.open(admin);
    const guest = scene.guest();
    admin.pass(1000);
    await switchTo(admin, '2');
    await guest.next();
    admin.pass(2 ** 31 - 1);
    mock.timers.tick(2 ** 31 - 1);
    await turns();
    assert.deepEqual(guest.updates, []);
    admin.pass(month - (2 ** 31 - 1));
    mock.timers.tick(month - (2 ** 31 - 1) + 1);
    const [released] = await guest.next();
    assert.equal(released?.models[0]?.versions.length, 1);
    timers.mock.restore();
    assert(timers.mock.calls.every(({ arguments: [, delay = 0] }) => delay <= 2 ** 31 - 1));
  });
});

suite('a store that fails', () => {
  test('is told with the model’s name and tried again a second later', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    const { store, bad } = failing(admin.store);
    await using scene = await HubScene.open(admin, store);
    const guest = scene.guest();
    bad.add('iris');
    const failed = scene.nextFault();
    await alias(admin, 'iris', 'best');
    await failed;
    await turns();
    assert.deepEqual(scene.faults, ['the desired state of model "iris" could not be read']);
    bad.clear();
    mock.timers.tick(RETRY_MS - 1);
    await turns();
    assert.deepEqual(guest.updates, []);
    mock.timers.tick(1);
    assert.deepEqual(namesOf(await guest.next()), [['iris']]);
  });

  test('loses no change of a model that was read before the one that failed', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b');
    const { store, bad } = failing(admin.store);
    await using scene = await HubScene.open(admin, store);
    const guest = scene.guest();
    bad.add('b');
    const failed = scene.nextFault();
    await alias(admin, 'b', 'best');
    await failed;
    admin.context.changes.tell('b');
    await alias(admin, 'a', 'best');
    assert.deepEqual(namesOf(await guest.next()), [['a']]);
    bad.clear();
    mock.timers.tick(RETRY_MS);
    assert.deepEqual(namesOf(await guest.next()), [['b']]);
  });

  test('over one model does not hold up the changes of others', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b');
    const { store, bad } = failing(admin.store);
    await using scene = await HubScene.open(admin, store);
    const guest = scene.guest();
    bad.add('a');
    const failed = scene.nextFault();
    admin.context.changes.tell('a');
    await failed;
    await alias(admin, 'b', 'best');
    assert.deepEqual(namesOf(await guest.next()), [['b']]);
  });

  test('at the opening fails it, and nothing is left that listens', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    let reads = 0;
    const store = storeWith(admin.store, {
      models: () => Promise.reject(new Error('no disk')),
      model: (name) => {
        reads += 1;
        return admin.store.model(name);
      },
    });
    await assert.rejects(HubScene.open(admin, store), /no disk/);
    admin.context.changes.tell('iris');
    await turns();
    assert.equal(reads, 0);
    await admin[Symbol.asyncDispose]();
  });
});

suite('that the registry has started', () => {
  test('is told to everybody, and to who comes later', async () => {
    await using scene = await HubScene.open(await openAdmin());
    const guest = scene.guest();
    scene.hub.started();
    assert.deepEqual(await guest.next(), [
      { revision: DAWN, reset: false, more: false, starting: false, models: [], removed: [] },
    ]);
    assert.equal(new Guest(scene.hub).updates[0]?.starting, false);
  });

  test('is told after everything that is known was sent', async () => {
    const admin = await openAdmin();
    await register(admin, 'a', 'b');
    await using scene = await HubScene.open(admin);
    const guest = scene.guest();
    await alias(admin, 'a', 'best');
    admin.context.changes.tell('b');
    scene.hub.started();
    const updates = await guest.next();
    while (updates.at(-1)?.starting === true) updates.push(...(await guest.next()));
    assert.deepEqual(
      updates.map(({ models, starting }) => [models.map(({ model }) => model), starting]),
      [
        [['a'], true],
        [[], false],
      ],
    );
  });

  test('is not told while a change waits for the store to work again', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    const { store, bad } = failing(admin.store);
    await using scene = await HubScene.open(admin, store);
    const guest = scene.guest();
    bad.add('iris');
    const failed = scene.nextFault();
    await alias(admin, 'iris', 'best');
    await failed;
    scene.hub.started();
    await turns();
    assert.deepEqual(guest.updates, []);
    bad.clear();
    mock.timers.tick(RETRY_MS);
    await turns();
    assert.deepEqual(
      (await guest.next()).map(({ models, starting }) => [models.length, starting]),
      [
        [1, true],
        [0, false],
      ],
    );
  });
});

const EVIDENCE_ROW = { kind: 'arm', model: 'iris', name: '1/arm-1', bodyJson: '{"calls":3}' };

suite('statistics', () => {
  test('are acknowledged to the one who told them, once they are kept', async () => {
    const admin = await openAdmin();
    await using scene = await HubScene.open(admin);
    const guest = scene.guest({ instance: 'a', boot: 'b1' });
    const other = scene.guest({ instance: 'b' });
    guest.connection.receive(report({ statistics: counted('1') }));
    const [acknowledged] = await guest.next();
    assert.deepEqual(acknowledged, {
      ...{ revision: DAWN, reset: false, more: false, starting: true, models: [], removed: [] },
      statisticsAck: 4,
    });
    const key = { instance: 'a', boot: 'b1', model: 'iris', version: '1', role: 'live' };
    assert.match((await admin.store.seriesTotals(key)) ?? '', /"rows":3/);
    assert.deepEqual(other.updates, []);
  });

  for (const [what, statistics] of [
    ['totals that cannot be read', counted('1', '{"rows":')],
    ['a role that this build does not know', { seq: 4, series: [{ ...counted('1').series[0], role: 'canary' }] }],
  ] as const) {
    test(`with ${what} are told of and not acknowledged, and the rest of the report counts`, async () => {
      await using scene = await HubScene.open(await openAdmin());
      const guest = scene.guest({ instance: 'a' });
      const applied = [{ model: 'iris', epoch: 1, reason: '', at: DAWN }];
      const failed = scene.nextFault();
      guest.connection.receive(report({ statistics: statistics as StatisticsReport, applied }));
      await failed;
      await turns();
      assert.deepEqual(scene.faults, ['the statistics of serve process a could not be kept']);
      assert.deepEqual(guest.updates, []);
      assert.equal(scene.board.epochs('iris')[0]?.epoch, 1);
    });
  }
});

suite('evidence', () => {
  test('is acknowledged to the one who told it, once it is stored', async () => {
    const admin = await openAdmin();
    await using scene = await HubScene.open(admin);
    const guest = scene.guest({ instance: 'a', boot: 'b1' });
    const other = scene.guest({ instance: 'b' });
    guest.connection.receive(report({ evidence: { seq: 4, rows: [EVIDENCE_ROW] } }));
    assert.deepEqual([guest.updates, await admin.store.tallies('arm', 'iris')], [[], []]);
    mock.timers.tick(0);
    assert.deepEqual(await guest.next(), [
      {
        ...{ revision: DAWN, reset: false, more: false, starting: true, models: [], removed: [] },
        evidenceAck: 4,
      },
    ]);
    const { bodyJson: body, ...named } = EVIDENCE_ROW;
    assert.deepEqual(await admin.store.tallies('arm', 'iris'), [
      { ...named, instance: 'a', boot: 'b1', body, at: DAWN },
    ]);
    assert.deepEqual(other.updates, []);
  });

  test('is acknowledged where some of it cannot be read, as it would be no better the next time', async () => {
    const admin = await openAdmin();
    await using scene = await HubScene.open(admin);
    const guest = scene.guest({ instance: 'a' });
    const rows = [{ ...EVIDENCE_ROW, bodyJson: '{' }, EVIDENCE_ROW, { ...EVIDENCE_ROW, kind: 'dream' }];
    guest.connection.receive(report({ evidence: { seq: 5, rows } }));
    mock.timers.tick(0);
    assert.equal((await guest.next())[0]?.evidenceAck, 5);
    assert.equal((await admin.store.tallies('arm', 'iris')).length, 1);
    assert.deepEqual(scene.faults, [
      '2 of 3 rows of evidence from a cannot be read, such as "1/arm-1" (arm) of model "iris"; they are dropped',
    ]);
  });
});

for (const [what, counts] of [
  ['statistics', { statistics: counted('1') }],
  ['evidence', { evidence: { seq: 4, rows: [EVIDENCE_ROW] } }],
] as const) {
  suite(`a report of ${what}`, () => {
    test('that the store does not take is told of and not acknowledged, and the rest of it counts', async () => {
      const admin = await openAdmin();
      const store = storeWith(admin.store, { transact: () => Promise.reject(new Error('no disk')) });
      await using scene = await HubScene.open(admin, store);
      const guest = scene.guest({ instance: 'a' });
      const applied = [{ model: 'iris', epoch: 1, reason: '', at: DAWN }];
      guest.connection.receive(report({ ...counts, applied }));
      mock.timers.tick(0);
      await turns();
      assert.deepEqual(guest.updates, []);
      assert(scene.faults.some((fault) => new RegExp(`${what} of serve process a could not be kept`).test(fault)));
      assert.equal(scene.board.epochs('iris')[0]?.epoch, 1);
    });

    test('is not acknowledged to who left meanwhile', async () => {
      await using scene = await HubScene.open(await openAdmin());
      const guest = scene.guest();
      guest.connection.receive(report(counts));
      guest.connection.disconnected();
      mock.timers.tick(0);
      await turns();
      assert.deepEqual([guest.updates, scene.faults], [[], []]);
    });
  });
}

suite('closing', () => {
  test('waits for what is being read, and sends nothing any more', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    await using scene = await HubScene.open(admin);
    const guest = scene.guest();
    await alias(admin, 'iris', 'best');
    guest.connection.receive(report({ statistics: counted('1') }));
    scene.hub.started();
    await scene.hub.close();
    await alias(admin, 'iris', 'worst');
    await turns();
    assert.deepEqual(guest.updates, []);
  });

  test('keeps who applied what', async () => {
    const admin = await openAdmin();
    await using scene = await HubScene.open(admin);
    const applied = [{ model: 'iris', epoch: 3, reason: '', at: DAWN }];
    scene.guest({ instance: 'a' }).connection.receive(report({ applied }));
    await scene.hub.close();
    assert.deepEqual(await admin.store.applicationsAround('iris', DAWN), [
      { instance: 'a', model: 'iris', epoch: 3, at: DAWN },
    ]);
  });

  test('leaves no timer that would read a closed store', async () => {
    const admin = await openAdmin();
    await register(admin, 'iris');
    await admin.register('2');
    admin.pass(1000);
    await switchTo(admin, '2');
    const { store, bad } = failing(admin.store);
    await using scene = await HubScene.open(admin, store);
    bad.add('iris');
    const failed = scene.nextFault();
    admin.context.changes.tell('iris');
    await failed;
    await scene.hub.close();
    const told = scene.faults.length;
    admin.pass(HOLD_MS);
    mock.timers.tick(HOLD_MS + RETRY_MS);
    await turns();
    assert.equal(scene.faults.length, told);
  });
});

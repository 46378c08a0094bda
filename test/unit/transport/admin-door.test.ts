/** The Admin port over real sockets: its services on a registry in memory, and the rules that hold for all of them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { UploadPlaces } from '../../../src/admin/upload.ts';
import { Evidence } from '../../../src/admin/evidence.ts';
import { Statistics } from '../../../src/admin/statistics.ts';
import { formatAddress } from '../../../src/config/address.ts';
import { Blobs } from '../../../src/registry/blobs.ts';
import { AdminDoor, type AdminDoorOptions } from '../../../src/transport/lean/admin-door.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';
import { accessService } from '../../../src/transport/services/admin/access-service.ts';
import { auditService } from '../../../src/transport/services/admin/audit-service.ts';
import { driftService } from '../../../src/transport/services/admin/drift-service.ts';
import { experimentService } from '../../../src/transport/services/admin/experiment-service.ts';
import { monitorService } from '../../../src/transport/services/admin/monitor-service.ts';
import { rolloutService } from '../../../src/transport/services/admin/rollout-service.ts';
import { shadowService } from '../../../src/transport/services/admin/shadow-service.ts';
import { registryService } from '../../../src/transport/services/admin/registry-service.ts';
import { trafficService } from '../../../src/transport/services/admin/traffic-service.ts';
import type { ListEventsReply__Output as ListEventsReply } from '../../../src/transport/gen/sluice/admin/v1/ListEventsReply.ts';
import type { Model__Output as Model } from '../../../src/transport/gen/sluice/admin/v1/Model.ts';
import type { TrafficReply__Output as TrafficReply } from '../../../src/transport/gen/sluice/admin/v1/TrafficReply.ts';
import type { Version__Output as Version } from '../../../src/transport/gen/sluice/admin/v1/Version.ts';
import type { RegisterVersionReply__Output as Registered } from '../../../src/transport/gen/sluice/admin/v1/RegisterVersionReply.ts';
import type { RegisterVersionRequest } from '../../../src/transport/gen/sluice/admin/v1/RegisterVersionRequest.ts';
import { openScene } from '../../support/admin-scene.ts';
import { openAccess } from '../../support/open-gate.ts';
import { failure, once } from '../../support/fake-door.ts';

const schema = loadAdminSchema();
const { Registry, Traffic, Monitor, Audit } = schema.sluice.admin.v1;

/** A door in front of a registry of its own. */
async function openAdmin(over: Partial<AdminDoorOptions> = {}) {
  const scene = await openScene();
  const directory = await mkdtemp(join(tmpdir(), 'sluice-admin-door-'));
  const blobs = await Blobs.open(directory);
  const queued: string[] = [];
  const statistics = new Statistics({ store: scene.store, now: scene.context.now });
  const limits = { maxModelBytes: 10_000_000, maxConcurrentUploads: 2, importDirs: [] };
  const registration = {
    blobs,
    limits,
    places: new UploadPlaces(2),
    qualifier: { enqueue: (model: string, version: string) => queued.push(`${model}/${version}`) },
  };
  const serving = { now: false, listeners: new Set<() => void>() };
  const rpcs: [string, number][] = [];
  const faults: unknown[] = [];
  const evidence = new Evidence({ store: scene.store, now: scene.context.now, onFault: assert.ifError });
  const rollouts = { live: () => undefined, listen: () => () => undefined };
  const { access, guard } = await openAccess({ store: scene.store, now: scene.context.now });
  const door = await AdminDoor.open({
    address: { host: '127.0.0.1', port: 0 },
    services: {
      registry: registryService(scene.context, registration),
      traffic: trafficService(scene.context),
      monitor: monitorService({ ...scene.context, statistics }),
      audit: auditService(scene.context),
      access: accessService({ ...scene.context, access }),
      rollouts: rolloutService({ ...scene.context, rollouts }),
      experiments: experimentService({ ...scene.context, evidence, outcomes: { listen: () => () => undefined } }),
      shadows: shadowService({ ...scene.context, evidence }),
      drift: driftService({ ...scene.context, evidence }),
    },
    health: {
      predictServing: () => serving.now,
      onChange: (listener) => {
        serving.listeners.add(listener);
        return () => serving.listeners.delete(listener);
      },
    },
    reflection: true,
    guard,
    hooks: {
      recordRpc: (method, code) => rpcs.push([method, code]),
      recordLimit: () => undefined,
      reportFault: (_method, error) => faults.push(error.cause),
    },
    ...over,
  });
  const target = formatAddress(door.address);
  const open = <C>(Service: new (target: string, creds: ReturnType<typeof credentials.createInsecure>) => C): C =>
    new Service(target, credentials.createInsecure());
  const clients = { registry: open(Registry), traffic: open(Traffic), monitor: open(Monitor), audit: open(Audit) };
  const close = async (): Promise<void> => {
    for (const client of Object.values(clients)) client.close();
    door.close();
    await access.close();
    await scene[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  };
  return { ...scene, ...clients, door, target, directory, queued, serving, rpcs, faults, [Symbol.asyncDispose]: close };
}

type Admin = Awaited<ReturnType<typeof openAdmin>>;

function as(actor: string): Metadata {
  const metadata = new Metadata();
  metadata.set('x-sluice-actor', actor);
  return metadata;
}

/** Sends the messages and ends the stream. */
function upload({ registry }: Admin, messages: readonly RegisterVersionRequest[], metadata = new Metadata()) {
  return once<Registered>((done) => {
    const stream = registry.RegisterVersion(metadata, done);
    for (const message of messages) stream.write(message);
    stream.end();
  });
}

async function all<T>(stream: ClientReadableStream<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const message of stream) found.push(message as T);
  return found;
}

/** The next message of a stream that goes on. */
function next<T>(stream: ClientReadableStream<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    stream.once('data', resolve);
    stream.once('error', reject);
  });
}

function endOf(stream: ClientReadableStream<unknown>): Promise<number> {
  return new Promise((resolve) => {
    stream.on('data', () => undefined);
    stream.on('error', (error: ServiceError) => {
      resolve(error.code);
    });
    stream.on('end', () => {
      resolve(status.OK);
    });
  });
}

describe('Registry', () => {
  const model = randomBytes(700_000);
  const messages: readonly RegisterVersionRequest[] = [
    { version: { model: 'iris', version: '3', metadata: { tags: { owner: 'ann' } }, reason: 'new data' } },
    { file: { path: 'model.onnx', data: model.subarray(0, 400_000) } },
    { file: { path: 'model.onnx', data: model.subarray(400_000) } },
    { file: { path: 'empty.bin', data: Buffer.alloc(0) } },
  ];

  it('takes a version in pieces, puts it in line, and gives the same bytes back', async () => {
    await using admin = await openAdmin();
    const { version, created } = await upload(admin, messages, as('ann@host'));
    assert.equal(created, true);
    assert.deepEqual(
      [version?.state, version?.createdBy, version?.stage, version?.bytes.toNumber(), version?.metadata?.tags],
      ['UPLOADED', 'ann@host', 'development', 700_000, { owner: 'ann' }],
    );
    assert.deepEqual(admin.queued, ['iris/3']);
    const pieces = await all(admin.registry.DownloadVersion({ model: 'iris', version: '3' }));
    assert.deepEqual([...new Set(pieces.map(({ path }) => path))], ['empty.bin', 'model.onnx']);
    assert(Buffer.concat(pieces.map(({ data }) => data)).equals(model));
    assert.equal((await upload(admin, messages)).created, false);
    assert.deepEqual(admin.faults, []);
  });

  for (const [what, wrong, sentence] of [
    ['without a message', [], /ended before its first message/],
    ['whose first message is a file', [{ file: { path: 'model.onnx' } }], /first message has no version/],
    ['with two versions', [messages[0], messages[0]], /a message after the first has no file/],
    ['without model.onnx', [messages[0], { file: { path: 'a' } }], /no model\.onnx/],
  ] as const) {
    it(`an upload ${what} is refused, and leaves nothing`, async () => {
      await using admin = await openAdmin();
      const sent = wrong.filter((message) => message !== undefined);
      const { code, details } = await failure(upload(admin, sent));
      assert.equal(code, status.INVALID_ARGUMENT);
      assert.match(details, sentence);
      assert.equal(await admin.store.model('iris'), undefined);
    });
  }

  it('an upload whose bytes are no message is refused', async () => {
    await using admin = await openAdmin();
    const client = new Client(admin.target, credentials.createInsecure());
    const asIs = (bytes: Buffer): Buffer => bytes;
    const { path } = Registry.service.RegisterVersion;
    const { code } = await failure(
      once((done) => {
        const stream = client.makeClientStreamRequest(path, asIs, asIs, done);
        stream.write(Buffer.from([0x0a, 0xff, 0xff]));
      }),
    );
    assert.equal(code, status.INVALID_ARGUMENT);
    client.close();
  });

  it('an upload that is cancelled leaves nothing, and its place', async () => {
    await using admin = await openAdmin();
    for (let round = 0; round < 3; round += 1) {
      const cancelled = failure(
        once((done) => {
          const stream = admin.registry.RegisterVersion(done);
          for (const message of messages.slice(0, 2)) stream.write(message);
          void untilUploading(admin).then(() => {
            stream.cancel();
          });
        }),
      );
      assert.equal((await cancelled).code, status.CANCELLED);
      while (admin.rpcs.length <= round) await new Promise(setImmediate);
    }
    assert.deepEqual(new Set(admin.rpcs.map(([, code]) => code)), new Set([status.CANCELLED]));
    while ((await incoming(admin)).length > 0) await new Promise(setImmediate);
    assert.equal(await admin.store.model('iris'), undefined);
    assert.deepEqual(admin.faults, []);
  });

  it('an upload that falls silent is given up', async () => {
    await using admin = await openAdmin({ uploadIdleMs: 20 });
    const { code, details } = await failure(
      once((done) => {
        const stream = admin.registry.RegisterVersion(done);
        for (const message of messages) stream.write(message);
      }),
    );
    assert.equal(code, status.DEADLINE_EXCEEDED);
    assert.match(details, /^no message came for 0\.02 s/);
  });

  it('lists, describes and deletes', async () => {
    await using admin = await openAdmin();
    const { registry } = admin;
    await admin.register('1');
    await admin.register('2');
    await admin.register('3', { state: 'rejected', reason: 'it crashed' });
    const page = await once<{ versions: { version: string }[]; nextPageToken: string }>((done) =>
      registry.ListVersions({ model: 'iris', pageSize: 2 }, done),
    );
    assert.deepEqual(
      page.versions.map(({ version }) => version),
      ['3', '2'],
    );
    const rest = await once<{ versions: { version: string; weight: number }[] }>((done) =>
      registry.ListVersions({ model: 'iris', pageSize: 2, pageToken: page.nextPageToken }, done),
    );
    assert.deepEqual(
      rest.versions.map(({ version, weight }) => [version, weight]),
      [['1', 10_000]],
    );
    const rejected = await once<{ versions: { reason: string }[] }>((done) =>
      registry.ListVersions({ model: 'iris', state: 'REJECTED' }, done),
    );
    assert.deepEqual(
      rejected.versions.map(({ reason }) => reason),
      ['it crashed'],
    );
    const { models } = await once<{ models: { model: string; latest: string; versions: number }[] }>((done) =>
      registry.ListModels({}, done),
    );
    assert.deepEqual(
      models.map(({ model: name, latest, versions }) => [name, latest, versions]),
      [['iris', '2', 3]],
    );
    const deleted = await once<{ state: string; deletedAt: unknown }>((done) =>
      registry.DeleteVersion({ model: 'iris', version: '2' }, done),
    );
    assert.equal(deleted.state, 'DELETED');
    assert(deleted.deletedAt);
    const inUse = failure(once((done) => registry.DeleteVersion({ model: 'iris', version: '1' }, done)));
    assert.equal((await inUse).code, status.FAILED_PRECONDITION);
    const unknown = failure(once((done) => registry.GetVersion({ model: 'iris', version: '9' }, done)));
    assert.equal((await unknown).code, status.NOT_FOUND);
  });

  it('keeps aliases, stages, descriptions and configs', async () => {
    await using admin = await openAdmin();
    const { registry } = admin;
    await admin.register('1');
    const alias = { model: 'iris', alias: 'champion', version: '1', expectedVersion: 'none' };
    await once((done) => registry.SetAlias(alias, as('ann'), done));
    const again = failure(once((done) => registry.SetAlias(alias, done)));
    assert.equal((await again).code, status.ABORTED);
    const { aliases } = await once<{ aliases: { alias: string; actor: string }[] }>((done) =>
      registry.ListAliases({}, done),
    );
    assert.deepEqual(
      aliases.map((one) => [one.alias, one.actor]),
      [['champion', 'ann']],
    );
    const byAlias = await once<{ version: string; aliases: string[] }>((done) =>
      registry.GetVersion({ model: 'iris', version: 'alias:champion' }, done),
    );
    assert.deepEqual([byAlias.version, byAlias.aliases], ['1', ['champion']]);
    await once((done) => registry.DeleteAlias({ model: 'iris', alias: 'champion' }, done));
    const moved = await once<{ id: { toNumber(): number }; status: string; fromStage: string }>((done) =>
      registry.RequestTransition({ model: 'iris', version: '1', stage: 'production' }, done),
    );
    assert.deepEqual([moved.status, moved.fromStage], ['approved', 'development']);
    const decided = failure(once((done) => registry.ApproveTransition({ id: moved.id.toNumber() }, done)));
    assert.equal((await decided).code, status.FAILED_PRECONDITION);
    const { transitions } = await once<{ transitions: unknown[] }>((done) =>
      registry.ListTransitions({ model: 'iris' }, done),
    );
    assert.equal(transitions.length, 1);
    const described = await once<Version>((done) =>
      registry.UpdateMetadata({ model: 'iris', version: '1', description: '', tags: { a: 'b' } }, done),
    );
    assert.deepEqual([described.metadata?.description, described.metadata?.tags], ['', { a: 'b' }]);
    const config = { fields: { maxBatchRows: { numberValue: 8 } } };
    const model1 = await once<Model>((done) => registry.ConfigureModel({ model: 'iris', config }, done));
    assert.deepEqual(Object.keys(model1.config?.fields ?? {}), ['maxBatchRows']);
    const collected = await once<{ dryRun: boolean }>((done) => registry.GarbageCollect({}, done));
    assert.equal(collected.dryRun, true);
    assert.deepEqual(admin.faults, []);
  });

  it('WatchVersion tells of each state, and ends with the last', async () => {
    await using admin = await openAdmin();
    const uploaded = await admin.register('1', { state: 'uploaded', report: undefined });
    const stream = admin.registry.WatchVersion({ model: 'iris', version: '1' });
    const states: string[] = [];
    for await (const message of stream) {
      const { state } = message as { state: string };
      states.push(state);
      if (state === 'UPLOADED') {
        await admin.store.transact((writer) => writer.putVersion({ ...uploaded, state: 'qualifying' }));
      }
      if (state === 'QUALIFYING') {
        await admin.store.transact((writer) => writer.putVersion({ ...uploaded, state: 'rejected', reason: 'no' }));
      }
      admin.context.changes.tell('iris');
    }
    assert.deepEqual(states, ['UPLOADED', 'QUALIFYING', 'REJECTED']);
    assert.deepEqual(admin.rpcs, [['sluice.admin.v1.Registry/WatchVersion', status.OK]]);
  });

  it('WatchVersion tells of serve processes, and with until_settled ends once it is qualified', async () => {
    await using admin = await openAdmin();
    await admin.register('1');
    const settled = await all(admin.registry.WatchVersion({ model: 'iris', version: '1', untilSettled: true }));
    assert.deepEqual(
      settled.map(({ state }) => state),
      ['QUALIFIED'],
    );
    const stream = admin.registry.WatchVersion({ model: 'iris', version: '' });
    assert.deepEqual((await next(stream)).instances, []);
    admin.fleet.stands.push({ instance: 'a', state: 'ready', reason: '', since: 1 });
    admin.context.changes.tell('iris', 'fleet');
    assert.deepEqual(
      (await next(stream)).instances.map(({ instance, state }) => [instance, state]),
      [['a', 'READY']],
    );
    stream.cancel();
    assert.equal(await endOf(stream), status.CANCELLED);
  });
});

describe('Traffic', () => {
  const policy = {
    arms: [
      { version: '1', weight: 9000 },
      { version: '2', weight: 1000, arm: 'canary' },
    ],
  };

  it('sets, shows, switches, rolls back and lists', async () => {
    await using admin = await openAdmin();
    const { traffic } = admin;
    await admin.register('1');
    await admin.register('2');
    const set = await once<TrafficReply>((done) =>
      traffic.SetTraffic({ model: 'iris', policy, expectedEpoch: 1, reason: 'try 2' }, as('ann'), done),
    );
    assert.deepEqual([set.epoch?.epoch.toNumber(), set.epoch?.actor, set.epoch?.reason], [2, 'ann', 'try 2']);
    assert.deepEqual(set.epoch?.policy?.arms, [
      { version: '1', weight: 9000, arm: '1' },
      { version: '2', weight: 1000, arm: 'canary' },
    ]);
    const late = failure(once((done) => traffic.SetTraffic({ model: 'iris', policy, expectedEpoch: 1 }, done)));
    assert.equal((await late).code, status.ABORTED);
    const wrong = failure(once((done) => traffic.SetTraffic({ model: 'iris', policy: { arms: [] } }, done)));
    assert.equal((await wrong).code, status.INVALID_ARGUMENT);
    await once((done) => traffic.SwitchTraffic({ model: 'iris', version: '2' }, done));
    const back = await once<TrafficReply>((done) => traffic.RollbackTraffic({ model: 'iris' }, done));
    assert.deepEqual(back.epoch?.policy?.arms, set.epoch.policy.arms);
    const { epochs } = await once<{ epochs: { cause: string }[] }>((done) =>
      traffic.ListEpochs({ model: 'iris' }, done),
    );
    assert.deepEqual(
      epochs.map(({ cause }) => cause),
      ['rollback', 'switch', 'set', 'first'],
    );
    const now = await once<TrafficReply>((done) => traffic.GetTraffic({ model: 'iris' }, done));
    assert.equal(now.epoch?.epoch.toNumber(), 4);
    const nobody = failure(once((done) => traffic.GetTraffic({ model: 'nope' }, done)));
    assert.equal((await nobody).code, status.NOT_FOUND);
  });

  it('WatchTraffic of all models begins with each, and tells of changes and of instances', async () => {
    await using admin = await openAdmin();
    await admin.register('1', { model: 'a' });
    await admin.register('1', { model: 'b' });
    const stream = admin.traffic.WatchTraffic({ model: '' });
    const seen: string[] = [];
    const moments = [
      () => {
        admin.fleet.inForce.set('here', 1);
        admin.context.changes.tell('b', 'fleet');
      },
      () => {
        void admin.register('1', { model: 'c' }).then(() => {
          admin.context.changes.tell('c');
        });
      },
      () => {
        stream.cancel();
      },
    ];
    stream.on('data', ({ epoch, instances }: { epoch: { model: string }; instances: object[] }) => {
      seen.push(`${epoch.model}${instances.length}`);
      if (seen.length >= 2) moments.shift()?.();
    });
    assert.equal(await endOf(stream), status.CANCELLED);
    assert.deepEqual(seen, ['a0', 'b0', 'b1', 'c1']);
  });

  it('WatchTraffic of a model that is not there is NOT_FOUND; of one without a policy it waits', async () => {
    await using admin = await openAdmin();
    assert.equal(await endOf(admin.traffic.WatchTraffic({ model: 'nope' })), status.NOT_FOUND);
    await admin.register('1', { state: 'uploaded' });
    const stream = admin.traffic.WatchTraffic({ model: 'iris' });
    const first = next(stream);
    await admin.register('2');
    admin.context.changes.tell('iris');
    assert.equal((await first).epoch?.policy?.arms[0]?.version, '2');
    stream.cancel();
    assert.equal(await endOf(stream), status.CANCELLED);
  });
});

describe('Monitor and Audit', () => {
  it('tell what is known', async () => {
    await using admin = await openAdmin();
    const { monitor, audit } = admin;
    await admin.register('1');
    admin.fleet.inForce.set('here', 1);
    const stats = await once<{ total: { toNumber(): number }; successRate: number; errors: object }>((done) =>
      monitor.GetStats({ model: 'iris', window: { seconds: 60 } }, done),
    );
    assert.deepEqual([stats.total.toNumber(), stats.successRate, stats.errors], [0, 1, {}]);
    const health = await once<{ verdict: string }>((done) => monitor.CheckHealth({ model: 'iris' }, done));
    assert.equal(health.verdict, 'insufficient');
    const { instances } = await once<{ instances: { instance: string; connected: boolean }[] }>((done) =>
      monitor.ListInstances({}, done),
    );
    assert.deepEqual(
      instances.map(({ instance, connected }) => [instance, connected]),
      [['here', true]],
    );
    const window = failure(once((done) => monitor.GetStats({ model: 'iris', window: { seconds: 1 } }, done)));
    assert.equal((await window).code, status.INVALID_ARGUMENT);

    await once((done) => admin.registry.SetAlias({ model: 'iris', alias: 'a', version: '1' }, as('ann'), done));
    const { events } = await once<ListEventsReply>((done) => audit.ListEvents({ kind: 'alias.set' }, done));
    assert.deepEqual(
      events.map(({ kind, actor, after }) => [kind, actor, Object.keys(after?.fields ?? {}).toSorted()]),
      [['alias.set', 'ann', ['digest', 'version']]],
    );
    const chain = await once<{ intact: boolean; events: { toNumber(): number } }>((done) =>
      audit.VerifyChain({}, done),
    );
    assert.deepEqual([chain.intact, chain.events.toNumber()], [true, 2]);
    const served = await once<{ epochs: { version: string; slot?: number }[] }>((done) =>
      audit.WhoServed({ model: 'iris', routingKey: 'someone' }, done),
    );
    assert.equal(served.epochs[0]?.version, '1');
    assert.equal(typeof served.epochs[0].slot, 'number');
    assert.deepEqual(admin.faults, []);
  });

  it('WatchStats begins at once, and refuses intervals that are none', async () => {
    await using admin = await openAdmin();
    await admin.register('1');
    const stream = admin.monitor.WatchStats({ stats: { model: 'iris' } });
    assert.equal((await next(stream)).model, 'iris');
    stream.cancel();
    assert.equal(await endOf(stream), status.CANCELLED);
    for (const wrong of [{}, { stats: { model: 'iris' }, interval: { nanos: 1 } }]) {
      assert.equal(await endOf(admin.monitor.WatchStats(wrong)), status.INVALID_ARGUMENT);
    }
  });
});

describe('every call', () => {
  it('is by somebody: unknown who does not say, refused who says nonsense', async () => {
    await using admin = await openAdmin();
    await admin.register('1');
    const set = (metadata: Metadata) =>
      once<{ actor: string }>((done) =>
        admin.registry.SetAlias({ model: 'iris', alias: 'a', version: '1' }, metadata, done),
      );
    assert.equal((await failure(set(as('a'.repeat(129))))).code, status.INVALID_ARGUMENT);
    assert.equal((await set(new Metadata())).actor, 'unknown');
  });

  it('that is no message, or too large a one, is refused', async () => {
    await using admin = await openAdmin();
    const client = new Client(admin.target, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
    const asIs = (bytes: Buffer): Buffer => bytes;
    const { path } = Registry.service.ListModels;
    const send = (bytes: Buffer) => failure(once((done) => client.makeUnaryRequest(path, asIs, asIs, bytes, done)));
    assert.equal((await send(Buffer.from([0x0a, 0xff, 0xff]))).code, status.INVALID_ARGUMENT);
    assert.equal((await send(Buffer.alloc(8 * 2 ** 20 + 1))).code, status.RESOURCE_EXHAUSTED);
    const watch = Registry.service.WatchVersion.path;
    assert.equal(
      await endOf(client.makeServerStreamRequest(watch, asIs, asIs, Buffer.from([0x0a, 0xff, 0xff]))),
      status.INVALID_ARGUMENT,
    );
    client.close();
  });

  it('that meets a fault is INTERNAL, and the log has the cause', async () => {
    await using admin = await openAdmin();
    await admin.register('1');
    const fault = new Error('the disk is gone');
    admin.fleet.versions = () => {
      throw fault;
    };
    const one = await failure(once((done) => admin.registry.GetVersion({ model: 'iris', version: '1' }, done)));
    assert.equal(one.code, status.INTERNAL);
    assert.doesNotMatch(one.details, /disk/);
    assert.equal(await endOf(admin.registry.WatchVersion({ model: 'iris', version: '1' })), status.INTERNAL);
    assert.deepEqual(admin.faults, [fault, fault]);
  });
});

describe('watches', () => {
  it('are 256 at most, and each makes room when it ends', async () => {
    await using admin = await openAdmin();
    await admin.register('1');
    const streams = Array.from({ length: 256 }, () => admin.traffic.WatchTraffic({ model: 'iris' }));
    await Promise.all(streams.map((stream) => next(stream)));
    assert.equal(await endOf(admin.traffic.WatchTraffic({ model: 'iris' })), status.RESOURCE_EXHAUSTED);
    const [first, ...others] = streams;
    assert(first);
    first.cancel();
    assert.equal(await endOf(first), status.CANCELLED);
    while (admin.rpcs.length < 2) await new Promise(setImmediate);
    const again = admin.registry.WatchVersion({ model: 'iris', version: '1' });
    assert.equal((await next(again)).version, '1');
    const ends = [again, ...others].map((stream) => endOf(stream));
    assert.equal(await admin.door.drain(10_000), true);
    assert.deepEqual(new Set(await Promise.all(ends)), new Set([status.UNAVAILABLE]));
  });
});

describe('health', () => {
  it('serves while the port is open; Predict while a serve process does', async () => {
    await using admin = await openAdmin();
    const check = async (service: string): Promise<string> => {
      const client = new Client(admin.target, credentials.createInsecure());
      const encode = (name: string): Buffer => Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
      const path = '/grpc.health.v1.Health/Check';
      const reply = await once<Buffer>((done) =>
        client.makeUnaryRequest(path, encode, (bytes) => bytes, service, done),
      );
      client.close();
      return ['UNKNOWN', 'SERVING', 'NOT_SERVING'][reply[1] ?? 0] ?? '';
    };
    for (const name of ['', 'sluice.admin.v1.Registry', 'sluice.admin.v1.Traffic', 'sluice.admin.v1.Monitor']) {
      assert.equal(await check(name), 'SERVING', name);
    }
    assert.equal(await check('sluice.admin.v1.Audit'), 'SERVING');
    assert.equal(await check('sluice.v1.PredictService'), 'NOT_SERVING');
    admin.serving.now = true;
    for (const listener of admin.serving.listeners) listener();
    assert.equal(await check('sluice.v1.PredictService'), 'SERVING');
    assert.equal((await failure(check('inference.GRPCInferenceService'))).code, status.NOT_FOUND);
    admin.door.stopAccepting();
    assert.equal(admin.serving.listeners.size, 0);
  });
});

/** Resolves once a file is being written. */
async function untilUploading(admin: Admin): Promise<void> {
  while ((await incoming(admin)).length === 0) await new Promise(setImmediate);
}

/** Files of uploads that are under way. */
function incoming({ directory }: Admin): Promise<string[]> {
  return readdir(join(directory, 'incoming'));
}

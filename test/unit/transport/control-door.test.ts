/** The control plane between real sockets: what each side says arrives, and whatever breaks is begun anew. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client, credentials, status } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import type { DesiredUpdate } from '../../../src/control/messages.ts';
import { ServerError } from '../../../src/domain/errors.ts';
import { loadControlSchema } from '../../../src/transport/grpc-js/codec.ts';
import { ControlClient } from '../../../src/transport/grpc-js/control-client.ts';
import { ControlDoor } from '../../../src/transport/lean/control-door.ts';
import type { ControlDoorOptions } from '../../../src/transport/lean/control-door.ts';
import type { DesiredUpdate__Output } from '../../../src/transport/gen/sluice/control/v1/DesiredUpdate.ts';
import type { InstanceMessage } from '../../../src/transport/gen/sluice/control/v1/InstanceMessage.ts';
import { FakeHub, HELLO, report, update, wireModel, wireVersion } from '../../support/fake-hub.ts';

const { ControlPlane } = loadControlSchema().sluice.control.v1;

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-control-'));
});
after(async () => {
  await rm(directory, { recursive: true });
});

function noBlob(): never {
  throw new ServerError('not_found', 'no such file');
}

async function openDoor(hub: FakeHub, over: Partial<ControlDoorOptions> = {}) {
  const faults: ServerError[] = [];
  const codes: number[] = [];
  const door = await ControlDoor.open({
    address: `unix:${join(directory, 'control.sock')}`,
    hub,
    readBlob: noBlob,
    keepOutcomes: () => Promise.reject(new ServerError('unavailable', 'nobody keeps outcomes here')),
    hooks: {
      recordRpc: (_method, code) => codes.push(code),
      recordLimit: () => undefined,
      reportFault: (_method, error) => faults.push(error),
    },
    ...over,
  });
  return { door, faults, codes };
}

/** A client that remembers, and tells when something is as a test waits for. */
function openClient(address: string, onUpdate: (update: DesiredUpdate) => void = () => undefined) {
  const updates: DesiredUpdate[] = [];
  const connections: [boolean, string][] = [];
  const waiting: { is: () => boolean; resolve: () => void }[] = [];
  const check = (): void => {
    for (const { is, resolve } of waiting) if (is()) resolve();
  };
  const client = new ControlClient({
    address,
    hello: HELLO,
    onUpdate: (part) => {
      onUpdate(part);
      updates.push(part);
      check();
    },
    onConnection: (connected, reason) => {
      connections.push([connected, reason]);
      check();
    },
    now: () => performance.now(),
    random: () => 0,
  });
  const when = (is: () => boolean): Promise<void> => {
    if (is()) return Promise.resolve();
    return new Promise((resolve) => waiting.push({ is, resolve }));
  };
  return { client, updates, connections, when };
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}

/** A serve process as its bytes look: for what ControlClient never does. */
function rawStream(address: string): ClientDuplexStream<InstanceMessage, DesiredUpdate__Output> {
  return new ControlPlane(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }).Sync();
}

function endOf(stream: ClientDuplexStream<InstanceMessage, DesiredUpdate__Output>): Promise<ServiceError> {
  stream.resume();
  return new Promise((resolve) => stream.on('error', resolve));
}

for (const [kind, address] of [
  ['a Unix socket', undefined],
  ['TCP', '127.0.0.1:0'],
] as const) {
  describe(`over ${kind}`, () => {
    it('the whole desired state comes down and reports go up, as they were given', async () => {
      const hub = new FakeHub();
      const key = Uint8Array.from([1, 2, 250]);
      hub.whole = [
        update({
          revision: 2 ** 50,
          reset: true,
          more: true,
          models: [wireModel()],
          predictionKey: key,
          starting: true,
        }),
        update({ revision: 2 ** 50, models: [wireModel({ model: 'mnist', policyJson: '' })], removed: ['old'] }),
      ];
      const { door, faults } = await openDoor(hub, address === undefined ? {} : { address });
      const { client, updates, connections, when } = openClient(door.address);
      await when(() => updates.length === 2);
      assert.deepEqual(updates, hub.whole);
      assert.deepEqual(connections, [[true, '']]);

      const full = report({
        applied: [{ model: 'iris', epoch: 7, reason: 'version 2 is loading', at: 1_700_000_000_123 }],
        versions: [
          {
            model: 'iris',
            version: '2',
            digest: 'd',
            state: 'fetching',
            reason: '',
            since: 1_700_000_000_000,
            gone: false,
          },
        ],
        revision: 2 ** 50,
        settled: false,
        statistics: { seq: 3, series: [{ model: 'iris', version: '2', role: 'live', totalsJson: '{}' }] },
        // Also of a kind that only a later build knows.
        evidence: { seq: 2 ** 40, rows: [{ kind: 'dream', model: 'iris', name: '7/canary', bodyJson: '{"calls":1}' }] },
      });
      client.send(full);
      client.send(report());
      await hub.when(() => hub.guests[0]?.reports.length === 2);
      const [guest] = hub.guests;
      assert(guest);
      assert.deepEqual(guest.hello, HELLO);
      assert.deepEqual(guest.reports, [full, report()]);

      const ack = update({ revision: 9, statisticsAck: 3, evidenceAck: 2 ** 40 });
      guest.send(ack);
      await when(() => updates.length === 3);
      assert.deepEqual(updates[2], ack);

      client.close();
      await hub.when(() => !guest.connected);
      door.close();
      assert.deepEqual(faults, []);
    });

    it('an update of 5 MB comes in parts, of which the last alone says that it is the last', async () => {
      const hub = new FakeHub();
      const { door } = await openDoor(hub, address === undefined ? {} : { address });
      const { client, updates, when } = openClient(door.address);
      await when(() => updates.length === 1);
      const models = Array.from({ length: 50 }, (_, index) =>
        wireModel({ model: `m${index}`, versions: [wireVersion({ reportJson: 'r'.repeat(100_000) })] }),
      );
      hub.guests[0]?.send(update({ revision: 5, models, removed: ['gone'] }));
      await when(() => updates.at(-1)?.more === false && updates.length > 1);
      const parts = updates.slice(1);
      assert(parts.length > 4);
      assert.deepEqual(
        parts.flatMap((part) => part.models),
        models,
      );
      assert.deepEqual(
        parts.map(({ more }) => more),
        parts.map((_, index) => index < parts.length - 1),
      );
      assert.deepEqual(
        parts.flatMap(({ removed }) => removed),
        ['gone'],
      );
      client.close();
      door.close();
    });
  });
}

describe('the control client', () => {
  it('connects before the door is open, and again after it was closed and opened', async () => {
    const hub = new FakeHub();
    const address = `unix:${join(directory, 'later.sock')}`;
    const { client, connections, when } = openClient(address);
    await when(() => connections.length === 1);
    assert.equal(connections[0]?.[0], false);
    assert.match(connections[0][1], /ENOENT/);
    for (let round = 1; round <= 3; round += 1) {
      const { door } = await openDoor(hub, { address });
      await hub.when(() => hub.guests.length === round);
      await when(() => connections.at(-1)?.[0] === true);
      client.send(report({ revision: round }));
      await hub.when(() => hub.guests[round - 1]?.reports.length === 1);
      door.close();
      await when(() => connections.at(-1)?.[0] === false);
      await hub.when(() => hub.guests[round - 1]?.connected === false);
    }
    assert.deepEqual(
      hub.guests.map(({ reports }) => reports.map(({ revision }) => revision)),
      [[1], [2], [3]],
    );
    client.close();
  });

  it('tells why it was refused, once, and keeps trying', async () => {
    const hub = new FakeHub();
    const { door, codes } = await openDoor(hub);
    let refusals = 0;
    const admitted = Promise.withResolvers<void>();
    hub.admit = () => {
      refusals += 1;
      if (refusals < 3) throw new ServerError('resource_exhausted', '1000 serve processes are connected already');
      admitted.resolve();
    };
    const { client, connections, when } = openClient(door.address);
    await admitted.promise;
    await when(() => connections.length === 2);
    assert.deepEqual(connections, [
      [false, '1000 serve processes are connected already'],
      [true, ''],
    ]);
    assert.deepEqual(codes, [status.RESOURCE_EXHAUSTED, status.RESOURCE_EXHAUSTED]);
    client.close();
    door.close();
  });

  it('an update that cannot be taken ends the connection, and is asked for again', async () => {
    const hub = new FakeHub();
    const { door } = await openDoor(hub);
    let fails = true;
    const { client, connections, updates, when } = openClient(door.address, () => {
      if (!fails) return;
      fails = false;
      throw new Error('the policy is no JSON');
    });
    await when(() => updates.length === 1);
    assert.deepEqual(connections, [
      [true, ''],
      [false, 'an update could not be taken: the policy is no JSON'],
      [true, ''],
    ]);
    client.close();
    door.close();
  });

  it('after close() nothing is told any more', async () => {
    const hub = new FakeHub();
    const { door } = await openDoor(hub);
    const { client, connections, when } = openClient(door.address);
    await when(() => connections.length === 1);
    client.close();
    client.send(report());
    await hub.when(() => hub.guests[0]?.connected === false);
    door.close();
    assert.deepEqual(connections, [[true, '']]);
    assert.deepEqual(hub.guests[0]?.reports, []);
  });

  it('a door that drains lets its clients go, and they find the next one', async () => {
    const hub = new FakeHub();
    const first = await openDoor(hub);
    const { client, connections, when } = openClient(first.door.address);
    await when(() => connections.length === 1);
    assert.equal(await first.door.drain(10_000), true);
    await when(() => connections.length >= 2);
    assert.deepEqual(connections[1], [false, 'the admin process is shutting down; connect again']);
    const second = await openDoor(hub);
    await when(() => connections.at(-1)?.[0] === true);
    client.close();
    second.door.close();
  });
});

describe('files', () => {
  const content = randomBytes(2_500_000);

  it('come whole, in pieces of at most 1 MiB', async () => {
    async function* readBlob(): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 2_200_000);
      yield content.subarray(2_200_000);
    }
    const { door } = await openDoor(new FakeHub(), { readBlob });
    const { client } = openClient(door.address);
    const pieces = await all(client.fetchBlob('a'.repeat(64)));
    assert.deepEqual(
      pieces.map(({ byteLength }) => byteLength),
      [2 ** 20, 2 ** 20, 2_200_000 - 2 ** 21, 300_000],
    );
    assert(Buffer.concat(pieces).equals(content));
    client.close();
    door.close();
  });

  it('that are not there, or that break off, are told in a sentence with their code', async () => {
    async function* readBlob(): AsyncGenerator<Uint8Array> {
      yield content;
      throw new ServerError('data_loss', 'its bytes changed');
    }
    const { door } = await openDoor(new FakeHub(), { readBlob });
    const { client } = openClient(door.address);
    const broken = await all(client.fetchBlob('a'.repeat(64))).catch((caught: unknown) => caught);
    assert(broken instanceof ServerError);
    assert.equal(broken.code, 'data_loss');
    assert.match(broken.message, /^file a{64} could not be fetched from the admin process: its bytes changed$/);
    await assert.rejects(all(client.fetchBlob('../../etc/passwd')), { code: 'invalid_argument' });
    client.close();
    await assert.rejects(all(client.fetchBlob('a'.repeat(64))), { code: 'unavailable' });
    door.close();
  });

  it('are read no further than the receiver takes them, and not at all once it has left', async () => {
    let read = 0;
    const left = Promise.withResolvers<void>();
    async function* readBlob(): AsyncGenerator<Uint8Array> {
      try {
        for (; read < 1000; read += 1) yield content.subarray(0, 2 ** 20);
      } finally {
        left.resolve();
      }
    }
    const { door } = await openDoor(new FakeHub(), { readBlob });
    const { client } = openClient(door.address);
    for await (const _piece of client.fetchBlob('a'.repeat(64))) break;
    await left.promise;
    assert(read < 100, `${read} pieces were read`);
    client.close();
    door.close();
  });
});

describe('a serve process that does not keep to the rules harms nobody else', () => {
  const hub = new FakeHub();
  let door: ControlDoor;
  let honest: ReturnType<typeof openClient>;

  before(async () => {
    ({ door } = await openDoor(hub, { address: '127.0.0.1:0', maxWaitingBytes: 2 ** 20 }));
    honest = openClient(door.address);
    await honest.when(() => honest.updates.length === 1);
  });

  after(() => {
    assert.deepEqual(honest.connections, [[true, '']]);
    honest.client.close();
    door.close();
  });

  it('no hello first', async () => {
    const stream = rawStream(door.address);
    const end = endOf(stream);
    stream.write({ revision: 1 });
    const { code, details } = await end;
    assert.deepEqual([code, details], [status.INVALID_ARGUMENT, 'the first message has no hello; send it first']);
  });

  it('a second hello', async () => {
    const stream = rawStream(door.address);
    const end = endOf(stream);
    stream.write({ hello: HELLO });
    stream.write({ hello: HELLO });
    assert.equal((await end).code, status.INVALID_ARGUMENT);
    await hub.when(() => hub.guests[1]?.connected === false);
  });

  for (const [what, message] of [
    ['a hello without a boot', { hello: { ...HELLO, boot: '' } }],
    ['a hello of two lines', { hello: { ...HELLO, instance: 'a\nb' } }],
  ] as const) {
    it(what, async () => {
      const stream = rawStream(door.address);
      const end = endOf(stream);
      stream.write(message);
      assert.equal((await end).code, status.INVALID_ARGUMENT);
    });
  }

  for (const [what, message] of [
    ['an unknown state', { versions: [{ model: 'iris', version: '1', state: 'asleep' }] }],
    ['a model that is no name', { applied: [{ model: '../iris', epoch: 1 }] }],
    ['a revision beyond 2^53', { revision: '18446744073709551615' }],
  ] as const) {
    it(what, async () => {
      const stream = rawStream(door.address);
      const end = endOf(stream);
      stream.write({ hello: HELLO });
      stream.write(message as unknown as InstanceMessage);
      const { code, details } = await end;
      assert.equal(code, status.INVALID_ARGUMENT);
      assert.match(details, /^a message of the control plane cannot be read: /);
      assert.equal(hub.guests.at(-1)?.connected, false);
    });
  }

  it('bytes that are no message', async () => {
    const client = new Client(door.address, credentials.createInsecure());
    const asIs = (bytes: Buffer): Buffer => bytes;
    const stream = client.makeBidiStreamRequest(ControlPlane.service.Sync.path, asIs, asIs);
    stream.write(Buffer.from([0x0a, 0xff, 0xff]));
    const [error] = (await once(stream, 'error')) as [ServiceError];
    assert.equal(error.code, status.INVALID_ARGUMENT);
    client.close();
  });

  it('one that stops reading is let go once too much waits for it, and may come again', async () => {
    const stream = rawStream(door.address);
    stream.write({ hello: HELLO });
    await once(stream, 'metadata');
    stream.pause();
    const guest = hub.guests.at(-1);
    assert(guest);
    const big = update({ models: [wireModel({ versions: [wireVersion({ reportJson: 'r'.repeat(100_000) })] })] });
    let sent = 0;
    // It hears nothing of its end, since it does not read; the hub does.
    while (guest.connected && sent < 1000) {
      guest.send(big);
      sent += 1;
      if (sent % 20 === 0) await new Promise(setImmediate);
    }
    assert.equal(guest.connected, false);
    assert(sent < 100, `${sent} updates were kept`);
    assert.equal((await endOf(stream)).code, status.RESOURCE_EXHAUSTED);
  });

  it('the honest one is served all along', async () => {
    const before = honest.updates.length;
    hub.guests[0]?.send(update({ revision: 99 }));
    await honest.when(() => honest.updates.length > before);
    assert.equal(honest.updates.at(-1)?.revision, 99);
  });
});

describe('the socket of the control door', () => {
  const path = (): string => join(directory, 'one.sock');

  it('is for this user alone, and goes with the door', async () => {
    const { door } = await openDoor(new FakeHub(), { address: `unix:${path()}` });
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    door.close();
    await assert.rejects(stat(path()), { code: 'ENOENT' });
  });

  it('one that is in use is an error', async () => {
    const { door } = await openDoor(new FakeHub(), { address: `unix:${path()}` });
    const error = await openDoor(new FakeHub(), { address: `unix:${path()}` }).catch((caught: unknown) => caught);
    assert(error instanceof ServerError);
    assert.match(error.message, /one\.sock: another process listens there; stop it or choose another path$/);
    door.close();
  });

  it('another file in its place is left alone', async () => {
    await writeFile(path(), 'precious');
    await assert.rejects(openDoor(new FakeHub(), { address: `unix:${path()}` }), /another file is there/);
    assert.equal((await stat(path())).size, 8);
    await rm(path());
  });

  it('a path that the kernel does not take, and a directory that is not there, are told', async () => {
    const long = join(directory, 'x'.repeat(120));
    await assert.rejects(openDoor(new FakeHub(), { address: `unix:${long}` }), /at most 107 are possible/);
    const nowhere = join(directory, 'no', 'x.sock');
    await assert.rejects(openDoor(new FakeHub(), { address: `unix:${nowhere}` }), /directory does not exist/);
    await assert.rejects(openDoor(new FakeHub(), { address: 'nonsense' }), /give unix:PATH or host:port/);
  });

  it('one that a dead process left is replaced', async () => {
    await leaveSocket(path());
    const { door } = await openDoor(new FakeHub(), { address: `unix:${path()}` });
    const { client, connections, when } = openClient(door.address);
    await when(() => connections.length === 1);
    assert.deepEqual(connections, [[true, '']]);
    client.close();
    door.close();
  });

  it('connections beyond the limit are hung up on', async () => {
    const hub = new FakeHub();
    const { door } = await openDoor(hub, { maxConnections: 1 });
    const first = openClient(door.address);
    await first.when(() => first.connections.length === 1);
    const second = openClient(door.address);
    await second.when(() => second.connections.length === 1);
    assert.equal(second.connections[0]?.[0], false);
    assert.equal(hub.guests.length, 1);
    first.client.close();
    await second.when(() => second.connections.at(-1)?.[0] === true);
    second.client.close();
    door.close();
  });
});

/** A socket file on which nobody listens, as after kill -9. */
async function leaveSocket(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
  const child = execFile(process.execPath, ['-e', program]);
  await once(child, 'exit');
  assert((await stat(path)).isSocket());
}

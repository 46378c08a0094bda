/** The Admin port and its gate over real sockets: no method is reached without an identity that may call it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { Role } from '../../../src/access/role.ts';
import { createToken } from '../../../src/admin/create-token.ts';
import { revokeToken } from '../../../src/admin/revoke-token.ts';
import { formatAddress } from '../../../src/config/address.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';
import { AdminDoor } from '../../../src/transport/lean/admin-door.ts';
import { accessService } from '../../../src/transport/services/admin/access-service.ts';
import type { AdminServices } from '../../../src/transport/services/admin/admin-services.ts';
import { trafficService } from '../../../src/transport/services/admin/traffic-service.ts';
import { openScene, order } from '../../support/admin-scene.ts';
import { openAccess } from '../../support/open-gate.ts';

const PATHS = Object.values(loadAdminSchema().sluice.admin.v1)
  .flatMap((entry) => ('service' in entry ? Object.values(entry.service) : []))
  .map(({ path }) => path);

/** Services of which each function says only that it was reached. */
function reachable(reached: string[], real: Partial<AdminServices>): AdminServices {
  const service = new Proxy(
    {},
    {
      get: () => (_request: unknown, call: { readonly method: string }) => {
        reached.push(call.method);
        return Promise.resolve({});
      },
    },
  );
  const get = (own: object, name: string): unknown => Reflect.get(own, name) ?? service;
  return new Proxy(real, { get }) as AdminServices;
}

async function open({ real = false } = {}) {
  const scene = await openScene();
  const { access, guard, refusals } = await openAccess({ store: scene.store, now: scene.context.now });
  const context = { ...scene.context, access };
  const reached: string[] = [];
  const own = real ? { traffic: trafficService(context), access: accessService(context) } : {};
  const door = await AdminDoor.open({
    address: { host: '127.0.0.1', port: 0 },
    tls: undefined,
    services: reachable(reached, own),
    guard,
    health: { predictServing: () => true, onChange: () => () => undefined },
    reflection: true,
    hooks: { recordRpc: () => undefined, recordLimit: () => undefined, reportFault: () => undefined },
  });
  const client = new Client(formatAddress(door.address), credentials.createInsecure());
  const make = async (name: string, role: Role, models: readonly string[] = []) => {
    const input = { name, role, models, lifetimeMs: undefined, requestsPerSecond: 0, burst: 0 };
    return await createToken(context, input, order());
  };
  return {
    ...scene,
    context,
    reached,
    refusals,
    client,
    make,
    call: (path: string, metadata: Metadata, message: Buffer = Buffer.alloc(0)) =>
      call(client, path, metadata, message),
    [Symbol.asyncDispose]: async () => {
      client.close();
      door.close();
      await access.close();
      await scene[Symbol.asyncDispose]();
    },
  };
}

/** The status of a call with one message, whatever the method's kind. */
function call(client: Client, path: string, metadata: Metadata, message: Buffer): Promise<ServiceError | undefined> {
  return new Promise((resolve) => {
    const stream = client.makeBidiStreamRequest(path, asItIs, asItIs, metadata, { deadline: Date.now() + 30_000 });
    stream.on('data', () => undefined);
    stream.on('error', (error) => {
      resolve(error as ServiceError);
    });
    stream.on('end', () => {
      resolve(undefined);
    });
    stream.write(message);
    stream.end();
  });
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

function bearing(secret: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${secret}`);
  return metadata;
}

it('no method is reached without a token, once there is one; health and reflection are', async () => {
  await using scene = await open();
  await scene.make('root', 'admin');
  for (const path of PATHS) {
    const error = await scene.call(path, new Metadata());
    assert.equal(error?.code, status.UNAUTHENTICATED, path);
  }
  assert.deepEqual(scene.reached, []);
  assert.equal(await scene.call('/grpc.health.v1.Health/Check', new Metadata()), undefined);
  assert.equal(
    await scene.call('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', new Metadata()),
    undefined,
  );
});

it('a caller’s token reaches nothing on this port but who it is', async () => {
  await using scene = await open();
  await scene.make('root', 'admin');
  const { secret } = await scene.make('shop', 'caller');
  for (const path of PATHS) await scene.call(path, bearing(secret));
  assert.deepEqual(scene.reached, ['sluice.admin.v1.Access/WhoAmI']);
});

it('an admin reaches every method', async () => {
  await using scene = await open();
  const { secret } = await scene.make('root', 'admin');
  for (const path of PATHS) await scene.call(path, bearing(secret));
  assert.deepEqual(scene.reached.toSorted(), PATHS.map((path) => path.slice(1)).toSorted());
});

it('the audit log has the token’s name, whatever x-sluice-actor says', async () => {
  await using scene = await open({ real: true });
  await scene.register('1');
  await scene.register('2');
  const { secret } = await scene.make('ann', 'admin');
  const metadata = bearing(secret);
  metadata.set('x-sluice-actor', 'bob');
  const { requestSerialize } = loadAdminSchema().sluice.admin.v1.Traffic.service.SwitchTraffic;
  const message = requestSerialize({ model: 'iris', version: '2' });
  assert.equal(await scene.call('/sluice.admin.v1.Traffic/SwitchTraffic', metadata, message), undefined);
  const [event] = await scene.store.events({}, { limit: 1 });
  assert.deepEqual([event?.kind, event?.actor], ['traffic.switched', 'ann']);
});

it('a watch ends when the token that opened it is revoked', async () => {
  await using scene = await open({ real: true });
  await scene.register('1');
  await scene.make('root', 'admin');
  const { token, secret } = await scene.make('eye', 'viewer', ['iris']);
  const { path, requestSerialize } = loadAdminSchema().sluice.admin.v1.Traffic.service.WatchTraffic;
  const stream = scene.client.makeServerStreamRequest(
    ...([path, requestSerialize, asItIs, { model: 'iris' }, bearing(secret)] as const),
  );
  const ended = new Promise<ServiceError>((resolve) => {
    stream.on('error', (error) => {
      resolve(error as ServiceError);
    });
  });
  await new Promise((resolve) => stream.once('data', resolve));
  await revokeToken(scene.context, { id: token.id }, order());
  assert.equal((await ended).code, status.UNAUTHENTICATED);
});

it('hostile metadata lets nobody in and is answered', async () => {
  await using scene = await open();
  const { secret } = await scene.make('root', 'admin');
  const path = '/sluice.admin.v1.Traffic/GetTraffic';
  const many = new Metadata();
  for (let at = 0; at < 100; at += 1) many.add(`authorization-${String(at)}`, `Bearer ${secret}`);
  const long = new Metadata();
  long.set('authorization', `Bearer ${secret}${'x'.repeat(7000)}`);
  const other = new Metadata();
  other.set('proxy-authorization', `Bearer ${secret}`);
  other.set('token', secret);
  for (const metadata of [many, long, other]) {
    const error = await scene.call(path, metadata);
    assert.equal(error?.code, status.UNAUTHENTICATED);
    assert(!error.message.includes(secret.slice(-43)));
  }
  const huge = new Metadata();
  huge.set('authorization', `Bearer ${'x'.repeat(60_000)}`);
  assert((await scene.call(path, huge)) !== undefined);
  assert.deepEqual(scene.reached, []);
  assert.equal(await scene.call(path, bearing(secret)), undefined, 'honest callers are let in all the while');
});

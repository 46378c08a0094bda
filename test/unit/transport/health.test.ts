/** grpc.health.v1 follows the catalog, and tells watchers of the end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, makeClientConstructor, status } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import {
  failure,
  type FakeDoor,
  fakeVersion,
  once,
  openFakeDoor,
  SOME_MODELS,
  TRANSPORTS,
} from '../../support/fake-door.ts';

const HealthClient = makeClientConstructor(service, 'Health');

it('tells apart whether the admin process is there and whether calls are answered', async () => {
  const link = { connected: true, tell: (): void => undefined };
  const control = {
    connected: () => link.connected,
    onChange: (listener: () => void) => {
      link.tell = listener;
      return () => undefined;
    },
  };
  const fake = await openFakeDoor({ control });
  const client = new HealthClient(fake.target, credentials.createInsecure());
  const statusOf = async (name: string): Promise<string> =>
    (await once<{ status: string }>((done) => client.check?.({ service: name }, done))).status;
  assert.equal(await statusOf('sluice.control.v1.ControlPlane'), 'SERVING');
  link.connected = false;
  link.tell();
  assert.equal(await statusOf('sluice.control.v1.ControlPlane'), 'NOT_SERVING');
  assert.equal(await statusOf(''), 'SERVING');
  client.close();
  fake.door.close();
});

for (const transport of TRANSPORTS) {
  describe(`health on ${transport}`, () => {
    let fake: FakeDoor;
    let client: InstanceType<typeof HealthClient>;

    before(async () => {
      fake = await openFakeDoor({ transport });
      client = new HealthClient(fake.target, credentials.createInsecure());
    });

    after(() => {
      client.close();
      fake.door.close();
    });

    const check = async (name: string): Promise<string> => {
      const reply = await once<{ status: string }>((done) => client.check?.({ service: name }, done));
      return reply.status;
    };

    it('knows the server, the services and each model', async () => {
      for (const name of ['', 'sluice.v1.PredictService', 'inference.GRPCInferenceService', 'iris', 'simple']) {
        assert.equal(await check(name), 'SERVING', name);
      }
      assert.equal((await failure(check('nope'))).code, status.NOT_FOUND);
      const { statuses } = await once<{ statuses: Record<string, unknown> }>((done) => client.list?.({}, done));
      assert.deepEqual(Object.keys(statuses).length, 6);
    });

    it('a model without a ready version, or that has gone, is not serving', async () => {
      fake.catalog.replace([fakeVersion({ model: 'iris', state: 'failed' })]);
      assert.equal(await check('iris'), 'NOT_SERVING');
      assert.equal(await check('simple'), 'NOT_SERVING');
      assert.equal(await check(''), 'SERVING');
      fake.catalog.replace(SOME_MODELS, false);
      assert.equal(await check(''), 'NOT_SERVING');
      assert.equal(await check('iris'), 'SERVING');
      fake.catalog.replace(SOME_MODELS);
    });

    it('a watcher sees each change once, then the end, and does not hold up the drain', async () => {
      const { Watch } = service;
      assert(Watch);
      const { path, requestSerialize, responseDeserialize } = Watch;
      const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: '' });
      const seen: string[] = [];
      const first = Promise.withResolvers<undefined>();
      stream.on('data', (reply: { status: string }) => {
        seen.push(reply.status);
        first.resolve(undefined);
      });
      const ended = new Promise<number>((resolve) => {
        stream.on('error', (error: Error & { code?: number }) => {
          resolve(error.code ?? 0);
        });
      });
      await first.promise;
      fake.catalog.replace(SOME_MODELS);
      assert.equal(await fake.door.drain(10_000), true);
      assert.equal(await ended, status.UNAVAILABLE);
      assert.deepEqual(seen, ['SERVING', 'NOT_SERVING']);
    });
  });
}

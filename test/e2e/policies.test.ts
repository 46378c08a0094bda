import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { AdminClient } from '../support/admin-client.ts';
import type { TrafficMessage } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { TRANSPORTS } from '../support/fake-door.ts';
import { MODELS, Sluice } from '../support/sluice.ts';

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const WAIT_MS = 20_000;
const CALLS = 200;

interface Stats {
  readonly total: number;
  readonly ok: number;
  readonly dropped: number;
}

interface Comparison {
  readonly pairs: number;
  readonly skipped: Readonly<Record<string, number>>;
}

interface WhoServed {
  readonly epochs: readonly { readonly epoch: number; readonly version: string; readonly arm: string }[];
}

interface InferReply {
  readonly modelVersion: string;
  readonly parameters: Readonly<Record<string, { readonly stringParam?: string; readonly int64Param?: number }>>;
}

for (const transport of TRANSPORTS) {
  describe(`a traffic policy (${transport})`, () => {
    let server: Sluice;
    let admin: AdminClient;
    let client: SluiceClient;
    before(async () => {
      server = await Sluice.start({ transport, args: ['--hold-former=0'] });
      admin = new AdminClient(server.adminAddress);
      client = new SluiceClient(server.predictAddress);
    });
    after(async () => {
      admin.close();
      client.close();
      await server.stop();
    });

    async function put(policy: object): Promise<TrafficMessage> {
      const reply = await admin.call<TrafficMessage>('Traffic', 'SetTraffic', {
        model: 'iris',
        policy,
        waitMs: WAIT_MS,
      });
      assert.equal(reply.applied, true, JSON.stringify(reply.instances));
      return reply;
    }

    it('copies calls to a shadow, whose answers reach nobody and are counted apart', async () => {
      await put({ arms: [{ version: '1', weight: 10_000 }], shadows: [{ version: '2', share: 10_000 }] });
      for (let call = 0; call < CALLS; call += 1) {
        assert.equal((await client.predict({ model: 'iris', inputs: [FLOWER] })).version, '1');
      }
      // Not all are run where there is no time to compare them: those are counted as well.
      const toldOf = async (): Promise<number> => {
        const { pairs, skipped } = await admin.call<Comparison>('Shadows', 'GetComparison', { model: 'iris' });
        return Object.values(skipped).reduce((sum, count) => sum + count, pairs);
      };
      let told = 0;
      for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline && told < CALLS;) {
        await pause(100);
        // Before the first report there is none.
        told = await toldOf().catch(() => 0);
      }
      assert.equal(told, CALLS);
      const query = { model: 'iris', version: '2', role: 'shadow' };
      const shadow = await admin.call<Stats>('Monitor', 'GetStats', query);
      assert.ok(shadow.ok > 0 && shadow.ok === shadow.total && shadow.total <= CALLS, JSON.stringify(shadow));
      const live = await admin.call<Stats>('Monitor', 'GetStats', { model: 'iris', version: '2' });
      assert.equal(live.total, 0);
    });

    it('lets metadata decide before weights, and names the rule as the arm', async () => {
      const rules = [
        { name: 'testers', header: 'x-tenant', oneOf: { values: ['qa', 'staff'] }, version: '2' },
        { name: 'beta', header: 'x-client', prefix: 'beta-', version: '2' },
      ];
      await put({ arms: [{ version: '1', weight: 10_000, arm: 'stable' }], rules });
      const ask = async (headers: Record<string, string>): Promise<string> => {
        const metadata = new Metadata();
        for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
        const reply = await client.predict({ model: 'iris', inputs: [FLOWER] }, {}, metadata);
        return `${reply.version} ${reply.arm}`;
      };
      assert.equal(await ask({}), '1 stable');
      assert.equal(await ask({ 'x-tenant': 'qa' }), '2 rule:testers');
      assert.equal(await ask({ 'x-tenant': 'other' }), '1 stable');
      assert.equal(await ask({ 'x-client': 'beta-7' }), '2 rule:beta');
    });

    it('takes the routing key from a header that it names', async () => {
      const arms = [
        { version: '1', weight: 5000 },
        { version: '2', weight: 5000 },
      ];
      await put({ arms, routingKeyHeader: 'x-user' });
      for (const user of ['ann', 'bob', 'cy', 'dan', 'eve']) {
        const metadata = new Metadata();
        metadata.set('x-user', user);
        const byHeader = await client.predict({ model: 'iris', inputs: [FLOWER] }, {}, metadata);
        const byField = await client.predict({ model: 'iris', inputs: [FLOWER], routingKey: user });
        assert.equal(byHeader.version, byField.version, user);
      }
    });

    it('loads what an alias or an arm of weight 0 names, and says of others that they are not loaded', async () => {
      await admin.register({ model: 'iris', version: '7' }, { 'model.onnx': await model('2') });
      await admin.qualified('iris', '7');
      const named = { model: 'iris', version: '7', inputs: [FLOWER] };
      await assert.rejects(client.predict(named), {
        code: 14,
        details: /version 7 .*not loaded; give it traffic, an alias/,
      });
      await admin.call('Registry', 'SetAlias', { model: 'iris', alias: 'champion', version: '7' });
      const byAlias = { model: 'iris', version: 'alias:champion', inputs: [FLOWER] };
      await eventually(async () => assert.equal((await client.predict(byAlias)).version, '7'));
      await admin.call('Registry', 'DeleteAlias', { model: 'iris', alias: 'champion' });
      await eventually(() => assert.rejects(client.predict(byAlias), { code: 5, details: /champion/ }));
      await put({
        arms: [
          { version: '1', weight: 10_000 },
          { version: '7', weight: 0 },
        ],
      });
      await eventually(async () => assert.equal((await client.predict(named)).version, '7'));
    });

    it('tells users of the Open Inference Protocol who answered, in parameters', async () => {
      const arms = [
        { version: '1', weight: 5000, arm: 'a' },
        { version: '2', weight: 5000, arm: 'b' },
      ];
      const { epoch } = await put({ arms });
      const infer = async (key: string): Promise<InferReply> => {
        const values = Buffer.from(new Float32Array([5.1, 3.5, 1.4, 0.2]).buffer);
        const request = {
          modelName: 'iris',
          inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }],
          rawInputContents: [values],
          parameters: { routing_key: { stringParam: key } },
        };
        return (await client.call('inference.GRPCInferenceService', 'ModelInfer', request)) as InferReply;
      };
      for (const key of ['ann', 'bob', 'cy', 'dan']) {
        const { modelVersion, parameters } = await infer(key);
        const ours = await client.predict({ model: 'iris', inputs: [FLOWER], routingKey: key });
        assert.deepEqual(
          [modelVersion, parameters.epoch?.int64Param, parameters.arm?.stringParam],
          [ours.version, epoch.epoch, ours.arm],
        );
        const predictionId = parameters.prediction_id?.stringParam ?? '';
        const who = await admin.call<WhoServed>('Audit', 'WhoServed', { predictionId });
        assert.deepEqual([who.epochs[0]?.version, who.epochs[0]?.epoch], [modelVersion, epoch.epoch]);
        const forged = `${predictionId.slice(0, -1)}${predictionId.endsWith('A') ? 'B' : 'A'}`;
        await assert.rejects(admin.call('Audit', 'WhoServed', { predictionId: forged }), { code: 3 });
      }
    });

    it('is refused with a sentence where it cannot be followed', async () => {
      const set = (policy: object, more: object = {}): Promise<TrafficMessage> =>
        admin.call('Traffic', 'SetTraffic', { model: 'iris', policy, ...more });
      const all = { version: '1', weight: 10_000 };
      await assert.rejects(set({ arms: [{ version: '1', weight: 9999 }] }), { code: 3, details: /9,?999/ });
      await assert.rejects(set({ arms: [{ version: '99', weight: 10_000 }] }), { code: 5, details: /99/ });
      await assert.rejects(set({ arms: [all] }, { expectedEpoch: 1 }), { code: 10, details: /epoch/ });
      await assert.rejects(set({ arms: [all], failOverTo: '99' }), { code: 5, details: /99/ });
      const unknown = admin.call('Traffic', 'GetTraffic', { model: 'nobody' });
      await assert.rejects(unknown, { code: 5, details: /nobody/ });
    });
  });
}

function model(version: string): Promise<Buffer> {
  return readFile(join(MODELS, 'iris', version, 'model.onnx'));
}

/** What follows a change that nobody waited for. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (caught) {
      if (Date.now() > deadline) throw caught;
      await pause(50);
    }
  }
}

/** The end of a Predict port: nothing that was accepted is lost. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { ServerError } from '../../../src/domain/errors.ts';
import type { PredictReply__Output } from '../../../src/transport/gen/sluice/v1/PredictReply.ts';
import type { PredictStreamReply__Output } from '../../../src/transport/gen/sluice/v1/PredictStreamReply.ts';
import {
  failure,
  fakePredict,
  once,
  openFakeDoor,
  predictClient,
  type Transport,
  TRANSPORTS,
} from '../../support/fake-door.ts';

/** A door whose answers wait until they are let go. */
async function openGated(transport: Transport) {
  const gate = Promise.withResolvers<undefined>();
  const reached = Promise.withResolvers<undefined>();
  const fake = await openFakeDoor({
    transport,
    answer: async (request) => {
      reached.resolve(undefined);
      await gate.promise;
      return await fakePredict(request);
    },
  });
  return { fake, client: predictClient(fake.target), reached: reached.promise, letGo: gate.resolve };
}

for (const transport of TRANSPORTS) {
  it(`calls in flight are answered while the port drains (${transport})`, async () => {
    const { fake, client, reached, letGo } = await openGated(transport);
    const calls = Array.from({ length: 20 }, () =>
      once<PredictReply__Output>((done) => client.Predict({ model: 'iris' }, done)),
    );
    await reached;
    const drained = fake.door.drain(10_000);
    setTimeout(() => {
      letGo(undefined);
    }, 100);
    const replies = await Promise.all(calls);
    assert.deepEqual(new Set(replies.map(({ version }) => version)), new Set(['1']));
    assert.equal(await drained, true);
    client.close();
  });

  it(`what a stream has sent is answered, then it ends with UNAVAILABLE (${transport})`, async () => {
    const { fake, client, reached, letGo } = await openGated(transport);
    const stream = client.PredictStream();
    const ids: string[] = [];
    stream.on('data', (reply: PredictStreamReply__Output) => ids.push(reply.requestId));
    const ended = new Promise<number>((resolve) => {
      stream.on('error', (error: Error & { code?: number }) => {
        resolve(error.code ?? 0);
      });
    });
    stream.write({ model: 'iris', requestId: '1' });
    await reached;
    const drained = fake.door.drain(10_000);
    letGo(undefined);
    assert.equal(await ended, status.UNAVAILABLE);
    assert.deepEqual(ids, ['1']);
    assert.equal(await drained, true);
    assert.deepEqual(fake.rpcs, [['sluice.v1.PredictService/PredictStream', status.UNAVAILABLE]]);
    client.close();
  });

  it(`under load, no call that the server took is lost (${transport})`, async () => {
    const fake = await openFakeDoor({
      transport,
      answer: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return await fakePredict(request);
      },
    });
    const client = predictClient(fake.target);
    let answered = 0;
    const lost: string[] = [];
    let loading = true;
    const caller = async (): Promise<void> => {
      while (loading) {
        try {
          await once((done) => client.Predict({ model: 'iris' }, done));
          answered += 1;
        } catch (caught) {
          // Once the port is closed, new calls find nobody: that is no loss.
          const { message } = caught as Error;
          if (!/ECONNREFUSED|No connection established/.test(message)) lost.push(message);
          loading = false;
        }
      }
    };
    const callers = Promise.all(Array.from({ length: 50 }, caller));
    while (answered < 500) await new Promise(setImmediate);
    assert.equal(await fake.door.drain(10_000), true);
    loading = false;
    await callers;
    assert.deepEqual(lost, []);
    client.close();
  });

  it(`what overstays the grace is cut, and the drain says so (${transport})`, async () => {
    const { fake, client, reached } = await openGated(transport);
    const call = failure(once((done) => client.Predict({ model: 'iris' }, done)));
    await reached;
    assert.equal(await fake.door.drain(50), false);
    assert.notEqual((await call).code, status.OK);
    client.close();
  });

  it(`no connection is taken once the port has stopped accepting (${transport})`, async () => {
    const fake = await openFakeDoor({ transport });
    fake.door.stopAccepting();
    const refused = await new Promise((resolve) => {
      connect(fake.door.address.port, '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code);
      });
    });
    assert.equal(refused, 'ECONNREFUSED');
    fake.door.close();
  });

  it(`a port that is in use is told in a sentence (${transport})`, async () => {
    const fake = await openFakeDoor({ transport });
    await assert.rejects(openFakeDoor({ transport, address: fake.door.address }), (error) => {
      assert(error instanceof ServerError);
      assert.match(error.message, /^cannot listen on 127\.0\.0\.1:\d+: the port is in use/);
      return true;
    });
    fake.door.close();
  });

  it(`two ports that agree on it share an address (${transport})`, async () => {
    const first = await openFakeDoor({ transport, reusePort: true });
    const second = await openFakeDoor({ transport, reusePort: true, address: first.door.address });
    assert.deepEqual(second.door.address, first.door.address);
    first.door.close();
    second.door.close();
  });

  it(`a client that leaves at the same moment does not hold up the drain (${transport})`, async () => {
    for (let round = 0; round < 16; round += 1) {
      const fake = await openFakeDoor({ transport });
      const client = predictClient(fake.target);
      await once<PredictReply__Output>((done) => client.Predict({ model: 'iris' }, done));
      client.close();
      // A later moment of the client's leaving in each round.
      for (let turn = 0; turn < round % 8; turn += 1) await nextTurn();
      assert.equal(await fake.door.drain(10_000), true);
    }
  });
}

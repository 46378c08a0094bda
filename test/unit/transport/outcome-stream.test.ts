/** ReportOutcomeStream at the port: messages one at a time, one reply, and an end when the caller has gone. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { ReportedOutcome } from '../../../src/domain/experiment.ts';
import { outcomeService } from '../../../src/transport/services/outcome-service.ts';
import type { ReportOutcomesReply__Output } from '../../../src/transport/gen/sluice/v1/ReportOutcomesReply.ts';
import { openFakeDoor, schema, TRANSPORTS } from '../../support/fake-door.ts';
import { until } from '../../support/until.ts';

const METHOD = 'sluice.v1.OutcomeService/ReportOutcomeStream';
const OUTCOME = { predictionId: 'p', metric: 'm', value: 1 };

for (const transport of TRANSPORTS) {
  suite(`a stream of outcomes (${transport})`, () => {
    const open = async (keep: (outcomes: readonly ReportedOutcome[]) => Promise<void>) => {
      const outcomes = outcomeService(async (reported) => {
        await keep(reported);
        return { accepted: reported.length, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0, notes: [] };
      });
      const fake = await openFakeDoor({ transport, outcomes });
      const client = new schema.sluice.v1.OutcomeService(fake.target, credentials.createInsecure());
      const reply = Promise.withResolvers<ReportOutcomesReply__Output>();
      const stream = client.ReportOutcomeStream((error: ServiceError | null, got?: ReportOutcomesReply__Output) => {
        if (error !== null || got === undefined) reply.reject(error ?? new Error('no reply'));
        else reply.resolve(got);
      });
      const close = (): void => {
        client.close();
        fake.door.close();
      };
      return { fake, stream, reply: reply.promise, [Symbol.dispose]: close };
    };

    test('is kept one message after the other, and answered once', async () => {
      let atWork = 0;
      const sizes: number[] = [];
      using lab = await open(async ({ length }) => {
        atWork += 1;
        assert.equal(atWork, 1);
        await new Promise((resolve) => setImmediate(resolve));
        atWork -= 1;
        sizes.push(length);
      });
      for (const count of [1, 2, 3]) lab.stream.write({ outcomes: Array.from({ length: count }, () => OUTCOME) });
      lab.stream.end();
      assert.equal(Number((await lab.reply).accepted), 6);
      assert.deepEqual(sizes, [1, 2, 3]);
      await until(() => lab.fake.rpcs.length > 0);
      assert.deepEqual(lab.fake.rpcs, [[METHOD, status.OK]]);
    });

    // grpc-js tells a cancelled stream from one that has ended too late: there it is answered, to nobody.
    test('is over when its caller has gone, and counted as cancelled', { skip: transport === 'grpc-js' }, async () => {
      let kept = 0;
      using lab = await open(async () => {
        kept += 1;
        await Promise.resolve();
      });
      lab.stream.write({ outcomes: [OUTCOME] });
      await until(() => kept === 1);
      lab.stream.cancel();
      await assert.rejects(lab.reply, { code: status.CANCELLED });
      await until(() => lab.fake.rpcs.length > 0);
      assert.deepEqual(lab.fake.rpcs, [[METHOD, status.CANCELLED]]);
    });
  });
}

/** ReportOutcomeStream at the port: messages one at a time, one reply, and an end when the caller has gone. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { credentials, status } from '@grpc/grpc-js';
import type { ReportedOutcome } from '../../../src/domain/experiment.ts';
import { outcomeService } from '../../../src/transport/services/outcome-service.ts';
import type { ReportOutcomesReply__Output } from '../../../src/transport/gen/sluice/v1/ReportOutcomesReply.ts';
import { once, openFakeDoor, schema, TRANSPORTS } from '../../support/fake-door.ts';
import { data, grpcMessage, openCall, RawH2, rstStream } from '../../support/raw-h2.ts';
import { until } from '../../support/until.ts';

const METHOD = 'sluice.v1.OutcomeService/ReportOutcomeStream';
const method = schema.sluice.v1.OutcomeService.service.ReportOutcomeStream;
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
      const close = (): void => {
        client.close();
        fake.door.close();
      };
      return { fake, client, [Symbol.dispose]: close };
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
      const reply = await once<ReportOutcomesReply__Output>((done) => {
        const stream = lab.client.ReportOutcomeStream(done);
        for (const count of [1, 2, 3]) stream.write({ outcomes: Array.from({ length: count }, () => OUTCOME) });
        stream.end();
      });
      assert.equal(Number(reply.accepted), 6);
      assert.deepEqual(sizes, [1, 2, 3]);
      await until(() => lab.fake.rpcs.length > 0);
      assert.deepEqual(lab.fake.rpcs, [[METHOD, status.OK]]);
    });

    test('is over when its caller has gone, and counted as cancelled', async () => {
      let kept = 0;
      using lab = await open(async () => {
        kept += 1;
        await Promise.resolve();
      });
      // grpc-js's client ends the stream before it cancels it.
      using raw = await RawH2.greet(lab.fake.door.address.port);
      const message = method.requestSerialize({ outcomes: [OUTCOME] });
      raw.write(Buffer.concat([openCall(1, method.path), data(1, grpcMessage(message))]));
      await until(() => kept === 1);
      raw.write(rstStream(1));
      await until(() => lab.fake.rpcs.length > 0);
      assert.deepEqual(lab.fake.rpcs, [[METHOD, status.CANCELLED]]);
    });
  });
}

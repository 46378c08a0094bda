/** Outcomes at the data port: what is handed on, what is not, and what a stream adds up to. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { OutcomeReceipt, ReportedOutcome } from '../../../src/domain/experiment.ts';
import { ServerError } from '../../../src/domain/errors.ts';
import type { Call } from '../../../src/transport/call.ts';
import type { LongCall } from '../../../src/transport/long-call.ts';
import type { Outcome__Output as OutcomeIn } from '../../../src/transport/gen/sluice/v1/Outcome.ts';
import { outcomeService } from '../../../src/transport/services/outcome-service.ts';

const CALL = {} as Call & LongCall;

function wire(over: Partial<OutcomeIn> = {}): OutcomeIn {
  const text = { predictionId: 'p', experiment: '', routingKey: '', metric: 'm', id: '' };
  return { ...text, value: 1, denominator: 0, at: null, ...over };
}

function many(count: number): OutcomeIn[] {
  return Array.from({ length: count }, () => wire());
}

function receipt(over: Partial<OutcomeReceipt>): OutcomeReceipt {
  return { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0, notes: [], ...over };
}

async function* inTurn<T>(...messages: readonly T[]): AsyncGenerator<T> {
  for (const message of messages) yield await Promise.resolve(message);
}

suite('reporting outcomes', () => {
  test('hands them on as they are, and answers with the receipt', async () => {
    const kept: ReportedOutcome[] = [];
    const { reportOutcomes } = outcomeService((outcomes) => {
      kept.push(...outcomes);
      return Promise.resolve(receipt({ accepted: 1, late: 1, notes: ['late'] }));
    });
    const at = { seconds: { low: 5, high: 0 }, nanos: 250_000_000 } as unknown as OutcomeIn['at'];
    const outcomes = [
      wire(),
      wire({ predictionId: '', experiment: 'e', routingKey: 'k', value: -2, denominator: 3, at, id: 'i' }),
    ];
    assert.deepEqual(await reportOutcomes({ outcomes }, CALL), receipt({ accepted: 1, late: 1, notes: ['late'] }));
    const none = { predictionId: '', experiment: '', routingKey: '', metric: 'm', id: '', denominator: 0, at: 0 };
    assert.deepEqual(kept, [
      { ...none, predictionId: 'p', value: 1 },
      { ...none, experiment: 'e', routingKey: 'k', value: -2, denominator: 3, at: 5250, id: 'i' },
    ]);
  });

  test('is refused without a registry, and for more than 1,000 of them', async () => {
    const { reportOutcomes } = outcomeService(undefined);
    await assert.rejects(async () => reportOutcomes({ outcomes: many(1) }, CALL), {
      code: 'failed_precondition',
      message: /no registry/,
    });
    const service = outcomeService((outcomes) => Promise.resolve(receipt({ accepted: outcomes.length })));
    await assert.rejects(async () => service.reportOutcomes({ outcomes: many(1001) }, CALL), {
      code: 'invalid_argument',
      message: /1001 outcomes in one message; send 1000 at most/,
    });
    assert.deepEqual(await service.reportOutcomes({ outcomes: many(1000) }, CALL), receipt({ accepted: 1000 }));
  });

  test('names the outcome whose time is none', async () => {
    const service = outcomeService(() => Promise.resolve(receipt({})));
    const at = { seconds: { low: 0, high: 0 }, nanos: -1 } as unknown as OutcomeIn['at'];
    await assert.rejects(async () => service.reportOutcomes({ outcomes: [wire(), wire({ at })] }, CALL), {
      code: 'invalid_argument',
      message: /outcomes\[1\]\.at has -1 nanos/,
    });
  });
});

suite('a stream of outcomes', () => {
  test('is answered once, with what all of it came to and the first ten notes', async () => {
    let messages = 0;
    const { reportOutcomeStream } = outcomeService(({ length }) => {
      messages += 1;
      const notes = Array.from({ length: 6 }, (_, note) => `${messages}.${note}`);
      return Promise.resolve(receipt({ accepted: length - 6, unknown: 4, duplicate: 2, notes }));
    });
    const stream = inTurn({ outcomes: many(10) }, { outcomes: many(20) }, { outcomes: many(30) });
    const reply = await reportOutcomeStream(stream, CALL);
    assert.deepEqual(
      { ...reply, notes: reply.notes?.length },
      { ...receipt({ accepted: 42, unknown: 12, duplicate: 6 }), notes: 10 },
    );
    assert.deepEqual(await reportOutcomeStream(inTurn(), CALL), receipt({}));
  });

  test('ends at the first message that cannot be kept', async () => {
    let kept = 0;
    const { reportOutcomeStream } = outcomeService(() => {
      kept += 1;
      if (kept < 2) return Promise.resolve(receipt({ accepted: 1 }));
      return Promise.reject(new ServerError('unavailable', 'the registry cannot be reached'));
    });
    const messages = [1, 2, 3].map(() => ({ outcomes: many(1) }));
    await assert.rejects(reportOutcomeStream(inTurn(...messages), CALL), { code: 'unavailable' });
    assert.equal(kept, 2);
  });

  test('whoever may use some models only proves by prediction ids that it was them', async () => {
    const { reportOutcomes, reportOutcomeStream } = outcomeService(() => Promise.resolve(receipt({ accepted: 1 })));
    const caller = { name: 'shop', role: 'caller', models: ['iris'], tokenId: 't' } as const;
    const call = { ...CALL, caller };
    const keyed = { outcomes: [wire(), wire({ predictionId: '', experiment: 'e', routingKey: 'k' })] };
    await assert.rejects(async () => reportOutcomes(keyed, call), { code: 'permission_denied' });
    await assert.rejects(reportOutcomeStream(inTurn(keyed), call), { code: 'permission_denied' });
    await reportOutcomes({ outcomes: [wire()] }, call);
    await reportOutcomes(keyed, { ...call, caller: { ...caller, models: [] } });
  });
});

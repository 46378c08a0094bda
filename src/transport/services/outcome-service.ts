/** sluice.v1.OutcomeService: hands outcomes on to whoever keeps them. */
import { ServerError } from '../../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../../domain/experiment.ts';
import type { Call, Handler } from '../call.ts';
import { formatReceipt, parseOutcome } from '../codec/outcome-codec.ts';
import type { ReportOutcomesReply } from '../gen/sluice/v1/ReportOutcomesReply.ts';
import type { ReportOutcomesRequest__Output as ReportOutcomesRequest } from '../gen/sluice/v1/ReportOutcomesRequest.ts';
import type { ClientStreamHandler } from '../long-call.ts';

/** Resolves once they are stored. */
export type KeepOutcomes = (outcomes: readonly ReportedOutcome[]) => Promise<OutcomeReceipt>;

export interface OutcomeService {
  readonly reportOutcomes: Handler<ReportOutcomesRequest, ReportOutcomesReply>;
  readonly reportOutcomeStream: ClientStreamHandler<ReportOutcomesRequest, ReportOutcomesReply>;
}

const MAX_OUTCOMES = 1000;
const MAX_NOTES = 10;
const COUNTS = ['accepted', 'duplicate', 'forged', 'late', 'unknown', 'invalid'] as const;

/** @param keep undefined where there is no registry. */
export function outcomeService(keep: KeepOutcomes | undefined): OutcomeService {
  const report = async ({ outcomes }: ReportOutcomesRequest, call: Call): Promise<OutcomeReceipt> => {
    if (keep === undefined) {
      const message = 'this server has no registry to keep outcomes in; start it with an admin process';
      throw new ServerError('failed_precondition', message);
    }
    if (outcomes.length > MAX_OUTCOMES) {
      const message = `${outcomes.length} outcomes in one message; send ${MAX_OUTCOMES} at most, or a stream of them`;
      throw new ServerError('invalid_argument', message);
    }
    const parsed = outcomes.map(parseOutcome);
    checkProven(parsed, call);
    return await keep(parsed);
  };
  return {
    reportOutcomes: async (request, call) => formatReceipt(await report(request, call)),
    reportOutcomeStream: async (messages, call) => {
      const sum = { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0 };
      const notes: string[] = [];
      for await (const message of messages) {
        const receipt = await report(message, call);
        for (const name of COUNTS) sum[name] += receipt[name];
        notes.push(...receipt.notes.slice(0, MAX_NOTES - notes.length));
      }
      return formatReceipt({ ...sum, notes });
    },
  };
}

/** A prediction id is signed: who has one was answered by the model. A routing key could be of any model. */
function checkProven(outcomes: readonly ReportedOutcome[], { caller }: Call): void {
  if (caller === undefined || caller.models.length === 0) return;
  if (outcomes.every(({ predictionId }) => predictionId !== '')) return;
  const message = `"${caller.name}" is for some models only and may report outcomes by prediction_id, not by routing_key`;
  throw new ServerError('permission_denied', message);
}

/** sluice.v1.OutcomeService: hands outcomes on to whoever keeps them. */
import { ServerError } from '../../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../../domain/experiment.ts';
import type { Handler } from '../call.ts';
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
  const report = async ({ outcomes }: ReportOutcomesRequest): Promise<OutcomeReceipt> => {
    if (keep === undefined) {
      const message = 'this server has no registry to keep outcomes in; start it with an admin process';
      throw new ServerError('failed_precondition', message);
    }
    if (outcomes.length > MAX_OUTCOMES) {
      const message = `${outcomes.length} outcomes in one message; send ${MAX_OUTCOMES} at most, or a stream of them`;
      throw new ServerError('invalid_argument', message);
    }
    return await keep(outcomes.map(parseOutcome));
  };
  return {
    reportOutcomes: async (request) => formatReceipt(await report(request)),
    reportOutcomeStream: async (messages) => {
      const sum = { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0 };
      const notes: string[] = [];
      for await (const message of messages) {
        const receipt = await report(message);
        for (const name of COUNTS) sum[name] += receipt[name];
        notes.push(...receipt.notes.slice(0, MAX_NOTES - notes.length));
      }
      return formatReceipt({ ...sum, notes });
    },
  };
}

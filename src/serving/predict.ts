/** One request from acceptance to answer: the request line. */
import { ServerError, toServerError } from '../domain/errors.ts';
import type { PredictReply, PredictRequest } from '../domain/predict.ts';
import type { Router } from '../routing/router.ts';
import type { Outcome, Tracing } from '../domain/tracing.ts';
import type { Answer, VersionRunner } from '../runtime/version-runner.ts';
import { arrangeInputs, checkOutputs } from './arrange-inputs.ts';

export interface PredictOptions {
  readonly router: Router<VersionRunner>;
  readonly now: () => number;
  readonly tracing: Tracing;
}

export type Predict = (request: PredictRequest) => Promise<PredictReply>;

/** Rejects with a ServerError, whatever went wrong. */
export function createPredict({ router, now, tracing }: PredictOptions): Predict {
  return async (request) => {
    const trace = tracing.request(request);
    let runner: VersionRunner | undefined;
    let answer: Answer | undefined;
    let outcome: Outcome = 'ok';
    try {
      // From here to enqueue nothing waits, so the version cannot be drained in between: no lease is needed.
      runner = router.route(request);
      const { model, version } = runner.spec;
      if (request.deadline <= now()) throw new ServerError('deadline_exceeded', 'the deadline had passed on arrival');
      checkOutputs(runner.signature, request.outputs, model);
      const { inputs, rows, group } = arrangeInputs(runner, request.inputs);
      const { outputs, deadline, signal } = request;
      answer = await runner.enqueue({ inputs, rows, group, outputs, deadline, signal, trace });
      return { model, version, outputs: answer.outputs, timings: answer.timings };
    } catch (caught) {
      const error = toServerError(caught);
      outcome = error.code;
      throw error;
    } finally {
      const endedAt = now();
      runner?.stats.recordRequest(outcome, endedAt - request.receivedAt);
      const version = runner?.spec.version ?? '';
      trace?.finish({ version, outcome, endedAt, timings: answer?.timings, batch: answer?.batch });
    }
  };
}

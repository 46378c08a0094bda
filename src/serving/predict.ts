/** One request from acceptance to answer: the request line. */
import { ServerError, toServerError } from '../domain/errors.ts';
import type { PredictReply, PredictRequest } from '../domain/predict.ts';
import type { Router } from '../routing/router.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { arrangeInputs, checkOutputs } from './arrange-inputs.ts';

/** What is told about a request when it has ended; for traces. */
export interface Finished {
  readonly request: PredictRequest;
  readonly runner: VersionRunner;
  readonly reply: PredictReply | undefined;
  readonly error: ServerError | undefined;
}

export interface PredictOptions {
  readonly router: Router<VersionRunner>;
  readonly now: () => number;
  readonly onFinished: (finished: Finished) => void;
}

export type Predict = (request: PredictRequest) => Promise<PredictReply>;

/** Rejects with a ServerError, whatever went wrong. */
export function createPredict({ router, now, onFinished }: PredictOptions): Predict {
  return async (request) => {
    // From here to enqueue nothing waits, so the version cannot be drained in between: no lease is needed.
    const runner = router.route(request);
    const { model, version } = runner.spec;
    let reply: PredictReply | undefined;
    let error: ServerError | undefined;
    try {
      if (request.deadline <= now()) throw new ServerError('deadline_exceeded', 'the deadline had passed on arrival');
      checkOutputs(runner.signature, request.outputs, model);
      const call = arrangeInputs({ model, signature: runner.signature, ...limitsOf(runner) }, request.inputs);
      const { outputs, deadline, signal } = request;
      const answer = await runner.enqueue({ ...call, outputs, deadline, signal });
      reply = { model, version, outputs: answer.outputs, timings: answer.timings };
      return reply;
    } catch (caught) {
      error = toServerError(caught);
      throw error;
    } finally {
      runner.stats.recordRequest(error?.code ?? 'ok', now() - request.receivedAt);
      onFinished({ request, runner, reply, error });
    }
  };
}

function limitsOf(runner: VersionRunner): { batchable: boolean; maxBatchRows: number } {
  return { batchable: runner.batchable, maxBatchRows: runner.maxBatchRows };
}

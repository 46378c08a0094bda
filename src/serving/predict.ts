/** One request from acceptance to answer: the request line. */
import { ServerError, toServerError } from '../domain/errors.ts';
import type { PredictReply, PredictRequest } from '../domain/predict.ts';
import { hashOf, unitOf } from '../routing/pick.ts';
import type { Choice, Router } from '../routing/router.ts';
import type { Outcome, RequestTrace, Tracing } from '../domain/tracing.ts';
import type { Answer, VersionRunner } from '../runtime/version-runner.ts';
import { arrangeInputs, checkOutputs } from './arrange-inputs.ts';
import type { ArmEvidence, ArmTicket } from '../monitor/arm-evidence.ts';
import type { DriftSampler } from './drift-sampler.ts';
import { mirror } from './mirror.ts';
import type { PredictionFacts } from './prediction-id.ts';
import type { Shadowing } from './shadowing.ts';

export interface PredictOptions {
  readonly router: Router<VersionRunner>;
  readonly now: () => number;
  readonly tracing: Tracing;
  /** Uniform in [0, 1): which calls are copied for shadows. */
  readonly random: () => number;
  readonly shadowing: Shadowing;
  readonly sampler: DriftSampler;
  readonly arms: ArmEvidence;
  /** The prediction id; '' without a registry. */
  readonly sign: (answered: Omit<PredictionFacts, 'at'>) => string;
}

export type Predict = (request: PredictRequest) => Promise<PredictReply>;

/** One version's try at a request. */
interface Attempt {
  readonly runner: VersionRunner;
  readonly request: PredictRequest;
  readonly trace: RequestTrace | undefined;
  /** From when on it is timed. */
  readonly since: number;
  readonly shadows: Choice<VersionRunner>['shadows'];
  /** Where chance decided for this version; undefined where it answers in place of another. */
  readonly choice: Choice<VersionRunner> | undefined;
}

const NO_SHADOWS: readonly never[] = [];

/** Rejects with a ServerError, whatever went wrong. */
export function createPredict(options: PredictOptions): Predict {
  const { router, now, tracing, sign } = options;
  const ask = createAsk(options);

  return async (request) => {
    const trace = tracing.request(request);
    let version = '';
    let answer: Answer | undefined;
    let outcome: Outcome = 'ok';
    try {
      // Until the version is asked nothing waits, so it cannot be drained in between: no lease is needed.
      const choice = router.route(request);
      const { target: runner, arm, epoch, slot, shadows, failOver, key } = choice;
      let failedOverFrom = '';
      version = runner.spec.version;
      try {
        answer = await ask({ runner, request, trace, since: request.receivedAt, shadows, choice });
      } catch (fault) {
        if (failOver === undefined || !mayFailOver(choice, request, fault, now())) throw fault;
        answer = await askInstead(
          { runner: failOver, request, trace, since: now(), shadows: NO_SHADOWS, choice: undefined },
          fault,
        );
        failedOverFrom = version;
        version = failOver.spec.version;
      }
      const { model } = request;
      const predictionId = sign({ model, version, arm, epoch, slot, unit: unitOf(key) });
      const { outputs, timings } = answer;
      return { model, version, outputs, timings, epoch, arm, predictionId, failedOverFrom };
    } catch (caught) {
      const error = toServerError(caught);
      outcome = error.code;
      throw error;
    } finally {
      trace?.finish({ version, outcome, endedAt: now(), timings: answer?.timings, batch: answer?.batch });
    }
  };

  /** The caller gets the first fault where the second version fails too: it is the one that the policy chose. */
  async function askInstead(attempt: Attempt, fault: unknown): Promise<Answer> {
    try {
      return await ask(attempt);
    } catch {
      throw fault;
    }
  }
}

/** Counts for the version that was asked. From the call to enqueue nothing waits. */
function createAsk({ now, random, shadowing, sampler, arms }: PredictOptions): (attempt: Attempt) => Promise<Answer> {
  return async ({ runner, request, trace, since, shadows, choice }) => {
    let outcome: Outcome = 'ok';
    let answer: Answer | undefined;
    const ticket = choice === undefined ? undefined : admit(arms, request.model, choice);
    try {
      if (request.deadline <= now()) throw new ServerError('deadline_exceeded', 'the deadline had passed on arrival');
      checkOutputs(runner.signature, request.outputs, request.model);
      const { inputs, rows, group } = arrangeInputs(runner, request.inputs);
      const { outputs, deadline, signal } = request;
      const answering = runner.enqueue({ inputs, rows, group, outputs, deadline, signal, trace });
      if (shadows.length > 0) {
        mirror(shadows, { inputs: request.inputs, live: runner, answering }, { random, shadowing });
      }
      answer = await answering;
      sampler.offer(runner, request, answer);
      return answer;
    } catch (caught) {
      const error = toServerError(caught);
      outcome = error.code;
      throw error;
    } finally {
      const ms = now() - since;
      runner.stats.recordRequest(outcome, ms);
      if (ticket !== undefined) {
        const run = answer === undefined ? undefined : { id: answer.run, computeMs: answer.timings.computeMs };
        arms.record(ticket, { outcome, ms, run });
      }
    }
  };
}

/** Calls are compared with their neighbours: they are told of before anything can become of them. */
function admit(
  arms: ArmEvidence,
  model: string,
  { evidence, epoch, arm, slot, isDrawn, key }: Choice<VersionRunner>,
): ArmTicket | undefined {
  if (evidence === 'none') return undefined;
  const keyHash = evidence === 'keyed' ? hashOf(key) : undefined;
  return arms.arrive({ model, epoch, arm, slot, isDrawn, keyHash });
}

/** Faults of the version or its overload, not of the request; and only while somebody waits for an answer. */
const COVERED: ReadonlySet<Outcome> = new Set<Outcome>(['internal', 'unavailable', 'resource_exhausted']);

function mayFailOver(
  { target, failOver }: Choice<VersionRunner>,
  { deadline, signal }: PredictRequest,
  fault: unknown,
  now: number,
): boolean {
  return failOver !== target && COVERED.has(toServerError(fault).code) && deadline > now && !signal.aborted;
}

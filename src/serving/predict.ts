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

interface Asking {
  readonly request: PredictRequest;
  readonly trace: RequestTrace | undefined;
}

/** One version's try at a request. */
interface Attempt {
  readonly runner: VersionRunner;
  /** From when on it is timed. */
  readonly since: number;
  /** undefined where no chance decided for this version. */
  readonly ticket: ArmTicket | undefined;
}

const NO_SHADOWS: readonly never[] = [];

/** Rejects with a ServerError, whatever went wrong. */
export function createPredict(options: PredictOptions): Predict {
  const { router, now, tracing, sign, arms } = options;
  const { ask, askInstead, answered, failed } = createAsk(options);

  return async (request) => {
    const trace = tracing.request(request);
    const { model } = request;
    let version = '';
    let answer: Answer | undefined;
    let outcome: Outcome = 'ok';
    try {
      // Until the version is asked nothing waits, so it cannot be drained in between: no lease is needed.
      const choice = router.route(request);
      const { target: runner, arm, epoch, slot, shadows, failOver, key } = choice;
      let failedOverFrom = '';
      version = runner.spec.version;
      const attempt = { runner, since: request.receivedAt, ticket: admit(arms, model, choice) };
      try {
        answer = await ask(runner, { request, trace, shadows });
        answered(attempt, request, answer);
      } catch (fault) {
        failed(attempt, fault);
        if (failOver === undefined || !mayFailOver(choice, request, fault, now())) throw fault;
        answer = await askInstead(failOver, { request, trace, fault });
        failedOverFrom = version;
        version = failOver.spec.version;
      }
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
}

interface Ask {
  readonly ask: (runner: VersionRunner, asking: Pick<Choice<VersionRunner>, 'shadows'> & Asking) => Promise<Answer>;
  readonly askInstead: (runner: VersionRunner, asking: { readonly fault: unknown } & Asking) => Promise<Answer>;
  readonly answered: (attempt: Attempt, request: PredictRequest, answer: Answer) => void;
  readonly failed: (attempt: Attempt, fault: unknown) => void;
}

/** One version's part of the line. */
function createAsk(options: PredictOptions): Ask {
  const { now, sampler, arms } = options;
  return { ask, askInstead, answered, failed };

  /** From the call to enqueue nothing waits. What is wrong with the request is thrown at once. */
  function ask(
    runner: VersionRunner,
    { request, trace, shadows }: Pick<Choice<VersionRunner>, 'shadows'> & Asking,
  ): Promise<Answer> {
    const { outputs, deadline, signal } = request;
    if (deadline <= now()) throw new ServerError('deadline_exceeded', 'the deadline had passed on arrival');
    checkOutputs(runner.signature, outputs, request.model);
    const { inputs, rows, group } = arrangeInputs(runner, request.inputs);
    const answering = runner.enqueue({ inputs, rows, group, outputs, deadline, signal, trace });
    if (shadows.length > 0) mirror(shadows, { inputs: request.inputs, live: runner, answering }, options);
    return answering;
  }

  /** The caller gets the first fault where the second version fails too: it is the one that the policy chose. */
  async function askInstead(
    runner: VersionRunner,
    { request, trace, fault }: { readonly fault: unknown } & Asking,
  ): Promise<Answer> {
    const attempt = { runner, since: now(), ticket: undefined };
    try {
      const answer = await ask(runner, { request, trace, shadows: NO_SHADOWS });
      answered(attempt, request, answer);
      return answer;
    } catch (caught) {
      failed(attempt, caught);
      throw fault;
    }
  }

  /** Counts for the version that was asked, as `failed` does. */
  function answered({ runner, since, ticket }: Attempt, request: PredictRequest, answer: Answer): void {
    sampler.offer(runner, request, answer);
    const ms = now() - since;
    runner.stats.recordRequest('ok', ms);
    if (ticket === undefined) return;
    arms.record(ticket, { outcome: 'ok', ms, run: { id: answer.run, computeMs: answer.timings.computeMs } });
  }

  function failed({ runner, since, ticket }: Attempt, fault: unknown): void {
    const outcome = toServerError(fault).code;
    const ms = now() - since;
    runner.stats.recordRequest(outcome, ms);
    if (ticket !== undefined) arms.record(ticket, { outcome, ms, run: undefined });
  }
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

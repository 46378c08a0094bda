/** Callers who keep to their rate, whatever the answers take, and who write down what came of each call. */
import { createHash } from 'node:crypto';
import type { ServiceError } from '@grpc/grpc-js';
import { SluiceClient } from '../support/client.ts';
import type { PredictReplyMessage } from '../support/client.ts';
import { Prng } from '../support/prng.ts';
import { LineWriter } from './lines.ts';
import type { Ask, CallLine, Patience } from './lines.ts';
import { OutcomeReporter } from './outcome-reporter.ts';
import { StallWatch } from './stalls.ts';
import type { Block, Datatype } from './tensors.ts';
import { questionsOf, WORKLOADS } from './workload.ts';
import type { Workload } from './workload.ts';

export interface CallersOptions {
  readonly address: string;
  readonly perSecond: number;
  readonly seed: number;
  /** Where the lines go. */
  readonly path: string;
}

export interface CallCounts {
  readonly calls: number;
  /** By what came of them: "ok", or the number of the gRPC status. */
  readonly byOutcome: Readonly<Record<string, number>>;
}

type Asked = Pick<CallLine, 'id' | 'at' | 'model' | 'question' | 'door' | 'patience' | 'ask' | 'named'>;
type Answer = Pick<CallLine, 'version' | 'epoch' | 'arm' | 'failedOverFrom' | 'echoed'> & {
  readonly outputs: readonly Block[];
  readonly predictionId: string;
};

interface InferReply {
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, { readonly stringParam?: string; readonly int64Param?: number }>>;
  readonly outputs: readonly { readonly name: string; readonly datatype: Datatype; readonly shape: number[] }[];
  readonly rawOutputContents: readonly Uint8Array[];
}

const CONNECTIONS = 6;
const TICK_MS = 4;
const MAX_IN_FLIGHT = 5000;
const PLAIN_DEADLINE_MS = 15_000;
const KEYS = 2000;
const UNANSWERED = { version: '', epoch: 0, arm: '', failedOverFrom: '', answer: '', echoed: false };
/** As a client that wants to be back soon after a restart. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 };

export class Callers {
  readonly #options: CallersOptions;
  readonly #random: Prng;
  readonly #questions: ReturnType<typeof questionsOf>;
  readonly #lines: LineWriter;
  readonly #clients: readonly SluiceClient[];
  readonly #outcomes: OutcomeReporter;
  readonly #flying = new Set<Promise<void>>();
  readonly #known = new Set<string>();
  readonly #byOutcome = new Map<string, number>();
  readonly #stalls: StallWatch;
  readonly #timer: NodeJS.Timeout;
  #made = 0;
  #left = 0;
  #dueMs = performance.now();

  constructor(options: CallersOptions) {
    this.#options = options;
    this.#random = new Prng(options.seed);
    this.#questions = questionsOf(options.seed);
    this.#lines = new LineWriter(options.path);
    this.#clients = Array.from({ length: CONNECTIONS }, () => new SluiceClient(options.address, RECONNECT));
    this.#outcomes = new OutcomeReporter(options.address, (line) => {
      this.#lines.write(line);
    });
    this.#stalls = new StallWatch((line) => {
      this.#lines.write(line);
    });
    this.#timer = setInterval(() => {
      // What fell due while this process stood still would come all at once: that is no load that anybody planned.
      if (this.#stalls.late) this.#dueMs = performance.now();
      for (; this.#dueMs <= performance.now(); this.#dueMs += this.#gapMs()) this.#makeOne();
    }, TICK_MS);
  }

  get counts(): CallCounts {
    return { calls: this.#made, byOutcome: Object.fromEntries(this.#byOutcome) };
  }

  /** Lets the calls in flight end. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stalls[Symbol.dispose]();
    await Promise.all(this.#flying);
    await this.#outcomes.close();
    for (const client of this.#clients) client.close();
    this.#lines.write({ kind: 'end', calls: this.#made, left: this.#left });
    await this.#lines.close();
  }

  /** Poisson arrivals. */
  #gapMs(): number {
    return (-Math.log(1 - this.#random.next()) * 1000) / this.#options.perSecond;
  }

  #makeOne(): void {
    const asked = this.#askOne();
    if (this.#flying.size >= MAX_IN_FLIGHT) {
      this.#left += 1;
      return;
    }
    this.#made += 1;
    const flying = this.#call(asked).finally(() => this.#flying.delete(flying));
    this.#flying.add(flying);
  }

  #askOne(): Asked {
    const random = (): number => this.#random.next();
    const workload = chosen(random());
    const dice = random();
    const ask: Ask = dice < 0.45 ? 'policy' : dice < 0.85 || !workload.named ? 'key' : 'version';
    const patienceDice = random();
    const patience: Patience = patienceDice < 0.92 ? 'plain' : patienceDice < 0.96 ? 'tight' : 'cancelled';
    const named = { policy: '', key: `key-${Math.floor(random() * KEYS)}`, version: nameOf(workload, random()) }[ask];
    const question = Math.floor(random() * (this.#questions.get(workload.model)?.length ?? 0));
    const door = random() < 0.7 ? 'predict' : 'infer';
    return { id: this.#made, at: Date.now(), model: workload.model, question, door, patience, ask, named };
  }

  async #call(asked: Asked): Promise<void> {
    const began = performance.now();
    let line: CallLine;
    try {
      const { outputs, predictionId, ...answer } = await this.#send(asked);
      const digest = digestOf(outputs);
      this.#keep(asked, digest, outputs);
      if (asked.patience === 'plain') this.#outcomes.add(answer.arm, predictionId);
      line = { kind: 'call', ...asked, ms: since(began), code: 0, details: '', ...answer, answer: digest };
    } catch (caught) {
      const { code, details } = caught as ServiceError;
      const status: unknown = code;
      // What is no ServiceError is the client's own fault, and is told as such.
      const failure = typeof status === 'number' ? { code: status, details } : { code: -1, details: String(caught) };
      line = { kind: 'call', ...asked, ms: since(began), ...failure, ...UNANSWERED };
    }
    const outcome = line.code === 0 ? 'ok' : String(line.code);
    this.#byOutcome.set(outcome, (this.#byOutcome.get(outcome) ?? 0) + 1);
    this.#lines.write(line);
  }

  async #send(asked: Asked): Promise<Answer> {
    const { id, model, question, door, patience, ask, named } = asked;
    const inputs = this.#questions.get(model)?.[question] ?? [];
    const client = this.#clients[id % CONNECTIONS]!;
    const deadlineMs = patience === 'tight' ? 2 + (id % 12) : PLAIN_DEADLINE_MS;
    const options = { deadline: Date.now() + deadlineMs };
    const cancelAfterMs = patience === 'cancelled' ? id % 7 : undefined;
    const version = ask === 'version' ? named : '';
    const key = ask === 'key' ? named : '';
    if (door === 'predict') {
      const request = { model, version, requestId: String(id), routingKey: key, inputs, rawOutputs: true };
      return fromPredict(await client.predict(request, options, undefined, cancelAfterMs), id);
    }
    const request = {
      ...{ modelName: model, modelVersion: version, id: String(id) },
      ...(key !== '' && { parameters: { routing_key: { stringParam: key } } }),
      inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
      rawInputContents: inputs.map(({ raw }) => raw),
    };
    const service = 'inference.GRPCInferenceService';
    return fromInfer(
      (await client.call(service, 'ModelInfer', request, options, undefined, cancelAfterMs)) as InferReply,
      id,
    );
  }

  #keep({ model, question }: Asked, answer: string, outputs: readonly Block[]): void {
    const name = `${model} ${question} ${answer}`;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const written = outputs.map((block) => ({ ...block, raw: Buffer.from(block.raw).toString('base64') }));
    this.#lines.write({ kind: 'answer', model, question, answer, outputs: written });
  }
}

function chosen(dice: number): Workload {
  let rest = dice;
  return WORKLOADS.find(({ share }) => (rest -= share) < 0) ?? WORKLOADS[0]!;
}

/** A version that is always loaded, or an alias of one. */
function nameOf({ versions }: Workload, dice: number): string {
  const names = [...Object.keys(versions), 'alias:champion'];
  return names[Math.floor(dice * names.length)] ?? '';
}

function fromPredict(reply: PredictReplyMessage, id: number): Answer {
  const { version, epoch, arm, failedOverFrom, predictionId } = reply;
  const outputs = reply.outputs.map(({ name, datatype, shape, raw }) => ({
    ...{ name, shape, raw },
    datatype: datatype as Datatype,
  }));
  return { version, epoch, arm, failedOverFrom, predictionId, outputs, echoed: reply.requestId === String(id) };
}

function fromInfer(reply: InferReply, id: number): Answer {
  const { modelVersion, parameters, outputs, rawOutputContents } = reply;
  const text = (name: string): string => parameters[name]?.stringParam ?? '';
  return {
    ...{ version: modelVersion, epoch: parameters.epoch?.int64Param ?? 0, arm: text('arm') },
    ...{ failedOverFrom: text('failed_over_from'), predictionId: text('prediction_id') },
    outputs: outputs.map((output, at) => ({ ...output, raw: rawOutputContents[at] ?? new Uint8Array() })),
    echoed: reply.id === String(id),
  };
}

function digestOf(outputs: readonly Block[]): string {
  const hash = createHash('sha256');
  for (const { name, datatype, shape, raw } of outputs) hash.update(`${name} ${datatype} ${shape.join()} `).update(raw);
  return hash.digest('hex').slice(0, 16);
}

function since(began: number): number {
  return Math.round((performance.now() - began) * 100) / 100;
}

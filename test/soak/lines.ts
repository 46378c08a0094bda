/** What a soak writes down, a JSON object a line: the client its calls, the soak what it did and what it measured. */
import { createReadStream, createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Datatype } from './tensors.ts';

/**
 * plain: a deadline of many seconds, so that only chaos may fail it. tight: a deadline of few milliseconds, which may
 * pass. cancelled: by the caller, a moment later.
 */
export type Patience = 'plain' | 'tight' | 'cancelled';

/** policy: nothing is named, so each call is on its own. key: a routing key. version: a version or an alias by name. */
export type Ask = 'policy' | 'key' | 'version';

export interface CallLine {
  readonly kind: 'call';
  /** From 0 on, without a gap. */
  readonly id: number;
  /** Epoch ms at which it was sent. */
  readonly at: number;
  readonly ms: number;
  readonly model: string;
  /** Index among the questions of its model. */
  readonly question: number;
  readonly door: 'predict' | 'infer';
  readonly patience: Patience;
  readonly ask: Ask;
  /** The routing key, or what the call names; '' with `policy`. */
  readonly named: string;
  /** gRPC status; 0 = OK. */
  readonly code: number;
  /** Of a failure. */
  readonly details: string;
  /** From here on: of an answer. */
  readonly version: string;
  readonly epoch: number;
  readonly arm: string;
  readonly failedOverFrom: string;
  /** sha256 over the outputs: an AnswerLine has them. */
  readonly answer: string;
  /** The call's own id came back. */
  readonly echoed: boolean;
}

/** The outputs of a question, once for each digest that they ever had. */
export interface AnswerLine {
  readonly kind: 'answer';
  readonly model: string;
  readonly question: number;
  readonly answer: string;
  /** `raw` in base64. */
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: Datatype;
    readonly shape: readonly number[];
    readonly raw: string;
  }[];
}

/** Outcomes of one experiment that were reported together. */
export interface OutcomesLine {
  readonly kind: 'outcomes';
  readonly experiment: string;
  readonly sent: number;
  /** Acknowledged as counted, now or before. */
  readonly counted: number;
}

/** The client's last line. */
export interface EndLine {
  readonly kind: 'end';
  readonly calls: number;
  /** That were due and not made, since too many were in flight. */
  readonly left: number;
}

/** While something was wrong, or was just put right. */
export interface WindowLine {
  readonly kind: 'window';
  readonly fault: string;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** gRPC statuses with which plain calls may fail that overlap it. */
  readonly forgives: readonly number[];
  readonly note: string;
  /** What should have been otherwise: a process that is not back, a stream that was not cut. */
  readonly wrong: string;
}

export type ClientLine = CallLine | AnswerLine | OutcomesLine | WindowLine | EndLine;

/** A change that was acknowledged. */
export type Acknowledged =
  | { readonly what: 'version'; readonly model: string; readonly version: string; readonly digest: string }
  | { readonly what: 'qualified' | 'rejected' | 'deleted'; readonly model: string; readonly version: string }
  | {
      readonly what: 'epoch';
      readonly model: string;
      readonly epoch: number;
      /** By version, arms of weight 0 included. */
      readonly weights: Readonly<Record<string, number>>;
    }
  | { readonly what: 'alias'; readonly model: string; readonly alias: string; readonly version: string }
  | { readonly what: 'rollout'; readonly model: string; readonly id: number }
  | { readonly what: 'experiment'; readonly model: string; readonly name: string };

/** A change that was asked for. */
export interface ChangeLine {
  readonly kind: 'change';
  readonly at: number;
  readonly change: string;
  /** In a few words. */
  readonly note: string;
  readonly acknowledged: readonly Acknowledged[];
  /** Why it was refused, where that is not what should have happened. */
  readonly wrong: string;
}

export interface SampleLine {
  readonly kind: 'sample';
  readonly at: number;
  readonly role: 'serve' | 'admin' | 'up';
  readonly pid: number;
  readonly rssKb: number;
  readonly fds: number;
  readonly threads: number;
}

export type SoakLine = WindowLine | ChangeLine | SampleLine;

export class LineWriter {
  readonly #stream: WriteStream;

  constructor(path: string) {
    this.#stream = createWriteStream(path);
  }

  write(line: ClientLine | SoakLine): void {
    this.#stream.write(`${JSON.stringify(line)}\n`);
  }

  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}

export async function readLines<T extends ClientLine | SoakLine>(path: string): Promise<T[]> {
  const found: T[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line !== '') found.push(JSON.parse(line) as T);
  }
  return found;
}

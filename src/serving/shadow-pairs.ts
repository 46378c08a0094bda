/** Pairs of answers to one call, the live version's and a copy's: waits for both and compares them in spare time. */
import type { ComparisonTotals } from '../domain/comparison.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { elementCount, tensorBytes } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { Answer, VersionRunner } from '../runtime/version-runner.ts';
import { compareOutputs } from './compare-outputs.ts';
import type { PairComparison } from './compare-outputs.ts';
import type { SpareTime } from './spare-time.ts';

/** A call that the live version answers while copies of it run. */
export interface PairedCall {
  readonly inputs: readonly Tensor[];
  readonly live: VersionRunner;
  /** Rejects where the live version fails. */
  readonly answering: Promise<Answer>;
}

export type CopyOutcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly code: ErrorCode }
  | { readonly kind: 'dropped' };

export interface AnsweredPair {
  readonly inputs: readonly Tensor[];
  readonly live: Answer;
  readonly copy: Answer;
}

/** Where a pair ends: one of these is called, once. */
export interface PairSink {
  compared(comparison: PairComparison, pair: AnsweredPair): void;
  skipped(why: keyof ComparisonTotals['skipped']): void;
  /** The copy failed where the live version answered. */
  failed(code: ErrorCode): void;
}

/** Elements of the live version's outputs; comparing more would hold up the callers of other calls. */
const MAX_ELEMENTS = 262_144;
/** Answers that wait for the other of their pair, or to be compared. */
const MAX_HELD_BYTES = 64 * 2 ** 20;

export class ShadowPairs {
  readonly #spare: SpareTime;
  #heldBytes = 0;

  constructor(spare: SpareTime) {
    this.#spare = spare;
  }

  /** Whether there will be time to compare one pair more, which is then to be followed. */
  promise(): boolean {
    return this.#spare.promise();
  }

  /** To be called where a pair was promised. Never rejects where what `run` returns never does. */
  async follow(call: PairedCall, run: () => Promise<CopyOutcome>, sink: PairSink): Promise<void> {
    const hold = new Hold((bytes) => this.#hold(bytes));
    // Each answer is held from when it is there, and both of them are awaited: a rejection is never left alone.
    const [live, copy] = await Promise.all([
      call.answering.then(
        (answer) => hold.take(answer),
        () => undefined,
      ),
      run().then((outcome) => {
        if (outcome.kind === 'answered') hold.take(outcome.answer);
        return outcome;
      }),
    ]);
    this.#spare.settle();
    if (live !== undefined && copy.kind === 'answered' && !hold.isTooMuch) {
      this.#compareLater(call, { inputs: call.inputs, live, copy: copy.answer }, { sink, hold });
      return;
    }
    hold.release();
    if (live === undefined) sink.skipped('live_failed');
    else if (copy.kind === 'failed') sink.failed(copy.code);
    else sink.skipped('dropped');
  }

  #compareLater(
    { live: { spec, signature } }: PairedCall,
    pair: AnsweredPair,
    { sink, hold }: { sink: PairSink; hold: Hold },
  ): void {
    if (countElements(pair.live.outputs) > MAX_ELEMENTS) {
      hold.release();
      sink.skipped('too_large');
      return;
    }
    this.#spare.offer({
      run: () => {
        hold.release();
        const settings = spec.settings.shadow;
        const outputs = { live: pair.live.outputs, shadow: pair.copy.outputs };
        sink.compared(compareOutputs({ ...outputs, signature, settings }), pair);
      },
      skip: () => {
        hold.release();
        sink.skipped('over_budget');
      },
    });
  }

  /** Less than 0 to give back. False where there is no room. */
  #hold(bytes: number): boolean {
    if (bytes > 0 && this.#heldBytes + bytes > MAX_HELD_BYTES) return false;
    this.#heldBytes += bytes;
    return true;
  }
}

/** The memory of one pair. */
class Hold {
  readonly #hold: (bytes: number) => boolean;
  #bytes = 0;
  /** An answer found no room: it is not kept by this pair. */
  isTooMuch = false;

  constructor(hold: (bytes: number) => boolean) {
    this.#hold = hold;
  }

  take(answer: Answer): Answer | undefined {
    const bytes = answer.outputs.reduce((sum, tensor) => sum + heldBytes(tensor), 0);
    if (this.#hold(bytes)) this.#bytes += bytes;
    else this.isTooMuch = true;
    return answer;
  }

  release(): void {
    this.#hold(-this.#bytes);
    this.#bytes = 0;
  }
}

/** A view keeps all of the memory that it looks at: that of the whole batch. */
function heldBytes(tensor: Tensor): number {
  return tensor.data instanceof Uint8Array ? tensor.data.buffer.byteLength : tensorBytes(tensor);
}

function countElements(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

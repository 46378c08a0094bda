/** The proof, by running, that rows of different requests may share a run of this model. */
import { joinRows, splitRows, toBlock, toTensor } from '../batching/join-and-split.ts';
import { elementsOf } from '../domain/elements.ts';
import { ServerError } from '../domain/errors.ts';
import { plainReason } from './plain-reason.ts';
import { allowsBatching } from '../domain/signature.ts';
import type { Signature } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { Golden } from '../domain/version.ts';
import { compareOutputs } from './compare.ts';
import { FREE_DIMENSION_SIZES, sampleInputs } from './sample-inputs.ts';
import type { OnnxSession } from './session.ts';

/** Rows together may differ from rows alone by this much, relative to the larger of 1 and the value. */
const TOLERANCE = 1e-5;
/**
 * Rows in one layout of weights from those in another: other kernels add up in another order, and of thousands of terms
 * that cancel out more gets lost.
 */
const LAYOUT_TOLERANCE = 1e-4;
/** Generated rows that join the golden ones. */
const GENERATED_ROWS = 6;

/** One row that the model answered, with its answer. */
export interface ProvenRow {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export interface Proof {
  readonly batchable: boolean;
  /** Why not, in a sentence; '' when batchable. */
  readonly reason: string;
  /** Rows that ran, at least one: warm-up material. */
  readonly rows: readonly ProvenRow[];
}

/**
 * Runs single rows, then the same rows together at several sizes up to maxRows, and compares.
 * Fails when the model answers no inputs at all: it could be neither warmed nor trusted.
 */
export async function proveBatching(session: OnnxSession, golden: Golden | undefined, maxRows: number): Promise<Proof> {
  const { rows, refusal } = await answeredRows(session, golden);
  if (rows.length === 0) {
    throw new ServerError(
      'invalid_argument',
      `it answered none of the inputs made from its signature (${refusal}); add golden examples to model.json`,
    );
  }
  const fail = (reason: string): Proof => ({ batchable: false, reason, rows });
  if (!allowsBatching(session.signature)) return fail(signatureReason(session.signature));
  if (distinct(rows) < 2) return fail('two different rows are needed to prove it; add golden examples to model.json');
  const unsteady = await findUnsteady(session, rows);
  if (unsteady !== undefined) return fail(`the same row is answered differently each time: ${unsteady}`);
  for (const size of sizes(rows.length, maxRows)) {
    const difference = await compareTogether(session, rows, { size, tolerance: TOLERANCE });
    if (difference !== undefined) return fail(`rows run together differ from rows run alone: ${difference}`);
  }
  return { batchable: true, reason: '', rows };
}

/**
 * How another session of the same model answers the proven rows otherwise, alone and up to maxRows together, in a
 * sentence; undefined where it does not.
 */
export async function findDeviation(
  session: OnnxSession,
  rows: readonly ProvenRow[],
  maxRows: number,
): Promise<string | undefined> {
  for (const row of rows) {
    const run = await session.run(row.inputs.map(toBlock), []);
    const difference = compareOutputs(run.outputs.map(toTensor), row.outputs, LAYOUT_TOLERANCE);
    if (difference !== undefined) return difference;
  }
  for (const size of sizes(rows.length, maxRows)) {
    const difference = await compareTogether(session, rows, { size, tolerance: LAYOUT_TOLERANCE });
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** `count` rows as one block each, cycling through the proven ones. */
export function rowsTogether(rows: readonly ProvenRow[], count: number): readonly ProvenRow[] {
  return Array.from({ length: count }, (_, index) => rows[index % rows.length]).flatMap((row) => (row ? [row] : []));
}

function signatureReason(signature: Signature): string {
  const fixed = [...signature.inputs, ...signature.outputs].find((spec) => typeof spec.shape[0] !== 'string');
  if (fixed === undefined) return 'the model has no inputs';
  const shape = fixed.shape.map((dim) => (typeof dim === 'number' ? String(dim) : dim || '?')).join(', ');
  return `"${fixed.name}" has shape [${shape}], whose first dimension is not a free batch dimension`;
}

/**
 * Golden rows and generated ones of the first one's shape, so that they can be joined; without golden examples the free
 * dimensions are tried in several sizes, and the first that the model answers is taken.
 */
async function answeredRows(session: OnnxSession, golden: Golden | undefined): Promise<Answers> {
  const { signature } = session;
  const examples = (golden?.examples ?? []).flatMap((example) => splitInputs(signature, example.inputs));
  const known = await answerRows(session, examples);
  const first = known.rows[0]?.inputs;
  if (first !== undefined) {
    const inputs = signature.inputs.map((spec, index) => ({ ...spec, shape: first[index]?.shape ?? spec.shape }));
    const more = await answerRows(session, generatedRows({ ...signature, inputs }, 1));
    return { rows: [...known.rows, ...more.rows], refusal: '' };
  }
  let { refusal } = known;
  for (const free of FREE_DIMENSION_SIZES) {
    const answers = await answerRows(session, generatedRows(signature, free));
    if (answers.rows.length > 0) return answers;
    ({ refusal } = answers);
    if (!signature.inputs.some((input) => input.shape.slice(1).some((dim) => typeof dim === 'string'))) break;
  }
  return { rows: [], refusal };
}

/** One after the other, since each may be large. */
function* generatedRows(signature: Signature, free: number): Generator<Tensor[]> {
  for (let seed = 1; seed <= GENERATED_ROWS; seed += 1) yield sampleInputs(signature, { rows: 1, free }, seed);
}

function splitInputs(signature: Signature, inputs: readonly Tensor[]): Tensor[][] {
  const ordered = signature.inputs.flatMap((spec) => inputs.find((tensor) => tensor.name === spec.name) ?? []);
  const rows = ordered[0]?.shape[0];
  if (!allowsBatching(signature) || rows === undefined) return [[...ordered]];
  const split = splitRows(
    ordered.map(toBlock),
    Array.from({ length: rows }, () => 1),
  );
  return split.kind === 'split' ? split.parts.map((part) => [...part]) : [];
}

interface Answers {
  readonly rows: readonly ProvenRow[];
  /** What the model said of the last row that it did not answer. */
  readonly refusal: string;
}

/** Only rows of the first answered one's shape. */
async function answerRows(session: OnnxSession, candidates: Iterable<Tensor[]>): Promise<Answers> {
  const rows: ProvenRow[] = [];
  let refusal = '';
  let group: string | undefined;
  try {
    for (const inputs of candidates) {
      const shape = JSON.stringify(inputs.map((tensor) => tensor.shape));
      if (group !== undefined && shape !== group) continue;
      try {
        const run = await session.run(inputs.map(toBlock), []);
        rows.push({ inputs, outputs: run.outputs.map(toTensor) });
        group = shape;
      } catch (caught) {
        refusal = plainReason(caught);
      }
    }
  } catch (caught) {
    // The candidates themselves could not be made.
    refusal = plainReason(caught);
  }
  return { rows, refusal };
}

function distinct(rows: readonly ProvenRow[]): number {
  return new Set(
    rows.map((row) => JSON.stringify(row.inputs.map((tensor) => [...Array.from(elementsOf(tensor), String)]))),
  ).size;
}

async function findUnsteady(session: OnnxSession, rows: readonly ProvenRow[]): Promise<string | undefined> {
  for (const row of rows.slice(0, 2)) {
    const again = await session.run(row.inputs.map(toBlock), []);
    const difference = compareOutputs(again.outputs.map(toTensor), row.outputs, TOLERANCE);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function sizes(rows: number, maxRows: number): number[] {
  return [...new Set([2, Math.min(rows, maxRows), maxRows])].filter((size) => size >= 2 && size <= maxRows);
}

async function compareTogether(
  session: OnnxSession,
  rows: readonly ProvenRow[],
  { size, tolerance }: { readonly size: number; readonly tolerance: number },
): Promise<string | undefined> {
  const members = rowsTogether(rows, size);
  try {
    const run = await session.run(joinRows(members.map((row) => row.inputs)), []);
    const split = splitRows(
      run.outputs,
      members.map(() => 1),
    );
    if (split.kind === 'mixed') return `output "${split.output}" does not have one row for each input row`;
    for (const [index, part] of split.parts.entries()) {
      const difference = compareOutputs(part, members[index]?.outputs ?? [], tolerance);
      if (difference !== undefined) return `${difference} (row ${String(index)} of ${String(size)})`;
    }
    return undefined;
  } catch (caught) {
    return `${String(size)} rows together fail: ${plainReason(caught)}`;
  }
}

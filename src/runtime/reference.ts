/** A version's reference: sketches of the inputs that it was made for, and of its own answers to them. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toTensor } from '../batching/join-and-split.ts';
import type { Block } from '../batching/join-and-split.ts';
import { isJsonObject, showJson } from '../config/json.ts';
import { describeError, ServerError } from '../domain/errors.ts';
import type { Signature } from '../domain/signature.ts';
import type { ReferenceSketches } from '../domain/sketch.ts';
import { MAX_SKETCHED_ROWS, SketchRecorder } from '../monitor/sketch-recorder.ts';
import { rowsToBlock } from './reference-rows.ts';
import type { OnnxSession } from './session.ts';

/** Beside model.onnx: `{"inputs": {"X": [[5.1, 3.5, 1.4, 0.2], …]}}`, a list of rows for each input. */
const FILE = 'reference.json';
const MAX_BYTES = 64 * 2 ** 20;
const MAX_ROWS = 10_000;
/** A slow model is run on the rows that fit in this time. */
const MAX_RUN_MS = 10_000;

type Rows = ReadonlyMap<string, readonly unknown[]>;

/** undefined where the version's folder has none. Fails with the reason where it cannot be read or run. */
export async function sketchReference(
  session: Pick<OnnxSession, 'signature' | 'run'>,
  { path, batchable }: { path: string; batchable: boolean },
  now: () => number = () => performance.now(),
): Promise<ReferenceSketches | undefined> {
  const text = await readIfThere(join(dirname(path), FILE));
  if (text === undefined) return undefined;
  try {
    const rows = parseRows(text, session.signature);
    return await runRows(session, rows, {
      perRun: rowsPerRun(session.signature, batchable),
      until: now() + MAX_RUN_MS,
      now,
    });
  } catch (caught) {
    throw new ServerError('invalid_argument', `${FILE}: ${describeError(caught)}`, { cause: caught });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size <= MAX_BYTES) return await readFile(file, 'utf8');
  } catch (caught) {
    if (caught instanceof Error && 'code' in caught && caught.code === 'ENOENT') return undefined;
    throw caught;
  }
  throw new ServerError('invalid_argument', `${FILE} is larger than ${String(MAX_BYTES)} bytes; give fewer rows`);
}

function parseRows(text: string, { inputs }: Signature): Rows {
  const json: unknown = JSON.parse(text);
  if (!isJsonObject(json) || !isJsonObject(json.inputs)) {
    throw new Error(`it holds ${showJson(json)}; write {"inputs": {NAME: [row, …]}}`);
  }
  const given = json.inputs;
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    throw new Error(`the model has no input "${unknown}"; it has ${inputs.map(({ name }) => `"${name}"`).join(', ')}`);
  }
  const rows = new Map(inputs.map(({ name }) => [name, listOf(name, given[name])]));
  const counts = new Set([...rows.values()].map((list) => list.length));
  if (counts.size > 1) throw new Error(`its inputs have ${[...counts].join(' and ')} rows; give as many of each`);
  return rows;
}

function listOf(name: string, value: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  if (list.length > 0 && list.length <= MAX_ROWS) return list;
  throw new Error(`input "${name}" is ${showJson(value)}; give a list of 1 to ${String(MAX_ROWS)} rows`);
}

/** Rows of a model that does not treat them independently run alone. */
function rowsPerRun({ inputs }: Signature, batchable: boolean): number {
  const first = inputs[0]?.shape[0];
  if (typeof first === 'number') return first;
  return batchable ? MAX_SKETCHED_ROWS : 1;
}

async function runRows(
  session: Pick<OnnxSession, 'signature' | 'run'>,
  rows: Rows,
  { perRun, until, now }: { perRun: number; until: number; now: () => number },
): Promise<ReferenceSketches> {
  const recorder = new SketchRecorder(session.signature);
  const [first = []] = rows.values();
  let done = 0;
  while (done < first.length && now() < until) {
    const end = Math.min(done + Math.max(1, perRun), first.length);
    const blocks = session.signature.inputs.map((spec) =>
      rowsToBlock(spec, rows.get(spec.name)?.slice(done, end) ?? []),
    );
    const outputs = await runBlocks(session, blocks, done);
    const inputs = blocks.map(toTensor);
    recorder.record({ inputs, outputs: outputs.map(toTensor), units: end - done, strings: true });
    done = end;
  }
  return { format: 1, rows: done, features: recorder.totals() };
}

async function runBlocks(
  session: Pick<OnnxSession, 'run'>,
  blocks: readonly Block[],
  from: number,
): Promise<readonly Block[]> {
  try {
    return (await session.run(blocks, [])).outputs;
  } catch (caught) {
    throw new Error(`the model fails on its rows from ${String(from + 1)} on: ${describeError(caught)}`, {
      cause: caught,
    });
  }
}

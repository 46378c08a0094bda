/** Qualification as it happens inside the child process: load, check, prove, measure, choose the layout of weights. */
import assert from 'node:assert/strict';
import { joinRows } from '../batching/join-and-split.ts';
import type { ModelSettings, QualificationReport, VersionSpec } from '../domain/version.ts';
import type { LayoutFigures, RunTime, WeightsReport } from '../domain/weights.ts';
import { chooseLayout, whyNotMeasured } from './choose-layout.ts';
import { checkGolden } from './golden.ts';
import { plainReason } from './plain-reason.ts';
import { findDeviation, proveBatching, rowsTogether } from './prove-batching.ts';
import type { Proof, ProvenRow } from './prove-batching.ts';
import { sketchReference } from './reference.ts';
import { OnnxSession } from './session.ts';
import { sharableBytes, shareWeights } from './share-weights.ts';
import type { LayoutPlace } from './share-weights.ts';
import { tidyPool } from './weights-pool.ts';

/** What a qualification child is asked. */
export interface QualificationOrder {
  readonly spec: VersionSpec;
  /** Where the shared layout is made, to be measured. */
  readonly place: Omit<LayoutPlace, 'model'>;
}

export interface QualifyTools extends Pick<QualificationOrder, 'place'> {
  /** Memory of this process that no other has, in bytes. */
  readonly privateBytes: () => number;
}

/** Medians are taken over so many runs: of one row, and of several. */
const SINGLE_RUNS = 7;
const BATCH_RUNS = 5;

/** Fails with the reason for which the version must not serve. */
export async function qualify(spec: VersionSpec, tools: QualifyTools): Promise<QualificationReport> {
  const { settings, golden, path } = spec;
  // The runtime sees only what has been read through and found sound.
  const sharedBytes = sharableBytes(path);
  const before = tools.privateBytes();
  const { session, loadMs } = await openSession(path, settings, { prepack: true });
  if (golden !== undefined) await checkGolden(session, golden);
  const proof = await prove(session, spec);
  const sample = proof.rows[0]?.inputs;
  assert(sample, 'a proof has at least one row');
  const batchRows = proof.batchable ? settings.maxBatchRows : 1;
  const memoryBytes = Math.max(0, tools.privateBytes() - before);
  const exported = { session, loadMs, memoryBytes };
  const reference = await sketchReference(session, { path, batchable: proof.batchable });
  const weights = await weigh(spec, tools, { exported, rows: proof.rows, batchRows, sharedBytes });
  const chosen = weights.layout === 'shared' ? weights.shared : weights.exported;
  assert(chosen, 'what was chosen was measured');
  return {
    digest: spec.digest,
    signature: session.signature,
    batchable: proof.batchable,
    batchingReason: proof.reason,
    loadMs: chosen.loadMs,
    singleRunMs: chosen.runs[0]?.ms ?? 0,
    batchRunMs: chosen.runs.at(-1)?.ms ?? 0,
    batchRows,
    memoryBytes: chosen.memoryBytes,
    sample,
    weights,
    ...(reference === undefined ? {} : { reference }),
  };
}

/** A session that answers as it should. */
interface Proven {
  readonly session: OnnxSession;
  readonly loadMs: number;
  /** Once it has run the full batch. */
  readonly memoryBytes: number;
}

/** What is known of the version as it was exported. */
interface Known {
  readonly exported: Proven;
  readonly rows: readonly ProvenRow[];
  readonly batchRows: number;
  /** Of all weights that could be shared. */
  readonly sharedBytes: number;
}

interface Shared {
  /** Why there is none, in a sentence; undefined where there is. */
  readonly reason?: string;
  readonly proven?: Proven;
  readonly digest: string;
}

/** A version whose weights cannot be shared serves as it was exported, and the reason is said. */
async function weigh(spec: VersionSpec, tools: QualifyTools, known: Known): Promise<WeightsReport> {
  const { sharedBytes } = known;
  const { reason = '', proven, digest } = await tryToShare(spec, tools, known);
  const both = proven === undefined ? [known.exported] : [known.exported, proven];
  const [exported, shared] = await measure(both, known);
  assert(exported, 'it was there to be measured');
  const choice =
    shared === undefined
      ? { layout: 'exported' as const, reason }
      : chooseLayout(spec.settings.weights, { exported, shared });
  return { ...choice, sharedBytes, digest, exported, shared };
}

async function tryToShare(spec: VersionSpec, tools: QualifyTools, known: Known): Promise<Shared> {
  const { weights: preference, executionProviders } = spec.settings;
  const none = (reason: string): Shared => ({ reason, digest: '' });
  if (executionProviders.some((provider) => provider !== 'cpu')) {
    return none(`${executionProviders.join(', ')} takes copies of the weights in any case`);
  }
  try {
    const enough = whyNotMeasured(preference, known.sharedBytes);
    if (enough !== undefined) return none(enough);
    tidyPool(tools.place.pool);
    const { path, digest } = shareWeights({ ...tools.place, model: spec.path });
    const proven = await proveShared({ ...spec, path }, tools, known);
    if (typeof proven !== 'string') return { proven, digest };
    return none(`answers differ when weights are shared: ${proven}`);
  } catch (caught) {
    return none(`its weights cannot be shared: ${plainReason(caught)}`);
  }
}

/** Or how it answers otherwise than the version as it was exported, in a sentence. */
async function proveShared(
  { path, settings, golden }: VersionSpec,
  { privateBytes }: QualifyTools,
  { rows, batchRows }: Known,
): Promise<Proven | string> {
  const before = privateBytes();
  const { session, loadMs } = await openSession(path, settings, { prepack: false });
  if (golden !== undefined) await checkGolden(session, golden);
  const deviation = await findDeviation(session, rows, batchRows);
  return deviation ?? { session, loadMs, memoryBytes: Math.max(0, privateBytes() - before) };
}

async function openSession(
  path: string,
  settings: ModelSettings,
  { prepack }: { readonly prepack: boolean },
): Promise<Pick<Proven, 'session' | 'loadMs'>> {
  const startedAt = performance.now();
  const session = await OnnxSession.open(path, { ...settings, prepack });
  return { session, loadMs: performance.now() - startedAt };
}

async function prove(session: OnnxSession, spec: VersionSpec): Promise<Proof> {
  const off = offReason(spec.settings);
  const proof = await proveBatching(session, spec.golden, off === '' ? spec.settings.maxBatchRows : 1);
  return off === '' ? proof : { ...proof, batchable: false, reason: off };
}

function offReason(settings: ModelSettings): string {
  if (!settings.batching) return 'switched off in config.json';
  return settings.maxBatchRows < 2 ? 'maxBatchRows is 1' : '';
}

/**
 * One row, the full batch, and between them what light traffic makes of batches: their geometric mean. The sessions run
 * turn about, so that what else the machine does disturbs them alike.
 */
async function measure(sessions: readonly Proven[], { rows, batchRows }: Known): Promise<readonly LayoutFigures[]> {
  const runs = sessions.map((): RunTime[] => []);
  for (const size of new Set([1, Math.round(Math.sqrt(batchRows)), batchRows])) {
    const together = rowsTogether(rows, size).map((row) => row.inputs);
    const samples = sessions.map((): number[] => []);
    for (let turn = 0; turn < (size === 1 ? SINGLE_RUNS : BATCH_RUNS); turn += 1) {
      for (const [at, { session }] of sessions.entries()) {
        samples[at]?.push((await session.run(joinRows(together), [])).computeMs);
      }
    }
    for (const [at, list] of samples.entries()) runs[at]?.push({ rows: size, ms: median(list) });
  }
  return sessions.map(({ loadMs, memoryBytes }, at) => ({ loadMs, memoryBytes, runs: runs[at] ?? [] }));
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}

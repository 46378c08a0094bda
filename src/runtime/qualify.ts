/** Qualification as it happens inside the child process: load, check, prove, measure. */
import assert from 'node:assert/strict';
import { joinRows, toBlock } from '../batching/join-and-split.ts';
import type { Block } from '../batching/join-and-split.ts';
import type { ModelSettings, QualificationReport, VersionSpec } from '../domain/version.ts';
import { checkGolden } from './golden.ts';
import { proveBatching, rowsTogether } from './prove-batching.ts';
import type { Proof } from './prove-batching.ts';
import { sketchReference } from './reference.ts';
import { OnnxSession } from './session.ts';

/** Fails with the reason for which the version must not serve. */
export async function qualify(spec: VersionSpec, residentBytes: () => number): Promise<QualificationReport> {
  const before = residentBytes();
  const loadStartedAt = performance.now();
  const session = await OnnxSession.open(spec.path, spec.settings);
  const loadMs = performance.now() - loadStartedAt;
  if (spec.golden !== undefined) await checkGolden(session, spec.golden);
  const proof = await prove(session, spec);
  const sample = proof.rows[0]?.inputs;
  assert(sample, 'a proof has at least one row');
  const batchRows = proof.batchable ? spec.settings.maxBatchRows : 1;
  const singleRunMs = await medianRunMs(session, () => sample.map(toBlock), 7);
  const together = rowsTogether(proof.rows, batchRows).map((row) => row.inputs);
  const batchRunMs = batchRows === 1 ? singleRunMs : await medianRunMs(session, () => joinRows(together), 3);
  const memoryBytes = Math.max(0, residentBytes() - before);
  const reference = await sketchReference(session, { path: spec.path, batchable: proof.batchable });
  return {
    digest: spec.digest,
    signature: session.signature,
    batchable: proof.batchable,
    batchingReason: proof.reason,
    loadMs,
    singleRunMs,
    batchRunMs,
    batchRows,
    memoryBytes,
    sample,
    ...(reference === undefined ? {} : { reference }),
  };
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

async function medianRunMs(session: OnnxSession, inputs: () => readonly Block[], times: number): Promise<number> {
  const samples: number[] = [];
  for (let turn = 0; turn < times; turn += 1) samples.push((await session.run(inputs(), [])).computeMs);
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 2)] ?? 0;
}

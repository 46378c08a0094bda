/** A serve process that gets its versions from the registry: which folders it keeps on its disk. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { ControlSource } from '../../../src/app/control-source.ts';
import type { VersionStatus } from '../../../src/domain/version.ts';
import { EvidenceBook } from '../../../src/monitor/evidence-book.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { SharedWeights } from '../../../src/registry/shared-weights.ts';
import { spec } from '../../support/builders.ts';
import { recordedEvents } from '../../support/recorded-events.ts';

const [A, B, C] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)] as const;

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-source-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

async function open() {
  const { events, recorded } = recordedEvents();
  const source = await ControlSource.open({
    address: `unix:${join(dataDir, 'nobody.sock')}`,
    dataDir,
    stateDir: join(dataDir, 'serve'),
    weights: new SharedWeights({
      dir: join(dataDir, 'serve', 'layouts'),
      pool: join(dataDir, 'weights'),
      onFault: () => assert.fail('nothing is wrong with the disk'),
    }),
    instance: () => 'here',
    predictAddress: () => '127.0.0.1:50051',
    monitor: new Monitor(),
    evidence: new EvidenceBook(),
    events,
    apply: () => undefined,
    settled: () => true,
    onPredictionKey: () => undefined,
    predictGate: undefined,
  });
  return { source, recorded };
}

/** Folders of versions that a former process left. */
async function leave(...digests: readonly string[]): Promise<void> {
  for (const digest of digests) {
    await mkdir(join(dataDir, 'serve', 'versions', digest), { recursive: true });
    await writeFile(join(dataDir, 'serve', 'versions', digest, 'model.onnx'), 'graph');
  }
}

/** Resolves once exactly these folders are there; the test's time limit ends the wait. */
async function until(...digests: readonly string[]): Promise<void> {
  while ((await readdir(join(dataDir, 'serve', 'versions'))).toSorted().join() !== digests.join()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function status(version: string, digest: string, state: VersionStatus['state'] = 'ready'): VersionStatus {
  const { model, metadata } = spec();
  const rest = { reason: '', since: new Date(0), signature: undefined, batching: undefined, metadata };
  return { model, version, digest, state, ...rest };
}

suite('folders of versions', { timeout: 20_000 }, () => {
  test('that nobody needs go once everything is settled after a start, and not before', async () => {
    await leave(A, B, C);
    const { source } = await open();
    source.onState(status('1', A));
    source.onState(status('2', B, 'failed'));
    await until(A, B, C);
    source.settled();
    await until(A, B);
    await source.close();
  });

  test('go with the last version that has their files', async () => {
    await leave(A, B);
    const { source } = await open();
    source.onState(status('1', A));
    source.onState(status('2', A));
    source.onState(status('3', B));
    source.onForget('iris', '1');
    source.onForget('iris', '3');
    await until(A);
    source.onForget('iris', '2');
    await until();
    await source.close();
  });

  test('that cannot be removed are told of, and nothing else happens', async () => {
    const { source, recorded } = await open();
    await rm(join(dataDir, 'serve', 'versions'), { recursive: true });
    source.settled();
    while (recorded.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      recorded.map(({ event, fields }) => [event, fields.what]),
      [['controlFault', 'the folder of a version that is not needed could not be removed']],
    );
    await source.close();
  });
});

test('a version without a qualification report cannot be brought, and the reason says what to do', async () => {
  const { source } = await open();
  await assert.rejects(source.prepare(spec()), {
    code: 'failed_precondition',
    message: 'the registry sent no qualification report; qualify it again',
  });
  await source.close();
});

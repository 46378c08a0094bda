/** Fills a registry with many versions as if they had been registered and qualified one by one. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importMetadata } from '../../src/admin/import-metadata.ts';
import { beginFirstTraffic } from '../../src/admin/first-traffic.ts';
import { putNewVersion } from '../../src/admin/register-version-row.ts';
import type { RegistryFile } from '../../src/domain/registry-file.ts';
import type { QualificationReport } from '../../src/domain/version.ts';
import { Blobs } from '../../src/registry/blobs.ts';
import { manifestDigest } from '../../src/registry/digest.ts';
import { reportToJson } from '../../src/registry/report-codec.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store } from '../../src/registry/store.ts';

export interface Filling {
  readonly dataDirectory: string;
  readonly models: number;
  /** Of each model. */
  readonly versions: number;
  /** The path of model.onnx. */
  readonly file: string;
  /** What qualification found out about that file. */
  readonly report: QualificationReport;
}

const ACTOR = 'benchmark';
const RULES = { stages: ['development'], approvals: new Map() };
const METADATA = importMetadata({
  description: 'a version among many',
  framework: 'scikit-learn',
  tags: { team: 'a' },
});

export function modelName(at: number): string {
  return `model-${String(at).padStart(4, '0')}`;
}

/** No model has traffic afterwards. Every version has files of its own digest. */
export async function fillRegistry(filling: Filling): Promise<void> {
  const { dataDirectory, models, versions, file, report } = filling;
  mkdirSync(dataDirectory, { recursive: true });
  const blobs = await Blobs.open(join(dataDirectory, 'blobs'));
  await using batch = blobs.begin();
  const scratch = join(dataDirectory, 'note.txt');
  const note = async (path: string, text: string): Promise<RegistryFile> => {
    writeFileSync(scratch, text);
    return { path, ...(await batch.importFile(scratch)) };
  };
  const model = { path: 'model.onnx', ...(await batch.importFile(file)) };
  // Two notes for each version make every digest another one, with few files.
  const ofModel: RegistryFile[] = [];
  for (let at = 0; at < models; at += 1) ofModel.push(await note('model.txt', modelName(at)));
  const ofVersion: RegistryFile[] = [];
  for (let at = 0; at < versions; at += 1) ofVersion.push(await note('version.txt', String(at + 1)));
  await batch.keep();
  await withStore(dataDirectory, async (store) => {
    for (const [at, one] of ofModel.entries()) {
      const files = ofVersion.map((other) => [model, one, other]);
      await addModel(store, { model: modelName(at), files, report });
    }
  });
}

/** All to version 1 of each, as when it was the first that was qualified. */
export async function beginTraffic(dataDirectory: string, models: readonly string[]): Promise<void> {
  await withStore(dataDirectory, async (store) => {
    for (const model of models) {
      await store.transact(async (writer) => {
        const version = await writer.version(model, '1');
        if (version === undefined) throw new Error(`the registry was not filled: it has no version 1 of ${model}`);
        await beginFirstTraffic(writer, { now: Date.now, newSalt: () => saltOf(model) }, version);
      });
    }
  });
}

export async function readReport(dataDirectory: string, model: string): Promise<QualificationReport> {
  return await withStore(dataDirectory, async (store) => {
    const report = (await store.version(model, '1'))?.report;
    if (report === undefined) throw new Error(`version 1 of ${model} is not qualified`);
    return report;
  });
}

async function addModel(
  store: Store,
  {
    model,
    files,
    report,
  }: {
    readonly model: string;
    readonly files: readonly (readonly RegistryFile[])[];
    readonly report: QualificationReport;
  },
): Promise<void> {
  const order = { actor: ACTOR, reason: 'to have many' };
  await store.transact(async (writer) => {
    for (const [at, own] of files.entries()) {
      const [version, digest] = [String(at + 1), manifestDigest(own)];
      const row = { model, version, digest, files: own, metadata: METADATA, warm: false };
      await putNewVersion(writer, { now: Date.now, stageRules: RULES }, row, order);
      const put = await writer.version(model, version);
      if (put === undefined) throw new Error(`${model} ${version} was not put`);
      const ownReport = { ...report, digest };
      await writer.putVersion({ ...put, state: 'qualified', report: ownReport });
      await writer.putReport(digest, ACTOR, reportToJson(ownReport));
      const change = { before: { state: 'uploaded', digest }, after: { state: 'qualified', digest } };
      const kind = 'version.qualified';
      await writer.append({ at: Date.now(), kind, model, subject: version, actor: ACTOR, reason: '', ...change });
    }
  });
}

function saltOf(model: string): string {
  return createHash('sha256').update(model).digest('hex').slice(0, 32);
}

async function withStore<T>(dataDirectory: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path: join(dataDirectory, 'registry.db') });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

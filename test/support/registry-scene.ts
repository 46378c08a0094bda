/** A registry in memory with its files in a temporary directory, for tests of what brings versions into it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminContext, Order } from '../../src/admin/context.ts';
import { registerVersion } from '../../src/admin/register-version.ts';
import type { RegistrationDeps } from '../../src/admin/register-version.ts';
import type { NewVersionInput } from '../../src/admin/register-version-check.ts';
import { UploadPlaces } from '../../src/admin/upload.ts';
import type { FilePiece, UploadLimits } from '../../src/admin/upload.ts';
import type { AuditEvent, RegisteredVersion, VersionMetadata } from '../../src/domain/registry.ts';
import { Blobs } from '../../src/registry/blobs.ts';
import { openScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

export interface RegistryScene extends Scene {
  readonly scratch: string;
  readonly blobs: Blobs;
  readonly deps: RegistrationDeps;
  /** Versions that were put in line for qualification, as "model/version". */
  readonly enqueued: string[];
  upload(
    input: Partial<NewVersionInput>,
    files: Readonly<Record<string, string | Uint8Array>>,
    order?: Partial<Order>,
  ): Promise<{ readonly version: RegisteredVersion; readonly created: boolean }>;
  /** The registry's events, oldest first. */
  events(): Promise<readonly AuditEvent[]>;
}

export async function openRegistryScene(
  over: { readonly context?: Partial<AdminContext>; readonly limits?: Partial<UploadLimits> } = {},
): Promise<RegistryScene> {
  const scene = await openScene(over.context);
  const scratch = await mkdtemp(join(tmpdir(), 'sluice-registry-'));
  const blobs = await Blobs.open(join(scratch, 'blobs'));
  const limits = { maxModelBytes: 2 ** 24, maxConcurrentUploads: 4, importDirs: [], ...over.limits };
  const enqueued: string[] = [];
  const qualifier = { enqueue: (model: string, version: string) => void enqueued.push(`${model}/${version}`) };
  const deps = { blobs, limits, places: new UploadPlaces(limits.maxConcurrentUploads), qualifier };
  return {
    ...scene,
    scratch,
    blobs,
    deps,
    enqueued,
    upload: (input, files, by) => registerVersion(scene.context, deps, order(by), newVersion(input), inPieces(files)),
    events: () => scene.store.eventsFrom(1, 1000),
    [Symbol.asyncDispose]: async () => {
      await scene[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true });
    },
  };
}

export function order(over: Partial<Order> = {}): Order {
  return { actor: 'ann', reason: '', idempotencyKey: '', ...over };
}

export function newVersion(over: Partial<NewVersionInput> = {}): NewVersionInput {
  return { model: 'iris', version: '', metadata: metadata(), path: '', warm: false, ...over };
}

export function metadata(over: Partial<VersionMetadata> = {}): VersionMetadata {
  return {
    description: '',
    tags: {},
    modelType: '',
    framework: '',
    metrics: {},
    parameters: {},
    trainingData: '',
    trainingDataDigest: '',
    codeCommit: '',
    dependencyLockDigest: '',
    source: '',
    parent: '',
    extra: {},
    ...over,
  };
}

/** Each file in two pieces, an empty one in one. */
export async function* inPieces(files: Readonly<Record<string, string | Uint8Array>>): AsyncGenerator<FilePiece> {
  for (const [path, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const half = Math.floor(data.length / 2);
    yield { path, data: data.subarray(0, half) };
    if (data.length > 0) yield { path, data: data.subarray(half) };
  }
}

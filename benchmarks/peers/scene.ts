/** What a run happens in: models on the disk, their right answers, and a place for what servers write. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutModels } from '../support/bench-models.ts';
import type { BenchModel } from '../support/bench-models.ts';
import { makeGolden } from './golden.ts';
import type { Golden } from './golden.ts';

export interface Scene {
  /** Laid out as `<name>/1/model.onnx`, and nothing else. */
  readonly models: string;
  readonly files: ReadonlyMap<string, string>;
  readonly golden: readonly Golden[];
  /** Each peer has a folder of its own in it. */
  readonly scratch: string;
}

/** Everything is gone afterwards, however the run ends. */
export async function withScene<T>(models: readonly BenchModel[], work: (scene: Scene) => Promise<T>): Promise<T> {
  // Short, since what listens on Unix sockets in it has 100 characters for their paths.
  const scratch = mkdtempSync(join(tmpdir(), 'peers-'));
  const clear = (): void => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', clear);
  try {
    return await work(await makeScene(scratch, models));
  } finally {
    process.off('exit', clear);
    clear();
  }
}

/** `models` begins with the one that tells whether a server has started. */
export async function makeScene(scratch: string, models: readonly BenchModel[]): Promise<Scene> {
  const directory = join(scratch, 'models');
  const files = layOutModels(directory, models);
  const golden: Golden[] = [];
  for (const model of models) golden.push(await makeGolden(model, files.get(model.name) ?? ''));
  return { models: directory, files, golden, scratch };
}

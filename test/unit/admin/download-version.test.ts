/** Downloading a version: byte for byte what was registered, or an error. */
import assert from 'node:assert/strict';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { downloadVersion } from '../../../src/admin/download-version.ts';
import { openRegistryScene } from '../../support/registry-scene.ts';
import type { RegistryScene } from '../../support/registry-scene.ts';

async function download({ context, blobs }: RegistryScene, version: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { path, data } of downloadVersion(context, blobs, { model: 'iris', version })) {
    files[path] = (files[path] ?? '') + Buffer.from(data).toString('latin1');
  }
  return files;
}

suite('downloadVersion', () => {
  test('gives every file as it was, one after the other, large and empty ones too', async () => {
    await using scene = await openRegistryScene();
    const files = { 'a/b.bin': 'x\0y'.repeat(200_000), empty: '', 'model.onnx': 'graph' };
    await scene.upload({ version: '1' }, files);
    assert.deepEqual(await download(scene, '1'), files);
  });

  test('ends with DATA_LOSS where a file is damaged or gone', async () => {
    await using scene = await openRegistryScene();
    const { version } = await scene.upload({ version: '1' }, { 'model.onnx': 'graph' });
    const path = scene.blobs.pathOf(version.files[0]?.sha256 ?? '');
    await chmod(path, 0o644);
    await writeFile(path, 'GRAPH');
    await assert.rejects(download(scene, '1'), { code: 'data_loss', message: /damaged/ });
    await rm(path);
    await assert.rejects(download(scene, '1'), { code: 'data_loss', message: /gone/ });
  });

  test('knows no version that there is not', async () => {
    await using scene = await openRegistryScene();
    await assert.rejects(download(scene, '1'), { code: 'not_found' });
  });
});

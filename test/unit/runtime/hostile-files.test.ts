/** The files beside a hostile model: what is no file of the model is not given to the runtime. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { sharableBytes } from '../../../src/runtime/share-weights.ts';
import { EXTERNAL, FLOAT, asModel, encodeModel } from '../../support/onnx-models.ts';

let scratch = '';
let model = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sluice-hostile-'));
  mkdirSync(join(scratch, 'version'));
  model = join(scratch, 'version', 'model.onnx');
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
});

/** 16 bytes of weights in a file. */
function needs(location: string): void {
  const external_data = [{ key: 'location', value: location }];
  const tensor = { name: 'w', dims: [4], data_type: FLOAT, external_data, data_location: EXTERNAL };
  writeFileSync(model, encodeModel(asModel({ initializer: [tensor] })));
}

function inVersion(path: string): string {
  return join(scratch, 'version', path);
}

function refused(message: RegExp): void {
  assert.throws(() => sharableBytes(model), { code: 'invalid_argument', message });
}

suite('files beside a model', () => {
  test('a whole file is taken, in the folder and by links inside of it', () => {
    needs('data/w.bin');
    mkdirSync(inVersion('..inner'));
    writeFileSync(inVersion('..inner/w.bin'), Buffer.alloc(16));
    // As Kubernetes mounts volumes.
    symlinkSync('..inner', inVersion('data'));
    assert.equal(sharableBytes(model), 16);
  });

  test('one that is missing, or short by a byte, is not', () => {
    needs('w.bin');
    refused(/lies in "w.bin", which is not there/);
    writeFileSync(inVersion('w.bin'), Buffer.alloc(15));
    refused(/of which it needs 16 bytes and 15 are there/);
  });

  test('links that leave the folder are not followed, at any level', () => {
    mkdirSync(join(scratch, 'outside'));
    writeFileSync(join(scratch, 'outside', 'w.bin'), Buffer.alloc(16));
    needs('w.bin');
    symlinkSync('../outside/w.bin', inVersion('w.bin'));
    refused(/lies in "w.bin", which is a link that leaves the model's folder/);
    needs('a/b/w.bin');
    mkdirSync(inVersion('a'));
    symlinkSync(join(scratch, 'outside'), inVersion('a/b'));
    refused(/lies in "a\/b\/w.bin", which is a link that leaves/);
    // A folder whose name only begins like the version's.
    mkdirSync(join(scratch, 'version2'));
    writeFileSync(join(scratch, 'version2', 'w.bin'), Buffer.alloc(16));
    needs('c/w.bin');
    symlinkSync('../version2', inVersion('c'));
    refused(/lies in "c\/w.bin", which is a link that leaves/);
  });

  test('links that lead nowhere, or round in circles, are no files', () => {
    needs('w.bin');
    symlinkSync('nowhere', inVersion('w.bin'));
    refused(/which is not there/);
    needs('round/w.bin');
    symlinkSync('round', inVersion('round'));
    refused(/which is not there/);
  });

  test('folders, pipes and devices are no files, and nobody waits for them', () => {
    needs('folder');
    mkdirSync(inVersion('folder'));
    refused(/lies in "folder", which is no regular file/);
    needs('pipe');
    execFileSync('mkfifo', [inVersion('pipe')]);
    refused(/lies in "pipe", which is no regular file/);
    needs('zero');
    symlinkSync('/dev/zero', inVersion('zero'));
    refused(/lies in "zero", which is a link that leaves/);
    needs('folder/w.bin/deeper');
    writeFileSync(inVersion('folder/w.bin'), '');
    refused(/which is not there/);
    needs(`${'x'.repeat(300)}/w.bin`);
    refused(/which is not there/);
  });
});

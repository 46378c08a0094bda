/** The admin process as a whole, in this process. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AdminProcess } from '../../../src/app/admin.ts';
import type { ServeMessage } from '../../../src/app/messages.ts';
import { compileOptions } from '../../../src/config/compile-options.ts';
import { compileOtlpOptions } from '../../../src/telemetry/otlp-env.ts';
import { recordedEvents } from '../../support/recorded-events.ts';

function optionsFor(dataDir: string, ...argv: readonly string[]) {
  const addresses = ['--admin-address=127.0.0.1:0', '--admin-metrics-address=127.0.0.1:0'];
  const common = [`--data-dir=${dataDir}`, '--models-dir=off', ...addresses];
  const compiled = compileOptions({ argv: [...common, ...argv], env: {} });
  assert(compiled.kind === 'config');
  const { events, recorded } = recordedEvents();
  const told: ServeMessage[] = [];
  const host = {
    nodeVersion: '24',
    instanceId: 'one',
    readings: process,
    availableMemory: () => 2 ** 30,
    nodePath: process.execPath,
    tell: (message: ServeMessage) => told.push(message),
  };
  return { config: compiled.config, otlp: compileOtlpOptions({}), events, host, recorded, told };
}

test('folders in which a process that was killed qualified versions go at the start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-admin-'));
  const versions = join(dataDir, 'admin', 'versions');
  await mkdir(join(versions, 'a'.repeat(64)), { recursive: true });
  const options = optionsFor(dataDir);
  const admin = await AdminProcess.open(options);
  const left = await readdir(versions);
  await admin.close('the end of the test');
  assert.deepEqual(left, []);
  assert.deepEqual(
    options.told.map(({ kind }) => kind),
    ['ready', 'drained'],
  );
  await rm(dataDir, { recursive: true });
});

test('without serve processes to steer it refuses to start, and says what to do', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-admin-'));
  const message = '--control-address=off leaves the admin process nobody to steer; give another one';
  await assert.rejects(AdminProcess.open(optionsFor(dataDir, '--control-address=off')), { message });
  await rm(dataDir, { recursive: true });
});

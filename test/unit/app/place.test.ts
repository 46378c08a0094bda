/** The place of a serve process among its siblings: how it is handed down, and what it changes. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ALONE, placeFromText, placeSuffix, placeToText, placedConfig } from '../../../src/app/place.ts';
import { removeStateBeyond, stateDirectory } from '../../../src/app/state-directories.ts';
import { compileOptions } from '../../../src/config/compile-options.ts';
import type { Config } from '../../../src/config/options.ts';

function configOf(...argv: string[]): Config {
  const compiled = compileOptions({ argv, env: {} });
  assert(compiled.kind === 'config');
  return compiled.config;
}

test('a place that is handed down is the same on the other side', () => {
  const places = fc.record({
    number: fc.integer({ min: 1, max: 64 }),
    of: fc.integer({ min: 1, max: 64 }),
    late: fc.boolean(),
    predictPort: fc.integer({ min: 0, max: 65_535 }),
  });
  fc.assert(
    fc.property(places, (place) => {
      assert.deepEqual({ ...placeFromText(placeToText(place)) }, { ...place });
    }),
  );
});

test('a process without a supervisor is alone, and a variable that makes no sense is refused', () => {
  assert.equal(placeFromText(undefined), ALONE);
  assert.throws(() => placeFromText('1'), /SLUICE_INTERNAL_PLACE is not to be set by people/);
});

test('several processes have one Predict port, metrics ports in a row, and connections that are renewed', () => {
  const config = configOf('--predict-address=127.0.0.1:0', '--metrics-address=127.0.0.1:9464', '--serve-processes=0');
  const of = (place: { number: number; of: number; predictPort: number }) => {
    const { predictAddress, metricsAddress, maxConnectionAgeMs, serveProcesses } = placedConfig(config, {
      late: false,
      ...place,
    });
    const metricsPort = metricsAddress === 'off' ? 'off' : metricsAddress.port;
    return [predictAddress.port, metricsPort, maxConnectionAgeMs, serveProcesses];
  };
  assert.deepEqual(of({ number: 1, of: 1, predictPort: 0 }), [0, 9464, 'off', 1]);
  assert.deepEqual(of({ number: 1, of: 3, predictPort: 4000 }), [4000, 9464, 300_000, 3]);
  assert.deepEqual(of({ number: 3, of: 3, predictPort: 4000 }), [4000, 9466, 300_000, 3]);
});

test('several processes keep the age of connections that was asked for', () => {
  const ages = ['off', '10s'].map((age) => {
    const config = configOf(`--max-connection-age=${age}`);
    return placedConfig(config, { ...ALONE, of: 2 }).maxConnectionAgeMs;
  });
  assert.deepEqual(ages, ['off', 10_000]);
});

test('metrics that are off, or on any free port, are so for all', () => {
  const second = { ...ALONE, number: 2, of: 2 };
  assert.equal(placedConfig(configOf('--metrics-address=off'), second).metricsAddress, 'off');
  const any = placedConfig(configOf('--metrics-address=127.0.0.1:0'), second).metricsAddress;
  assert.deepEqual(any, { host: '127.0.0.1', port: 0 });
});

test('only one of several has a number in its name', () => {
  assert.deepEqual([placeSuffix(ALONE), placeSuffix({ number: 1, of: 2 })], ['', '#1']);
});

test('each process has a directory of its own, and those of processes that are no more go', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-state-'));
  try {
    assert.equal(stateDirectory(dataDir, { number: 1 }), join(dataDir, 'serve'));
    for (const number of [1, 2, 3, 10]) {
      await mkdir(join(stateDirectory(dataDir, { number }), 'models'), { recursive: true });
    }
    await mkdir(join(dataDir, 'serve-not'));
    await removeStateBeyond(dataDir, 2);
    assert.deepEqual((await readdir(dataDir)).sort(), ['serve', 'serve-2', 'serve-not']);
    await removeStateBeyond(join(dataDir, 'is not there'), 1);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

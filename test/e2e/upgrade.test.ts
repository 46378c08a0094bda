/** docs/operating.md: a serve process takes over from another one on the same port, and no caller notices. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { freePort, MODELS, Sluice } from '../support/sluice.ts';
import type { LogLine } from '../support/sluice.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';

it('an upgrade of the serve process, the new one beside the old one, loses no call', async () => {
  const modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
  await cp(join(MODELS, 'iris'), join(modelsDir, 'iris'), { recursive: true });
  const control = `--control-address=127.0.0.1:${String(await freePort())}`;
  const port = ['--predict-address', `127.0.0.1:${String(await freePort())}`];
  const isOpen = ({ event, name }: LogLine): boolean => event === 'listening' && name === 'admin';
  const admin = await Sluice.start({ role: 'admin', modelsDir, args: [control], until: isOpen });
  const former = await Sluice.start({ role: 'serve', args: [control, ...port] });
  const load = new SteadyLoad({
    address: former.predictAddress,
    model: 'iris',
    connections: 4,
    callersPerConnection: 2,
    keys: 10,
  });
  const next = await Sluice.start({ role: 'serve', args: [control, ...port] });
  try {
    assert.equal(await former.stop(), 0);
    const before = load.answered.length;
    // All of these are the new one's.
    await until(() => load.answered.length > before + 200);
    await load.stop();
    assert.deepEqual(load.failed, []);
  } finally {
    await next.stop();
    await admin.stop();
    await rm(modelsDir, { recursive: true });
  }
});

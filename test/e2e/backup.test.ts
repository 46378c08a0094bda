/** docs/operating.md: what its commands back up while the server runs is what a restored server has. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { MODELS, REPOSITORY, Sluice } from '../support/sluice.ts';

const run = promisify(execFile);

describe('back up and restore, by the commands of the operators guide', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sluice-backup-'));
    await cp(join(MODELS, 'iris'), join(dir, 'models/iris'), { recursive: true });
  });
  after(async () => {
    await rm(dir, { recursive: true });
  });

  async function walk(name: string): Promise<void> {
    const document = await readFile(join(REPOSITORY, 'docs/operating.md'), 'utf8');
    const block = new RegExp(`<!-- walk: ${name} -->\\s+\`\`\`sh\\n([^]*?)\`\`\``).exec(document)?.[1];
    assert.ok(block, `the document has a step ${name}`);
    const path = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
    await run('bash', ['-e', '-c', block], { cwd: dir, env: { ...process.env, PATH: path } });
  }

  it('a restored server answers by the policy that was in force, with the whole record', async () => {
    const weights = [
      { version: '1', weight: 0 },
      { version: '2', weight: 10_000 },
    ];
    const first = await Sluice.start({ modelsDir: join(dir, 'models'), dataDir: join(dir, 'data') });
    const admin = new AdminClient(first.adminAddress);
    await admin.setTraffic('iris', weights, { waitMs: 30_000 });
    const before = await admin.call<{ head: string }>('Audit', 'VerifyChain', {});
    await walk('backup');
    await admin.setTraffic('iris', [{ version: '1', weight: 10_000 }]);
    admin.close();
    await first.stop();

    await walk('restore');
    const second = await Sluice.start({ modelsDir: 'off', dataDir: join(dir, 'restored') });
    const restored = new AdminClient(second.adminAddress);
    const client = new SluiceClient(second.predictAddress);
    try {
      assert.deepEqual(await restored.call('Audit', 'VerifyChain', {}), { ...before, intact: true });
      const reply = await client.predict({ model: 'iris', inputs: [iris([5.1, 3.5, 1.4, 0.2])] });
      assert.deepEqual([reply.version, reply.epoch], ['2', 2]);
    } finally {
      client.close();
      restored.close();
      await second.stop();
    }
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import type { PredictReplyMessage } from '../support/client.ts';
import { REPOSITORY, Sluice } from '../support/sluice.ts';
import { goTool } from '../support/tools.ts';

const run = promisify(execFile);
const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const KEYS = Array.from({ length: 2000 }, (_, index) => `user-${String(index)}`);

interface Who {
  readonly epochs: readonly {
    readonly epoch: string;
    readonly version: string;
    readonly versions: readonly object[];
  }[];
}

describe('the rollout of docs/by-hand.md', () => {
  let grpcurl: string;
  let missing: string | undefined;
  let server: Sluice;
  let client: SluiceClient;
  let admin: AdminClient;
  before(async () => {
    const tool = await goTool('grpcurl');
    if ('missing' in tool) {
      missing = tool.missing;
      return;
    }
    grpcurl = tool.path;
    server = await Sluice.start();
    client = new SluiceClient(server.predictAddress);
    admin = new AdminClient(server.adminAddress);
  });
  after(async () => {
    if (missing !== undefined) return;
    client.close();
    admin.close();
    await server.stop();
  });

  /** A code block of the document, as it stands but for addresses; what each of its calls printed. */
  async function walk(name: string): Promise<string> {
    const document = await readFile(join(REPOSITORY, 'docs/by-hand.md'), 'utf8');
    const block = new RegExp(`<!-- walk: ${name} -->\\s+\`\`\`sh\\n([^]*?)\`\`\``).exec(document)?.[1];
    assert.ok(block, `the document has a step ${name}`);
    const script = block
      .replaceAll('127.0.0.1:50051', server.predictAddress)
      .replaceAll('127.0.0.1:50052', server.adminAddress)
      .replaceAll('grpcurl -plaintext', `${grpcurl} -plaintext`);
    const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: REPOSITORY });
    return stdout;
  }

  async function whoAnswersEachKey(): Promise<Map<string, PredictReplyMessage>> {
    const replies = await Promise.all(
      KEYS.map((key) => client.predict({ model: 'iris', inputs: [FLOWER], routingKey: key })),
    );
    return new Map(KEYS.map((key, index) => [key, replies[index]!]));
  }

  const shareOf = (answers: ReadonlyMap<string, PredictReplyMessage>, version: string): number =>
    [...answers.values()].filter((reply) => reply.version === version).length / answers.size;

  it('ships version 3, step by step', async (context) => {
    if (missing !== undefined) {
      context.skip(missing);
      return;
    }
    const began = new Date();
    assert.match(await walk('register'), /"state": "QUALIFIED"/);

    const canary = JSON.parse(await walk('canary')) as { applied: boolean; epoch: { epoch: string } };
    assert.deepEqual([canary.applied, canary.epoch.epoch], [true, '2']);
    const atTen = await whoAnswersEachKey();
    // Five standard deviations of a binomial with n = 2,000 and p = 0.1.
    assert.ok(
      Math.abs(shareOf(atTen, '3') - 0.1) < 5 * Math.sqrt((0.1 * 0.9) / KEYS.length),
      String(shareOf(atTen, '3')),
    );
    for (const reply of atTen.values()) {
      assert.deepEqual([reply.epoch, reply.arm], [2, reply.version === '3' ? 'canary' : 'stable']);
      assert.ok(reply.predictionId !== '');
    }
    const again = await whoAnswersEachKey();
    for (const [key, reply] of atTen) assert.equal(again.get(key)?.version, reply.version, key);
    const single = JSON.parse(await walk('predict')) as { version: string; epoch: string };
    assert.deepEqual([single.version, single.epoch], [atTen.get('user-7')?.version, '2']);
    const during = new Date();

    assert.match(await walk('raise'), /"applied": true[^]*"total"/);
    const atFifty = await whoAnswersEachKey();
    assert.ok(Math.abs(shareOf(atFifty, '3') - 0.5) < 5 * Math.sqrt(0.25 / KEYS.length), String(shareOf(atFifty, '3')));
    for (const [key, reply] of atTen) {
      if (reply.version === '3') assert.equal(atFifty.get(key)?.version, '3', `${key} went back`);
    }

    assert.match(await walk('rollback'), /"cause": "rollback"/);
    const back = await client.predict({ model: 'iris', inputs: [FLOWER], routingKey: 'user-7' });
    const rolledBack = await whoAnswersEachKey();
    for (const [key, reply] of atTen) assert.equal(rolledBack.get(key)?.version, reply.version, key);

    assert.match(await walk('who'), /"intact": true/);
    await whoServedAgrees({ began, during, atTen, back });
  });

  async function whoServedAgrees(seen: {
    began: Date;
    during: Date;
    atTen: ReadonlyMap<string, PredictReplyMessage>;
    back: PredictReplyMessage;
  }): Promise<void> {
    const ask = async (request: object): Promise<Who> => {
      const text = JSON.stringify(request);
      const { stdout } = await run(grpcurl, [
        ...['-plaintext', '-d', text],
        server.adminAddress,
        'sluice.admin.v1.Audit/WhoServed',
      ]);
      return JSON.parse(stdout) as Who;
    };
    const before = await ask({ model: 'iris', at: seen.began.toISOString(), routing_key: 'user-7' });
    assert.deepEqual([before.epochs[0]?.epoch, before.epochs[0]?.version], ['1', '1']);
    for (const key of KEYS.slice(0, 20)) {
      const middle = await ask({ model: 'iris', at: seen.during.toISOString(), routing_key: key });
      assert.deepEqual([middle.epochs[0]?.epoch, middle.epochs[0]?.version], ['2', seen.atTen.get(key)?.version], key);
    }
    const now = await ask({ model: 'iris', routing_key: 'user-7' });
    assert.deepEqual([now.epochs[0]?.epoch, now.epochs[0]?.version], ['4', seen.back.version]);
    const exact = await ask({ prediction_id: seen.back.predictionId });
    assert.deepEqual([exact.epochs[0]?.epoch, exact.epochs[0]?.version], [String(seen.back.epoch), seen.back.version]);
  }
});

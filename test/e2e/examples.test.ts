/** The example clients as they stand: against a real server behind a door with TLS that fails and asks for a token. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { AdminClient } from '../support/admin-client.ts';
import { FlakyDoor } from '../support/flaky-door.ts';
import { MODELS, REPOSITORY, Sluice } from '../support/sluice.ts';
import { goExample, python } from '../support/tools.ts';
import type { Tool } from '../support/tools.ts';

const run = promisify(execFile);
const EXAMPLES = join(REPOSITORY, 'examples');
const CLIENT_TIMEOUT_MS = 60_000;
const TOKEN = 'a-token-of-this-test';
/** Of what every client prints; three flowers, one of each kind. */
const ANSWERS =
  /^version 1, epoch \d+, arm \S+: label 0\nstream: labels 0 2 1\noutcome: accepted 1, duplicate 0, unknown 0\n$/;

describe('the clients in examples', () => {
  let dir: string;
  let server: Sluice;
  let door: FlakyDoor;
  let pythonClient: Tool;
  let goClient: Tool;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sluice-examples-'));
    await cp(join(MODELS, 'iris'), join(dir, 'iris'), { recursive: true });
    pythonClient = await python('requirements.txt', 'examples/python');
    goClient = 'path' in pythonClient ? await goExample(pythonClient.path) : pythonClient;
    server = await Sluice.start({ modelsDir: dir });
    await startExperiment(server.adminAddress);
    door = await FlakyDoor.open(server.predictAddress);
  });
  after(async () => {
    await door.close();
    await server.stop();
    await rm(dir, { recursive: true });
  });

  for (const [name, line] of [
    ['Node', () => [process.execPath, join(EXAMPLES, 'node/client.mjs')]],
    ['Python', () => [pythonClient, join(EXAMPLES, 'python/client.py')]],
    ['Go', () => [goClient]],
  ] as const) {
    it(`${name}: predicts, streams and reports, in the clear`, async (context) => {
      await answers(context, line(), { SLUICE_PREDICT_ADDRESS: server.predictAddress });
    });

    it(`${name}: tries again where a call is UNAVAILABLE, and sends its token over TLS alone`, async (context) => {
      door.forget();
      const secure = { SLUICE_CA: door.authority, SLUICE_TOKEN: TOKEN };
      if (!(await answers(context, line(), { SLUICE_PREDICT_ADDRESS: door.address, ...secure }))) return;
      assert.deepEqual(
        door.seen.map(({ method, failed }) => `${method} ${failed ? 'failed' : 'answered'}`),
        [
          'Predict failed',
          'Predict answered',
          'PredictStream answered',
          'ReportOutcomes failed',
          'ReportOutcomes answered',
        ],
      );
      assert.deepEqual(new Set(door.seen.map(({ authorization }) => authorization)), new Set([`Bearer ${TOKEN}`]));
    });
  }

  it('the Node client asks for the packages that this repository has', () => {
    const { dependencies } = packageOf(join(EXAMPLES, 'node'));
    const ours = packageOf(REPOSITORY).dependencies;
    for (const [name, version] of Object.entries(dependencies)) assert.equal(version, ours[name], name);
  });

  /** Whether it was run. Outcomes of one prediction count once, so each run is another prediction. */
  async function answers(
    context: TestContext,
    line: readonly (string | Tool)[],
    env: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const words: string[] = [];
    for (const word of line) {
      if (typeof word !== 'string' && 'missing' in word) {
        context.skip(word.missing);
        return false;
      }
      words.push(typeof word === 'string' ? word : word.path);
    }
    const [command = '', ...args] = words;
    const options = { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env }, timeout: CLIENT_TIMEOUT_MS };
    const { stdout } = await run(command, args, options);
    assert.match(stdout, ANSWERS);
    return true;
  }
});

/** Its arms are one version, so that answers are known, and "conversion" is a metric that outcomes may have. */
async function startExperiment(address: string): Promise<void> {
  const admin = new AdminClient(address);
  await admin.call('Experiments', 'Create', {
    name: 'examples',
    model: 'iris',
    arms: [
      { name: 'control', version: '1' },
      { name: 'treatment', version: '1' },
    ],
    metrics: [{ name: 'conversion', kind: 'proportion' }],
  });
  await admin.call('Experiments', 'Start', { name: 'examples' });
  admin.close();
}

function packageOf(folder: string): { dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { TRANSPORTS } from '../support/fake-door.ts';
import { FIXTURES, MODELS, REPOSITORY, Sluice } from '../support/sluice.ts';
import { goTool, python } from '../support/tools.ts';
import type { Tool } from '../support/tools.ts';

const run = promisify(execFile);

/** What scikit-learn says about the README's flowers; models/iris/1/model.json holds more. */
const SETOSA = 0;
const VIRGINICA = 2;

for (const transport of TRANSPORTS) {
  describe(`clients that are not ours (${transport})`, () => {
    let dir: string;
    let server: Sluice;
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
      for (const model of ['iris', 'digits']) await cp(join(MODELS, model), join(dir, model), { recursive: true });
      for (const model of ['simple', 'string_identity']) {
        await cp(join(FIXTURES, model), join(dir, model), { recursive: true });
      }
      server = await Sluice.start({ transport, modelsDir: dir });
    });
    after(async () => {
      await server.stop();
      await rm(dir, { recursive: true });
    });

    it("answers README's grpcurl example", async (context) => {
      const grpcurl = pathOf(await goTool('grpcurl'), context);
      if (grpcurl === undefined) return;
      const script = (await example('grpcurl')).replace('grpcurl', grpcurl);
      const { stdout } = await run('sh', ['-c', script]);
      const reply = JSON.parse(stdout) as {
        version: string;
        outputs: { name: string; int64s?: string[]; floats?: number[] }[];
      };
      assert.equal(reply.version, '1');
      assert.deepEqual(reply.outputs.find((output) => output.name === 'label')?.int64s, [String(SETOSA)]);
    });

    it("answers README's Python example", async (context) => {
      const interpreter = pathOf(await python(), context);
      if (interpreter === undefined) return;
      const { stdout } = await run(interpreter, ['-c', await example('python')]);
      assert.match(stdout, new RegExp(`^\\[${String(SETOSA)} ${String(VIRGINICA)}\\]`));
    });

    it("satisfies Triton's official Python client, raw and typed", async (context) => {
      const interpreter = pathOf(await python(), context);
      if (interpreter === undefined) return;
      const script = join(REPOSITORY, 'test/conformance/tritonclient_test.py');
      const { stderr } = await run(interpreter, [script, server.predictAddress]);
      assert.match(stderr, /\nOK/);
    });

    it('shows grpcurl all services by reflection, and their health', async (context) => {
      const grpcurl = pathOf(await goTool('grpcurl'), context);
      if (grpcurl === undefined) return;
      const call = async (...args: string[]): Promise<string> =>
        (await run(grpcurl, ['-plaintext', server.predictAddress, ...args])).stdout;
      assert.deepEqual((await call('list')).trim().split('\n'), [
        'grpc.health.v1.Health',
        'inference.GRPCInferenceService',
        'sluice.v1.OutcomeService',
        'sluice.v1.PredictService',
      ]);
      assert.match(await call('describe', 'sluice.v1.PredictRequest'), /message PredictRequest/);
      const { statuses } = JSON.parse(await call('grpc.health.v1.Health/List')) as {
        statuses: Record<string, { status: string }>;
      };
      for (const name of ['', 'iris', 'digits', 'sluice.v1.PredictService', 'inference.GRPCInferenceService']) {
        assert.equal(statuses[name]?.status, 'SERVING', name);
      }
    });

    it('answers a thousand calls of ghz without an error', async (context) => {
      const ghz = pathOf(await goTool('ghz'), context);
      if (ghz === undefined) return;
      const data = JSON.stringify({
        model: 'iris',
        inputs: [{ name: 'X', shape: [1, 4], floats: [5.1, 3.5, 1.4, 0.2] }],
      });
      const args = [
        '--insecure',
        '--call',
        'sluice.v1.PredictService/Predict',
        '-n',
        '1000',
        '-c',
        '32',
        '-O',
        'json',
        '-d',
        data,
      ];
      const { stdout } = await run(ghz, [...args, server.predictAddress]);
      const report = JSON.parse(stdout) as { statusCodeDistribution: Record<string, number> };
      assert.deepEqual(report.statusCodeDistribution, { OK: 1000 });
    });

    /** A code block of README, as it stands but for the address. */
    async function example(name: string): Promise<string> {
      const readme = await readFile(join(REPOSITORY, 'README.md'), 'utf8');
      const block = new RegExp(`<!-- example: ${name} -->\\s+\`\`\`\\w+\\n([^]*?)\`\`\``).exec(readme)?.[1];
      assert.ok(block, `README has an example for ${name}`);
      assert.ok(block.includes('127.0.0.1:50051'), 'it names the default address');
      return block.replaceAll('127.0.0.1:50051', server.predictAddress);
    }
  });
}

function pathOf(tool: Tool, context: TestContext): string | undefined {
  if ('path' in tool) return tool.path;
  context.skip(tool.missing);
  return undefined;
}

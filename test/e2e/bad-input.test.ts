import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { mkdtemp, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iris, SluiceClient } from '../support/client.ts';
import type { TensorMessage } from '../support/client.ts';
import { TRANSPORTS } from '../support/fake-door.ts';
import { FIXTURES, MODELS, Sluice } from '../support/sluice.ts';

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

const GOOD = iris([5.1, 3.5, 1.4, 0.2]);
const X = (tensor: Partial<TensorMessage>): TensorMessage => ({ name: 'X', datatype: 'FP32', ...tensor });

interface BadCall {
  readonly title: string;
  readonly model?: string;
  readonly version?: string;
  readonly inputs: readonly TensorMessage[];
  readonly code: number;
  readonly says: RegExp;
}

const BAD_CALLS: readonly BadCall[] = [
  { title: 'no inputs', inputs: [], code: INVALID_ARGUMENT, says: /expected 1 inputs but got 0 .*missing.*'X'/ },
  {
    title: 'a wrong name',
    inputs: [{ ...GOOD, name: 'Y' }],
    code: INVALID_ARGUMENT,
    says: /unexpected inference input 'Y'.*'X'/,
  },
  { title: 'an input twice', inputs: [GOOD, GOOD], code: INVALID_ARGUMENT, says: /'X' already exists/ },
  {
    title: 'a wrong type',
    inputs: [{ name: 'X', datatype: 'INT64', shape: [1, 4], int64s: [1, 2, 3, 4] }],
    code: INVALID_ARGUMENT,
    says: /'X' data-type is 'INT64', but model 'iris' expects 'FP32'/,
  },
  {
    title: 'an unknown type',
    inputs: [X({ datatype: 'FP31', shape: [1, 4], raw: new Uint8Array(16) })],
    code: INVALID_ARGUMENT,
    says: /FP31/,
  },
  {
    title: 'a wrong rank',
    inputs: [X({ shape: [4], floats: [1, 2, 3, 4] })],
    code: INVALID_ARGUMENT,
    says: /Expected \[-1,4\], got \[4\]/,
  },
  {
    title: 'a wrong dimension',
    inputs: [X({ shape: [1, 5], floats: [1, 2, 3, 4, 5] })],
    code: INVALID_ARGUMENT,
    says: /Expected \[-1,4\], got \[1,5\]/,
  },
  { title: 'too few values', inputs: [X({ shape: [1, 4], floats: [1, 2, 3] })], code: INVALID_ARGUMENT, says: /X.*3/ },
  {
    title: 'too few bytes',
    inputs: [X({ shape: [1, 4], raw: new Uint8Array(15) })],
    code: INVALID_ARGUMENT,
    says: /'X'.*Expected 16, got 15/,
  },
  {
    title: 'a negative dimension',
    inputs: [X({ shape: [-1, 4], floats: [1, 2, 3, 4] })],
    code: INVALID_ARGUMENT,
    says: /X.*-1/,
  },
  {
    title: 'a shape whose product overflows',
    inputs: [X({ shape: [2 ** 40, 2 ** 40], floats: [1] })],
    code: INVALID_ARGUMENT,
    says: /X/,
  },
  {
    title: 'a huge shape without data',
    inputs: [X({ shape: [2 ** 31, 4], raw: new Uint8Array(16) })],
    code: INVALID_ARGUMENT,
    says: /X/,
  },
  { title: 'no rows', inputs: [X({ shape: [0, 4], raw: new Uint8Array(0) })], code: INVALID_ARGUMENT, says: /X/ },
  {
    title: 'raw and typed contents together',
    inputs: [X({ shape: [1, 4], floats: [1, 2, 3, 4], raw: new Uint8Array(16) })],
    code: INVALID_ARGUMENT,
    says: /X/,
  },
  {
    title: 'more rows than a batch may have',
    inputs: [X({ shape: [65, 4], raw: new Uint8Array(65 * 16) })],
    code: INVALID_ARGUMENT,
    says: /must be <= 64 for 'iris', got 65/,
  },
  { title: 'an unknown model', model: 'irises', inputs: [GOOD], code: NOT_FOUND, says: /unknown model: 'irises'/ },
  {
    title: 'a model name that is a path',
    model: '../etc/passwd',
    inputs: [GOOD],
    code: NOT_FOUND,
    says: /unknown model: '\.\.\/etc\/passwd'/,
  },
  { title: 'an unknown version', version: '99', inputs: [GOOD], code: NOT_FOUND, says: /version 99 is not found/ },
  {
    title: 'a version that failed',
    model: 'wrong_golden',
    inputs: [GOOD],
    code: UNAVAILABLE,
    says: /golden example 1 is answered wrongly/,
  },
  {
    title: 'strings with NUL, which ONNX Runtime would cut',
    model: 'string_identity',
    inputs: [{ name: 'text', datatype: 'BYTES', shape: [1, 1], strings: ['a\0b'] }],
    code: INVALID_ARGUMENT,
    says: /'text' holds a NUL/,
  },
];

for (const transport of TRANSPORTS) {
  describe(`bad input (${transport})`, () => {
    let dir: string;
    let server: Sluice;
    let client: SluiceClient;
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
      await cp(join(MODELS, 'iris'), join(dir, 'iris'), { recursive: true });
      for (const name of ['wrong_golden', 'string_identity', 'nan_ok', 'poison_row', 'external_escape', 'hungry']) {
        await cp(join(FIXTURES, name), join(dir, name), { recursive: true });
      }
      await mkdir(join(dir, 'truncated/1'), { recursive: true });
      const whole = await readFile(join(MODELS, 'iris/2/model.onnx'));
      await writeFile(join(dir, 'truncated/1/model.onnx'), whole.subarray(0, whole.length / 2));
      server = await Sluice.start({ transport, modelsDir: dir });
      client = new SluiceClient(server.predictAddress, {
        'grpc.max_send_message_length': -1,
        'grpc.max_receive_message_length': -1,
      });
    });
    after(async () => {
      client.close();
      await server.stop();
      await rm(dir, { recursive: true });
    });

    for (const { title, code, says, ...request } of BAD_CALLS) {
      it(`refuses ${title} with a sentence that names it`, async () => {
        await assert.rejects(
          client.predict({ model: 'iris', ...request }),
          (error: { code: number; details: string }) => {
            assert.match(error.details, says);
            assert.equal(error.code, code);
            return true;
          },
        );
      });
    }

    it('refuses a message beyond the limit and names the limit', async () => {
      const inputs = [X({ shape: [65, 2 ** 18], raw: new Uint8Array(65 * 2 ** 20) })];
      await assert.rejects(client.predict({ model: 'iris', inputs }), (error: { code: number; details: string }) => {
        assert.equal(error.code, RESOURCE_EXHAUSTED);
        assert.match(error.details, /67108864/);
        return true;
      });
    });

    it('takes NaN where the model does', async () => {
      const inputs = [{ name: 'x', datatype: 'FP32', shape: [1, 2], floats: [NaN, 2] }];
      const reply = await client.predict({ model: 'nan_ok', inputs });
      assert.deepEqual(reply.outputs.find((output) => output.name === 'y')?.floats, [0, 2]);
    });

    it('lets one bad row of a batch fail only its own caller', async () => {
      const index = (value: number): TensorMessage => ({
        name: 'index',
        datatype: 'INT64',
        shape: [1, 1],
        int64s: [value],
      });
      const calls = Array.from({ length: 60 }, (_, at) =>
        client.predict({ model: 'poison_row', inputs: [index(at === 30 ? 99 : at % 10)] }),
      );
      const results = await Promise.allSettled(calls);
      const failed = results.flatMap((result, at) => (result.status === 'rejected' ? [at] : []));
      assert.deepEqual(failed, [30]);
    });

    it('refuses malformed protobuf with INVALID_ARGUMENT and keeps the connection', async () => {
      const statuses = await sendRaw(server.predictAddress, [
        Buffer.from([0xff, 0xff, 0xff, 0xff]),
        Buffer.from([0x0f, 0x00]),
      ]);
      assert.deepEqual(statuses, ['3', '3']);
    });

    it('tells why each version that failed is not served', async () => {
      const reasons: Record<string, string> = {};
      for (const model of ['truncated', 'external_escape', 'hungry', 'wrong_golden']) {
        const { versions } = (await client.call('sluice.v1.PredictService', 'ListVersions', { model })) as {
          versions: { state: string; reason: string }[];
        };
        assert.match(versions[0]?.state ?? '', /FAILED/i);
        reasons[model] = versions[0]?.reason ?? '';
        assert.ok(!reasons[model].includes(dir), 'the reason names no directory of the machine');
      }
      assert.match(reasons.truncated ?? '', /the model file has \d+ bytes announced where \d+ are left/);
      assert.match(reasons.external_escape ?? '', /lies in "\.\.\/.*, which is not inside the model/);
      assert.match(reasons.hungry ?? '', /memory/);
      assert.match(reasons.wrong_golden ?? '', /golden example 1/);
    });

    it('still answers everybody else, and has written no line that a person must act on but for the failed versions', async () => {
      assert.equal((await client.predict({ model: 'iris', inputs: [GOOD] })).version, '1');
      const errors = server.log.filter(
        (line) => line.level === 'error' && line.event !== 'versionFailed' && line.model !== 'poison_row',
      );
      assert.deepEqual(errors, []);
    });
  });
}

/** Unary calls with bodies that no client library would send, one after the other on one connection. */
async function sendRaw(address: string, bodies: readonly Buffer[]): Promise<string[]> {
  const session = connect(`http://${address}`);
  const statuses: string[] = [];
  for (const body of bodies) {
    const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, body.length]), body]);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/sluice.v1.PredictService/Predict',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    statuses.push(
      await new Promise<string>((resolve, reject) => {
        const take = (headers: Record<string, unknown>): void => {
          if (typeof headers['grpc-status'] === 'string') resolve(headers['grpc-status']);
        };
        stream.on('response', take);
        stream.on('trailers', take);
        stream.on('error', reject);
        stream.resume();
        stream.end(frame);
      }),
    );
  }
  session.close();
  return statuses;
}

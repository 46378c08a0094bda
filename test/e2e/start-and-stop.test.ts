import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { iris, SluiceClient } from '../support/client.ts';
import { FIXTURES, freePort, MODELS, REPOSITORY, runSluice, Sluice } from '../support/sluice.ts';

const SETOSA = iris([5.1, 3.5, 1.4, 0.2]);

describe('starting', () => {
  it('answers every golden example of every model as scikit-learn does, within 1e-5', async () => {
    await using server = await Sluice.start();
    using client = new SluiceClient(server.predictAddress);
    let checked = 0;
    for (const { model, version, golden } of await goldens()) {
      for (const example of golden.examples) {
        const inputs = Object.entries(example.inputs).map(([name, tensor]) => typed(name, tensor));
        const reply = await client.predict({ model, version, inputs });
        assert.equal(reply.version, version);
        for (const [name, expected] of Object.entries(example.outputs)) {
          const output = reply.outputs.find((candidate) => candidate.name === name);
          assert.ok(output, `${model} ${version} has output ${name}`);
          closeTo(valuesOf(output), expected.data, golden.tolerance);
          checked += 1;
        }
      }
    }
    assert.ok(checked > 30);
  });

  it('ends its log with the ports and a call that works as it stands', async () => {
    await using server = await Sluice.start();
    await calls(() => server.text.includes('grpcurl'));
    assert.match(server.text, new RegExp(`predict {2}${server.predictAddress}`));
    assert.match(server.text, new RegExp(`http://${server.metricsAddress}/metrics`));
    const json = /grpcurl -plaintext -d '(\{.*\})'/.exec(server.text)?.[1];
    assert.ok(json);
    using client = new SluiceClient(server.predictAddress);
    const reply = await client.predict(JSON.parse(json) as Parameters<SluiceClient['predict']>[0]);
    assert.equal(reply.outputs.length, 2);
  });

  it('refuses an unknown option with one sentence and exit code 2', async () => {
    const { code, stderr } = await runSluice(['--max-batch-row=8']);
    assert.equal(code, 2);
    assert.equal(stderr, 'sluice: unknown option --max-batch-row; did you mean --max-batch-rows?\n');
  });

  it('refuses a bad value in the environment with one sentence and exit code 2', async () => {
    const { code, stderr } = await runSluice([], { SLUICE_LANES: 'many' });
    assert.equal(code, 2);
    assert.match(stderr, /^sluice: SLUICE_LANES cannot be "many"; give .+\n$/);
  });

  it('refuses a busy port with one sentence and exit code 2', async () => {
    const squatter = createServer();
    squatter.listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    assert.ok(address !== null && typeof address === 'object');
    const { code, stderr } = await runSluice(['--predict-address', `127.0.0.1:${String(address.port)}`]);
    squatter.close();
    assert.equal(code, 2);
    assert.match(stderr, /^sluice: cannot listen on 127\.0\.0\.1:\d+: the port is in use; .+\(--predict-address\)\n$/);
  });

  it('refuses a second server on the same port although the processes of one server share it', async () => {
    const port = await freePort();
    await using first = await Sluice.start({ args: ['--predict-address', `127.0.0.1:${String(port)}`] });
    const { code } = await runSluice(['--predict-address', first.predictAddress, '--metrics-address', 'off']);
    assert.equal(code, 2);
  });

  it('refuses a models directory that is not there with exit code 2', async () => {
    const { code, stderr } = await runSluice([
      '--models-dir=./no-such-models',
      '--predict-address=127.0.0.1:0',
      '--metrics-address=off',
      '--admin-address=127.0.0.1:0',
      '--admin-metrics-address=off',
      `--data-dir=${await mkdtemp(join(tmpdir(), 'sluice-data-'))}`,
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /cannot read the models directory \.\/no-such-models/);
  });
});

describe('stopping', () => {
  for (const role of ['up', 'serve'] as const) {
    it(`answers every accepted call after SIGTERM under load, then exits 0 (${role})`, async () => {
      const args = role === 'serve' ? ['--control-address=off'] : [];
      await using server = await Sluice.start({ role, args });
      const clients = Array.from({ length: 3 }, () => new SluiceClient(server.predictAddress));
      const outcomes = { ok: 0, refused: 0, other: [] as string[] };
      const lost: string[] = [];
      let stopping = false;
      const callers = clients.flatMap((client) =>
        Array.from({ length: 16 }, async () => {
          for (;;) {
            try {
              await client.predict({ model: 'iris', inputs: [SETOSA] });
              outcomes.ok += 1;
            } catch (caught) {
              const { code, details } = caught as { code: number; details: string };
              if (!stopping) lost.push(details);
              // UNAVAILABLE: the connection was closed before the call was taken; a client retries elsewhere.
              if (code !== 14) outcomes.other.push(details);
              else if (/reset|Connection dropped/i.test(details)) lost.push(details);
              outcomes.refused += 1;
              return;
            }
          }
        }),
      );
      await server.line((line) => line.event === 'settled');
      await calls(() => outcomes.ok >= 500);
      stopping = true;
      const code = await server.stop();
      await Promise.all(callers);
      for (const client of clients) client.close();
      assert.deepEqual(outcomes.other, []);
      assert.deepEqual(lost, []);
      assert.equal(code, 0);
    });
  }

  it('exits 0 although a thread is stuck in a run that never ends', async () => {
    const dir = await modelsWith([
      [FIXTURES, 'slow_on_demand'],
      [FIXTURES, 'fixed_shape'],
    ]);
    await using server = await Sluice.start({ modelsDir: dir, args: ['--max-run=300ms'] });
    using client = new SluiceClient(server.predictAddress);
    await assert.rejects(client.predict({ model: 'slow_on_demand', inputs: [endless()] }), { code: 4 });
    const reply = await client.predict({
      model: 'fixed_shape',
      inputs: [{ name: 'x', shape: [1, 4], floats: [1, 2, 3, 4] }],
    });
    assert.deepEqual(reply.outputs[0]?.floats, [2, 4, 6, 8]);
    assert.equal(await server.stop(), 0);
    await rm(dir, { recursive: true });
  });
});

describe('the supervisor', () => {
  it('starts the serve process again after kill -9', async () => {
    const port = await freePort();
    await using server = await Sluice.start({ args: ['--predict-address', `127.0.0.1:${String(port)}`] });
    process.kill(server.childPid('serve'), 'SIGKILL');
    await server.line((line) => line.event === 'serveRestarting');
    await calls(() => server.log.filter((line) => line.event === 'settled').length === 2);
    using client = new SluiceClient(server.predictAddress);
    const reply = await client.predict({ model: 'iris', inputs: [SETOSA] }, { deadline: Date.now() + 20_000 });
    assert.equal(reply.model, 'iris');
    assert.equal(await server.stop(), 0);
  });

  it('replaces a serve process with too many stuck threads without losing a call', async () => {
    const dir = await modelsWith([
      [MODELS, 'iris'],
      [FIXTURES, 'slow_on_demand'],
    ]);
    const port = await freePort();
    const args = ['--max-run=200ms', '--max-lost-lanes=1', '--predict-address', `127.0.0.1:${String(port)}`];
    await using server = await Sluice.start({ modelsDir: dir, args });
    const former = server.childPid('serve');
    const failures: string[] = [];
    const traffic = { running: true };
    const caller = (async () => {
      using client = new SluiceClient(server.predictAddress);
      while (traffic.running) {
        try {
          await client.predict({ model: 'iris', inputs: [SETOSA] }, { deadline: Date.now() + 10_000 });
        } catch (caught) {
          failures.push(String(caught));
        }
      }
    })();
    using culprit = new SluiceClient(server.predictAddress);
    await assert.rejects(culprit.predict({ model: 'slow_on_demand', inputs: [endless()] }), { code: 4 });
    await server.line((line) => line.event === 'serveRecycling');
    await calls(() => !isAlive(former));
    traffic.running = false;
    await caller;
    assert.notEqual(server.childPid('serve'), former);
    assert.deepEqual(failures, []);
    assert.equal(await server.stop(), 0);
    await rm(dir, { recursive: true });
  });

  it('leaves no process behind when it is killed itself', async () => {
    const server = await Sluice.start();
    const children = [server.childPid('serve'), server.childPid('admin')];
    server.signal('SIGKILL');
    await calls(() => !children.some(isAlive));
    await server.stop();
  });
});

describe('SIGHUP', () => {
  let dir: string;
  let server: Sluice;
  before(async () => {
    dir = await modelsWith([[MODELS, 'iris']]);
    await rm(join(dir, 'iris/2'), { recursive: true });
    server = await Sluice.start({ modelsDir: dir, args: ['--hold-former=0'] });
  });
  after(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });

  const state = (version: string, name: string) =>
    server.line((line) => line.event === 'versionState' && line.version === version && line.state === name);

  it('imports a version that came, and loads it without giving it traffic', async () => {
    await cp(join(MODELS, 'iris/2'), join(dir, 'iris/2'), { recursive: true });
    server.signal('SIGHUP');
    await state('2', 'ready');
    using client = new SluiceClient(server.predictAddress);
    assert.equal((await client.predict({ model: 'iris', version: '2', inputs: [SETOSA] })).version, '2');
    assert.equal((await client.predict({ model: 'iris', version: 'latest', inputs: [SETOSA] })).version, '2');
    assert.equal((await client.predict({ model: 'iris', inputs: [SETOSA] })).version, '1');
  });

  it('moves traffic as config.json says, and keeps a key on its version', async () => {
    await writeFile(join(dir, 'iris/config.json'), JSON.stringify({ traffic: { '1': 5000, '2': 5000 } }));
    server.signal('SIGHUP');
    using client = new SluiceClient(server.predictAddress);
    while ((await client.predict({ model: 'iris', inputs: [SETOSA] })).epoch < 2) await pause(20);
    const versions = new Map<string, Set<string>>();
    for (let call = 0; call < 400; call += 1) {
      const routingKey = `caller-${String(call % 40)}`;
      const { version } = await client.predict({ model: 'iris', routingKey, inputs: [SETOSA] });
      versions.set(routingKey, (versions.get(routingKey) ?? new Set()).add(version));
    }
    assert.ok([...versions.values()].every((seen) => seen.size === 1));
    const second = [...versions.values()].filter((seen) => seen.has('2')).length;
    assert.ok(second > 8 && second < 32, `${String(second)} of 40 keys are on version 2`);
  });

  it('takes no other files under a known name, and tells so', async () => {
    await writeFile(join(dir, 'iris/2/model.onnx'), 'not a model');
    server.signal('SIGHUP');
    const told = await server.line((line) => line.event === 'versionFailed');
    assert.deepEqual([told.model, told.version], ['iris', '2']);
    assert.match(String(told.reason), /immutable/);
    using client = new SluiceClient(server.predictAddress);
    assert.equal((await client.predict({ model: 'iris', version: '2', inputs: [SETOSA] })).version, '2');
  });

  it('unloads a version whose folder is gone and which has no traffic, but remembers it', async () => {
    await writeFile(join(dir, 'iris/config.json'), JSON.stringify({ traffic: { '1': 10_000 } }));
    await rm(join(dir, 'iris/2'), { recursive: true });
    server.signal('SIGHUP');
    await state('2', 'unloaded');
    using client = new SluiceClient(server.predictAddress);
    const asked = client.predict({ model: 'iris', version: '2', inputs: [SETOSA] });
    await assert.rejects(asked, { code: 14, details: /is not loaded; give it traffic/ });
  });
});

describe('SIGHUP without a registry', () => {
  let dir: string;
  let server: Sluice;
  before(async () => {
    dir = await modelsWith([[MODELS, 'iris']]);
    await rm(join(dir, 'iris/2'), { recursive: true });
    server = await Sluice.start({ modelsDir: dir, args: ['--control-address=off'] });
  });
  after(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });

  const settled = (times: number) => calls(() => server.log.filter((line) => line.event === 'settled').length >= times);

  it('loads a version that came, without giving it traffic', async () => {
    await cp(join(MODELS, 'iris/2'), join(dir, 'iris/2'), { recursive: true });
    server.signal('SIGHUP');
    await settled(2);
    using client = new SluiceClient(server.predictAddress);
    assert.equal((await client.predict({ model: 'iris', version: '2', inputs: [SETOSA] })).version, '2');
    assert.equal((await client.predict({ model: 'iris', version: 'latest', inputs: [SETOSA] })).version, '2');
    assert.equal((await client.predict({ model: 'iris', inputs: [SETOSA] })).version, '1');
  });

  it('moves traffic as config.json says, and keeps a key on its version', async () => {
    await writeFile(join(dir, 'iris/config.json'), JSON.stringify({ traffic: { '1': 5000, '2': 5000 } }));
    server.signal('SIGHUP');
    await settled(3);
    using client = new SluiceClient(server.predictAddress);
    const versions = new Map<string, Set<string>>();
    for (let call = 0; call < 400; call += 1) {
      const routingKey = `caller-${String(call % 40)}`;
      const { version } = await client.predict({ model: 'iris', routingKey, inputs: [SETOSA] });
      versions.set(routingKey, (versions.get(routingKey) ?? new Set()).add(version));
    }
    assert.ok([...versions.values()].every((seen) => seen.size === 1));
    const second = [...versions.values()].filter((seen) => seen.has('2')).length;
    assert.ok(second > 8 && second < 32, `${String(second)} of 40 keys are on version 2`);
  });

  it('keeps serving what it has when the new files are broken, and tells the reason', async () => {
    await writeFile(join(dir, 'iris/2/model.onnx'), 'not a model');
    server.signal('SIGHUP');
    await settled(4);
    using client = new SluiceClient(server.predictAddress);
    assert.equal((await client.predict({ model: 'iris', version: '2', inputs: [SETOSA] })).version, '2');
    const { versions } = (await client.call('sluice.v1.PredictService', 'ListVersions', { model: 'iris' })) as {
      versions: { version: string; state: string; reason: string }[];
    };
    assert.match(
      versions.find((row) => row.version === '2')?.reason ?? '',
      /its replacement .* is failed: .*the model file has /,
    );
  });

  it('unloads a version whose files are gone', async () => {
    await writeFile(join(dir, 'iris/config.json'), JSON.stringify({ traffic: { '1': 10_000 } }));
    await rm(join(dir, 'iris/2'), { recursive: true });
    server.signal('SIGHUP');
    await settled(5);
    await server.line((line) => line.event === 'versionState' && line.state === 'unloaded');
    using client = new SluiceClient(server.predictAddress);
    await assert.rejects(client.predict({ model: 'iris', version: '2', inputs: [SETOSA] }), { code: 5 });
  });
});

interface JsonTensor {
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

interface Golden {
  readonly tolerance: number;
  readonly examples: readonly { inputs: Record<string, JsonTensor>; outputs: Record<string, JsonTensor> }[];
}

async function goldens(): Promise<{ model: string; version: string; golden: Golden }[]> {
  const found: { model: string; version: string; golden: Golden }[] = [];
  for (const model of ['iris', 'digits', 'wine']) {
    for (const version of await readdir(join(MODELS, model))) {
      if (!/^\d+$/.test(version)) continue;
      const file = join(MODELS, model, version, 'model.json');
      const { golden } = JSON.parse(await readFile(file, 'utf8')) as { golden: Golden };
      found.push({ model, version, golden });
    }
  }
  return found;
}

function typed(name: string, { datatype, shape, data }: JsonTensor) {
  const field = { FP32: 'floats', INT64: 'int64s', BYTES: 'strings' }[datatype];
  assert.ok(field, datatype);
  return { name, datatype, shape, [field]: data };
}

function valuesOf(output: object): readonly (number | string)[] {
  const lists = Object.values(output).filter(
    (value): value is (number | string)[] => Array.isArray(value) && value.length > 0,
  );
  // The shape is a list too, and comes before the contents.
  return lists.at(-1) ?? [];
}

function closeTo(got: readonly (number | string)[], expected: readonly (number | string)[], tolerance: number): void {
  assert.equal(got.length, expected.length);
  for (const [at, want] of expected.entries()) {
    const have = got[at];
    if (typeof want === 'number' && typeof have === 'number') assert.ok(Math.abs(have - want) <= tolerance);
    else assert.equal(have, want);
  }
}

function endless() {
  return { name: 'x', datatype: 'FP32', shape: [1, 2], floats: [1e9, 0] };
}

async function modelsWith(models: readonly (readonly [string, string])[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
  for (const [from, model] of models) await cp(join(from, model), join(dir, model), { recursive: true });
  return dir;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Looks again until it is so; the end of the world is 30 s away. */
async function calls(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not come to pass within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('signals during the start', () => {
  it('SIGTERM lets the start end, and then the process, with exit code 0', async () => {
    const child = startUnsettled();
    await child.line('serverStarting');
    child.kill('SIGTERM');
    assert.equal(await child.exited, 0);
  });
});

/** A server that is still starting when the first line is there. */
function startUnsettled() {
  const off = ['--metrics-address=off', '--admin-metrics-address=off'];
  const args = ['--predict-address=127.0.0.1:0', ...off, `--models-dir=${MODELS}`];
  const data = `--data-dir=${join(tmpdir(), `sluice-start-${String(process.pid)}`)}`;
  const child = spawn(process.execPath, [join(REPOSITORY, 'src/main.ts'), ...args, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const line = (event: string) =>
    new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes(event)) resolve();
      });
    });
  return { line, exited, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

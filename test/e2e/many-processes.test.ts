/** Several serve processes behind one port: spread over, ready together, lost one at a time, ended in good order. */
import assert from 'node:assert/strict';
import { access, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { patiently } from '../support/patiently.ts';
import { MODELS, Sluice } from '../support/sluice.ts';
import type { LogLine } from '../support/sluice.ts';

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const PROCESSES = 2;
/** That all of so many connections come to one of two processes has a probability of 2^-23. */
const CONNECTIONS = 24;
const WAIT_MS = 30_000;
const UNAVAILABLE = 14;

interface Instances {
  readonly instances: readonly { readonly instance: string; readonly connected: boolean; readonly settled: boolean }[];
}

describe('two serve processes', () => {
  let modelsDir: string;
  before(async () => {
    modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
    await cp(join(MODELS, 'iris'), join(modelsDir, 'iris'), { recursive: true });
  });
  after(async () => {
    await rm(modelsDir, { recursive: true });
  });

  it('share a port; the loss of one fails only what it had in flight, and it comes back by itself', async () => {
    await using server = await startBoth(modelsDir);
    using admin = new AdminClient(server.adminAddress);
    const { instances } = await admin.call<Instances>('Monitor', 'ListInstances', {});
    const names = instances.map(({ instance }) => instance.replace(/^.*#/, '#')).sort();
    assert.deepEqual(names, ['#1', '#2']);
    for (const name of ['serve', 'serve-2']) await access(join(server.dataDir, name, 'models', 'iris.json'));

    const clients = Array.from({ length: CONNECTIONS }, () => new SluiceClient(server.predictAddress));
    try {
      for (const client of clients) await client.predict({ model: 'iris', inputs: [FLOWER] });
      const [first, second] = await Promise.all([answered(server, 1), answered(server, 2)]);
      assert.equal(first + second, CONNECTIONS);
      assert(first > 0 && second > 0, `one of them answers all: ${String(first)} and ${String(second)}`);

      process.kill(pidOf(server, 2), 'SIGKILL');
      const lost = await Promise.allSettled(
        clients.map((client) => client.predict({ model: 'iris', inputs: [FLOWER] })),
      );
      const codes = lost.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : []));
      assert(codes.length <= second, 'connections of the other process are not touched');
      assert.deepEqual(
        codes.filter((code) => code !== UNAVAILABLE),
        [],
      );
      // While it is away, its port is not open: whoever connects anew is answered by the other one.
      await Promise.all(clients.map((client) => patiently(() => client.predict({ model: 'iris', inputs: [FLOWER] }))));

      const settled = await server.line(isSettledAfter(server, 2, 1));
      assert.equal(settled.ready, 2);
      const arms = [{ version: '2', weight: 10_000 }];
      const { applied, instances: stands } = await admin.setTraffic('iris', arms, { waitMs: WAIT_MS });
      assert.deepEqual([applied, stands.length], [true, PROCESSES], JSON.stringify(stands));
      const { version } = await patiently(() =>
        new SluiceClient(server.predictAddress).predict({ model: 'iris', inputs: [FLOWER] }),
      );
      assert.equal(version, '2');
    } finally {
      for (const client of clients) client.close();
    }
    const restarts = server.log.filter((line) => line.event === 'serveRestarting');
    assert.deepEqual(
      restarts.map(({ reason }) => reason),
      ['serve process 2 of 2 was ended by SIGKILL'],
    );
  });

  it('answer everything before they end, and end with code 0', async () => {
    const server = await startBoth(modelsDir);
    const clients = Array.from({ length: CONNECTIONS }, () => new SluiceClient(server.predictAddress));
    const calls = clients.map((client) => client.predict({ model: 'iris', inputs: [FLOWER] }));
    await Promise.all(calls);
    const more = clients.map((client) => client.predict({ model: 'iris', inputs: [FLOWER] }));
    await clients[0]?.predict({ model: 'iris', inputs: [FLOWER] });
    assert.equal(await server.stop(), 0);
    const codes = (await Promise.allSettled(more)).map((result) =>
      result.status === 'rejected' ? codeOf(result.reason) : 0,
    );
    assert.deepEqual(new Set(codes), new Set([0]));
    for (const client of clients) client.close();
    const drained = server.log.filter((line) => line.event === 'drained');
    assert.deepEqual(drained.map(({ process: number, cancelled }) => [number, cancelled]).sort(), [
      [1, 0],
      [2, 0],
    ]);
  });

  it('have their connections renewed, so that they can spread anew', async () => {
    await using server = await startBoth(modelsDir, ['--max-connection-age', '1s']);
    using client = new SluiceClient(server.predictAddress);
    const total = async (): Promise<readonly number[]> => Promise.all([1, 2].map((number) => answered(server, number)));
    // One connection at a time, yet both come to answer: after so many renewals, with a probability of 1 - 2^-n.
    for (let counts = await total(); Math.min(...counts) === 0; counts = await total()) {
      await client.predict({ model: 'iris', inputs: [FLOWER] });
    }
  });
});

/** Resolves when both are ready, and say so. */
async function startBoth(modelsDir: string, args: readonly string[] = []): Promise<Sluice> {
  const server = await Sluice.start({ modelsDir, args: ['--serve-processes', String(PROCESSES), ...args] });
  try {
    for (const number of [1, 2]) await server.line(isSettledAfter(server, number, 0));
    for (const number of [1, 2]) {
      const url = `http://${addressOf(server, 'metrics', number)}/readyz`;
      while ((await fetch(url)).status !== 200) await new Promise(setImmediate);
    }
    assert.equal(addressOf(server, 'predict', 1), addressOf(server, 'predict', 2));
    return server;
  } catch (caught) {
    await server.stop();
    throw caught;
  }
}

/** Whether the process has settled more than so many times. */
function isSettledAfter(server: Sluice, number: number, times: number): (line: LogLine) => boolean {
  return (line) => {
    const all = server.log.filter(({ event, process: whose }) => event === 'settled' && whose === number);
    return all.indexOf(line) >= times;
  };
}

function addressOf(server: Sluice, name: string, number: number): string {
  const line = server.log.findLast(
    (candidate) => candidate.event === 'listening' && candidate.name === name && candidate.process === number,
  );
  assert(typeof line?.address === 'string', `serve process ${String(number)} listens for ${name}`);
  return line.address;
}

/** Calls that one of the processes has answered. */
async function answered(server: Sluice, number: number): Promise<number> {
  const page = await (await fetch(`http://${addressOf(server, 'metrics', number)}/metrics`)).text();
  const [, count = '0'] =
    /^rpc_server_call_duration_seconds_count\{[^}]*PredictService\/Predict"[^}]*\} (\d+)$/m.exec(page) ?? [];
  return Number(count);
}

function pidOf(server: Sluice, number: number): number {
  const pid = server.childrenOf('serve').at(number - 1);
  assert(pid !== undefined, `serve process ${String(number)} runs`);
  return pid;
}

function codeOf(caught: unknown): number {
  return (caught as { code: number }).code;
}

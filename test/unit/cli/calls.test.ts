import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { suite, test } from 'node:test';
import { andThenNothing, before, FakeAdmin, Refusal, silence, sluice } from '../../support/fake-admin.ts';

const EPOCH = {
  model: 'iris',
  epoch: 7,
  policy: {
    arms: [
      { version: '1', weight: 9000 },
      { version: '3', weight: 1000 },
    ],
  },
  digests: { 1: 'a'.repeat(64), 3: 'b'.repeat(64) },
  validFrom: before(180),
  actor: 'ann@desk',
  cause: 'set',
};
const APPLIED = { epoch: EPOCH, applied: true, instances: [{ instance: 'serve-0', epoch: 7 }] };

interface Keyed {
  readonly idempotencyKey: string;
}

suite('a server that refuses', () => {
  test("exit code 4 and the server's own sentence, made harmless", async () => {
    using admin = await FakeAdmin.start({
      ListVersions: () => {
        throw new Refusal('NOT_FOUND', 'there is no model "iris\u001b[2J"; ListModels names them');
      },
    });
    assert.deepEqual(await sluice(['versions', 'iris'], { admin }), {
      code: 4,
      stdout: '',
      stderr: 'sluice: there is no model "iris\\x1b[2J"; ListModels names them\n',
    });
  });

  test('UNAVAILABLE that the server said is a refusal; of a question it is not asked twice', async () => {
    using admin = await FakeAdmin.start({
      GetVersion: () => {
        throw new Refusal('UNAVAILABLE', 'the store is being checked');
      },
    });
    const { code, stderr } = await sluice(['version', 'iris', '3'], { admin });
    assert.deepEqual([code, stderr, admin.calls.length], [4, 'sluice: the store is being checked\n', 1]);
  });

  test('another port is told from a refusal', async () => {
    using admin = await FakeAdmin.start({});
    const { code, stderr } = await sluice(['models'], { admin });
    assert.equal(code, 4);
    assert.match(stderr, /does not know this call .*is it the admin port \(50052 by default\)/);
  });
});

suite('a server that does not answer', () => {
  test('exit code 5, the address, and what to do', async () => {
    const { code, stdout, stderr } = await sluice(['models', '--address', await closedPort()]);
    assert.deepEqual([code, stdout], [5, '']);
    assert.match(
      stderr,
      /^sluice: no admin process answers at 127\.0\.0\.1:\d+; is it running\? "npm start" starts it/,
    );
  });

  test('one that hangs: exit code 5 when the time is over, for questions, changes, watches and downloads', async () => {
    using admin = await FakeAdmin.start({
      ListModels: silence,
      SwitchTraffic: silence,
      WatchTraffic: () => andThenNothing(),
      GetVersion: () => ({ model: 'iris', version: '3', files: [{ path: 'model.onnx', size: 1 }] }),
      DownloadVersion: () => andThenNothing(),
    });
    for (const argv of [
      ['models', '--timeout', '50ms'],
      ['traffic', 'switch', 'iris', '3', '--timeout', '200ms'],
      ['traffic', 'watch', 'iris', '--timeout', '50ms'],
      ['download', 'iris', '3', 'nowhere', '--timeout', '1s'],
    ]) {
      const { code, stderr } = await sluice(argv, { admin });
      assert.equal(code, 5, stderr);
      assert.match(stderr, /did not answer within .*; .*--timeout\n$/);
    }
    assert(admin.requests('SwitchTraffic').length <= 1, 'nobody knows whether it was done, so it is not repeated');
  });

  test('one that only takes connections: exit code 5', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code } = await sluice(['models', '--timeout', '50ms', '--address', `127.0.0.1:${String(port)}`]);
    server.close();
    for (const socket of sockets) socket.destroy();
    assert.equal(code, 5);
  });

  test('what the server was asked to wait does not count', async () => {
    using admin = await FakeAdmin.start({ SwitchTraffic: () => APPLIED, GetTraffic: () => APPLIED });
    await sluice(['traffic', 'switch', 'iris', '3', '--wait', '10m'], { admin });
    await sluice(['traffic', 'show', 'iris'], { admin });
    const [change, question] = admin.calls.map(({ leftMs }) => leftMs);
    assert(change !== undefined && change > 600_000 && change <= 610_000, String(change));
    assert(question !== undefined && question <= 10_000, String(question));
  });
});

suite('changes', () => {
  test('one that was not answered is sent once more with the same key', async () => {
    using admin = await FakeAdmin.start({
      RollbackTraffic: (_request, attempt) => {
        if (attempt === 1) throw new Refusal('UNAVAILABLE', 'going away');
        return APPLIED;
      },
    });
    const { code } = await sluice(['traffic', 'rollback', 'iris'], { admin });
    assert.equal(code, 0);
    const [first, second, ...more] = admin.requests<Keyed>('RollbackTraffic');
    assert.deepEqual(more, []);
    assert.match(first?.idempotencyKey ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(first, second);
  });

  test('it is not sent a third time', async () => {
    using admin = await FakeAdmin.start({
      RollbackTraffic: () => {
        throw new Refusal('UNAVAILABLE', 'going away');
      },
    });
    const { code, stderr } = await sluice(['traffic', 'rollback', 'iris'], { admin });
    assert.deepEqual([code, stderr, admin.calls.length], [4, 'sluice: going away\n', 2]);
  });

  test('each command has a key of its own', async () => {
    using admin = await FakeAdmin.start({ SwitchTraffic: () => APPLIED });
    for (let count = 0; count < 2; count += 1) await sluice(['traffic', 'switch', 'iris', '3'], { admin });
    const keys = admin.requests<Keyed>('SwitchTraffic').map(({ idempotencyKey }) => idempotencyKey);
    assert.equal(new Set(keys).size, 2);
  });

  test('a refusal is not repeated', async () => {
    using admin = await FakeAdmin.start({
      SwitchTraffic: () => {
        throw new Refusal('ABORTED', 'epoch 8 is in force');
      },
    });
    const { code } = await sluice(['traffic', 'switch', 'iris', '3', '--expected-epoch', '7'], { admin });
    assert.deepEqual([code, admin.calls.length], [4, 1]);
  });
});

suite('Ctrl-C', () => {
  test('ends a watch well, with what it has shown', async () => {
    using admin = await FakeAdmin.start({ WatchTraffic: () => andThenNothing(APPLIED) });
    const enough = new AbortController();
    const { code, stdout, stderr } = await sluice(['traffic', 'watch', 'iris'], {
      admin,
      signal: enough.signal,
      onOutput: () => {
        enough.abort();
      },
    });
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, '12:00:00Z  iris epoch 7  1 90%, 3 10%  in force\n');
  });

  test('ends a question with the code of an interrupted command', async () => {
    const enough = new AbortController();
    using admin = await FakeAdmin.start({
      ListModels: () => {
        enough.abort();
        return silence();
      },
    });
    const { code, stderr } = await sluice(['models'], { admin, signal: enough.signal });
    assert.deepEqual([code, stderr], [130, 'sluice: interrupted\n']);
  });

  test('a reader that goes ends a watch too, without a word', async () => {
    using admin = await FakeAdmin.start({ WatchTraffic: () => andThenNothing(APPLIED) });
    const { code, stderr } = await sluice(['traffic', 'watch', 'iris'], { admin, isOutputClosed: true });
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('a watch that the server ends in disorder is no good end', async () => {
    using admin = await FakeAdmin.start({
      WatchTraffic: async function* () {
        yield APPLIED;
        throw new Refusal('INTERNAL', 'the log has the cause');
      },
    });
    const { code, stderr } = await sluice(['traffic', 'watch', 'iris'], { admin });
    assert.deepEqual([code, stderr], [4, 'sluice: the log has the cause\n']);
  });
});

/** An address where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${String(port)}`;
}

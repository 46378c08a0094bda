import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { certificateFinding } from '../../../src/cli/doctor/certificates.ts';
import { databaseFacts, databaseFindings } from '../../../src/cli/doctor/database.ts';
import { inTime, ok } from '../../../src/cli/doctor/finding.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import {
  clockFinding,
  coresFinding,
  fileLimit,
  filesFinding,
  memoryFinding,
  memoryLimit,
  nodeFinding,
} from '../../../src/cli/doctor/machine.ts';
import { findHolder, portFinding, reusePortFinding } from '../../../src/cli/doctor/ports.ts';
import { adminFindings, predictFinding } from '../../../src/cli/doctor/running-server.ts';
import { dataDirectoryFindings, directoryFacts, modelsFindings } from '../../../src/cli/doctor/storage.ts';
import { openSqliteStore } from '../../../src/registry/sql/open-sqlite-store.ts';
import { FIXTURES } from '../../support/sluice.ts';
import { FakeAdmin, NOW, Refusal, silence, sluice } from '../../support/fake-admin.ts';
import type { Handler } from '../../support/fake-admin.ts';
import { clientOf, modelDefaults } from '../../support/doctor-scene.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));
after(() => {
  rmSync(FOLDER, { recursive: true });
});

function verdicts(findings: readonly Finding[]): string[] {
  return findings.map(({ verdict }) => verdict);
}

suite('Node', () => {
  test('24 and later will do, earlier ones and such that run no TypeScript will not', () => {
    const verdict = (version: string, options = '') => nodeFinding({ version, options }).verdict;
    assert.deepEqual(
      [
        verdict('v24.1.0'),
        verdict('v26.0.0', '--max-old-space-size=512'),
        verdict('v22.9.0'),
        verdict('v24.1.0', '--no-strip-types'),
      ],
      ['ok', 'ok', 'fail', 'fail'],
    );
  });
});

suite('memory, cores and open files', () => {
  test('memory has to hold the processes', async () => {
    assert.equal(memoryFinding(2 ** 30, 1).verdict, 'ok');
    assert.equal(memoryFinding(400 * 2 ** 20, 1).verdict, 'ok');
    assert.equal(memoryFinding(400 * 2 ** 20 - 1, 1).verdict, 'warn');
    assert(Number.isFinite(await memoryLimit()));
  });

  test('threads are not to outnumber cores', () => {
    const wish = { serveProcesses: 0, lanes: 0, intraOpThreads: 1 };
    assert.equal(coresFinding(wish, 2).verdict, 'ok');
    assert.equal(coresFinding({ ...wish, serveProcesses: 2, lanes: 2 }, 2).verdict, 'warn');
  });

  test('few open files are few connections', async () => {
    assert.deepEqual(
      [255, 256, 4095, 4096, Infinity, undefined].map((limit) => filesFinding(limit).verdict),
      [...['fail', 'warn', 'warn', 'ok', 'ok', 'ok']],
    );
    assert((await fileLimit()) !== undefined);
  });
});

suite('the clock', () => {
  const clocks = { jumpMs: 0, databaseAheadMs: 0, now: NOW, newestEventAt: NOW };

  test('is steady, near the database and not behind the registry', () => {
    assert.equal(clockFinding(clocks).verdict, 'ok');
    assert.equal(clockFinding({ ...clocks, newestEventAt: undefined }).verdict, 'ok');
  });

  test('or it is told by how much it is not', () => {
    assert.deepEqual(
      [
        clockFinding({ ...clocks, jumpMs: -1001 }),
        clockFinding({ ...clocks, databaseAheadMs: 5000 }),
        clockFinding({ ...clocks, newestEventAt: NOW + 60_000 }),
      ].map(({ verdict, text }) => `${verdict}: ${text}`),
      [
        'warn: it moved by 1.0 s while this ran',
        "warn: it differs by 5.0 s from the database's",
        'fail: the newest event in the registry is 60.0 s in the future',
      ],
    );
  });
});

suite('the data directory', () => {
  const facts = { path: '/data', state: 'there', isOwn: true, isTmpfs: false, freeBytes: 2 ** 40 } as const;
  const verdict = (patch: object) => verdicts(dataDirectoryFindings({ ...facts, ...patch }));

  test('has room, is on a disk and is ours', () => {
    assert.deepEqual(verdict({}), ['ok']);
    assert.deepEqual(verdict({ state: 'missing' }), ['ok']);
    assert.deepEqual(verdict({ state: 'not writable' }), ['fail']);
    assert.deepEqual(verdict({ state: 'no directory' }), ['fail']);
    assert.deepEqual(verdict({ freeBytes: 2 ** 20 }), ['fail']);
    assert.deepEqual(verdict({ freeBytes: 2 ** 29 }), ['warn']);
    assert.deepEqual(verdict({ isTmpfs: true, isOwn: false }), ['warn', 'warn']);
  });

  test('is looked at where it is, or where it would be', async () => {
    writeFileSync(join(FOLDER, 'file'), '');
    const states = await Promise.all([FOLDER, join(FOLDER, 'new/below'), join(FOLDER, 'file')].map(directoryFacts));
    assert.deepEqual(
      states.map(({ state }) => state),
      ['there', 'missing', 'no directory'],
    );
    assert.equal((await directoryFacts('/dev/shm')).isTmpfs, true);
  });
});

suite('the database', () => {
  test('none is no fault, and one of ours is told about, with nothing written beside it', async () => {
    const options = { databaseUrl: 'off', dataDir: FOLDER } as const;
    assert.deepEqual(verdicts(databaseFindings(await databaseFacts(options))), ['ok']);
    const store = await openSqliteStore({ path: join(FOLDER, 'registry.db') });
    const open = await databaseFacts(options);
    await store.close();
    const closed = await databaseFacts(options);
    for (const facts of [open, closed]) {
      assert.deepEqual(verdicts(databaseFindings(facts)), ['ok']);
      assert.deepEqual([facts?.isWal, facts?.schema], [true, facts?.known]);
    }
  });

  test('one of a newer server, of an old PostgreSQL, without a log or far away is found', async () => {
    const facts = {
      product: 'PostgreSQL 16.1',
      schema: 3,
      known: 3,
      bytes: 1,
      isWal: true,
      newestEventAt: 1,
      aheadMs: 0,
      answerMs: 1,
    };
    const verdict = (patch: object) => verdicts(databaseFindings({ ...facts, ...patch }));
    assert.deepEqual(verdict({}), ['ok']);
    assert.deepEqual(verdict({ schema: 4 }), ['fail']);
    assert.deepEqual(verdict({ product: 'PostgreSQL 14.9' }), ['fail']);
    assert.deepEqual(verdict({ isWal: false }), ['warn']);
    assert.deepEqual(verdict({ answerMs: 101 }), ['warn']);
  });

  test('what is no database, or cannot be reached, is a sentence without the secret', async () => {
    const dataDir = join(FOLDER, 'broken');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'registry.db'), 'this is no database, however long it may be');
    await assert.rejects(databaseFacts({ databaseUrl: 'off', dataDir }), /registry\.db cannot be read: /);
    const url = 'postgresql://ann:secret@127.0.0.1:1/sluice';
    await assert.rejects(databaseFacts({ databaseUrl: url, dataDir }), (error: Error) => {
      return error.message.includes('does not answer') && !error.message.includes('secret');
    });
  });
});

suite('the models directory', () => {
  test('is read as the importer does, and each problem is told', async () => {
    assert.deepEqual(verdicts(await modelsFindings('off', modelDefaults())), ['ok']);
    const broken = join(FOLDER, 'models');
    mkdirSync(join(broken, 'empty'), { recursive: true });
    const findings = await modelsFindings(broken, modelDefaults());
    assert.deepEqual(verdicts(findings), ['fail', 'ok']);
    assert.match(findings[0]?.text ?? '', /^empty: it has no version/);
    await assert.rejects(modelsFindings(join(FOLDER, 'nowhere'), modelDefaults()), /cannot read the models directory/);
    assert(FIXTURES !== '');
  });
});

suite('certificates', () => {
  const off = { tlsCert: 'off', tlsKey: 'off', tlsClientCa: 'off' } as const;

  test('none are needed, half of them is a fault, and so are files that are none', async () => {
    writeFileSync(join(FOLDER, 'cert.pem'), 'no certificate');
    const file = join(FOLDER, 'cert.pem');
    const found = [
      await certificateFinding(off, NOW),
      await certificateFinding({ ...off, tlsCert: file }, NOW),
      await certificateFinding({ ...off, tlsCert: file, tlsKey: file }, NOW),
    ];
    assert.deepEqual(verdicts(found), ['ok', 'fail', 'fail']);
  });
});

suite('ports', () => {
  const nobody = () => Promise.resolve(undefined);

  test('are free, held by one of ours, or by somebody whose name and pid are told', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const wanted = { flag: '--predict-address', address: { host: '127.0.0.1', port } };
    const held = await portFinding(wanted, findHolder);
    assert.equal(held.verdict, 'fail');
    assert(held.text.includes(`(pid ${String(process.pid)})`), held.text);
    const ours = await portFinding(wanted, () => Promise.resolve({ pid: 7, title: 'sluice serve 1' }));
    assert.deepEqual([ours.verdict, ours.text.includes('sluice serve 1 (pid 7)')], ['ok', true]);
    assert.equal((await portFinding(wanted, nobody)).verdict, 'fail');
    server.close();
    await once(server, 'close');
    assert.equal((await portFinding(wanted, nobody)).verdict, 'ok');
  });

  test('can be shared by several processes, where there are several', async () => {
    assert.deepEqual(
      [(await reusePortFinding(1, 'no.such.host.invalid')).verdict, (await reusePortFinding(2, '127.0.0.1')).verdict],
      ['ok', 'ok'],
    );
    assert.equal((await reusePortFinding(2, '203.0.113.7')).verdict, 'fail');
  });
});

suite('a server that runs', () => {
  const instance = { instance: 'serve-0', connected: true, settled: true, serverVersion: '1.0.0' };
  const HANDLERS: Readonly<Record<string, Handler>> = {
    ListInstances: () => ({ instances: [instance] }),
    ListModels: () => ({ models: [{ model: 'iris', epoch: 3, latest: '2' }] }),
    GetTraffic: () => ({ applied: true, epoch: { epoch: 3 } }),
  };

  async function admins(handlers: Readonly<Record<string, Handler>>): Promise<string[]> {
    using admin = await FakeAdmin.start({ ...HANDLERS, ...handlers });
    using client = clientOf(admin.address, 'admin');
    return (await adminFindings(client, admin.address)).map(({ check, verdict }) => `${check} ${verdict}`);
  }

  test('is well where all serve processes are of one release, settled and at the policy in force', async () => {
    assert.deepEqual(await admins({}), ['admin process ok']);
  });

  test('or it is told what is behind', async () => {
    const other = { ...instance, instance: 'serve-1', serverVersion: '0.9.0', settled: false };
    assert.deepEqual(await admins({ ListInstances: () => ({ instances: [] }) }), ['admin process warn']);
    assert.deepEqual(
      await admins({
        ListInstances: () => ({ instances: [instance, other] }),
        GetTraffic: () => ({ applied: false, epoch: { epoch: 3 }, instances: [{ instance: 'serve-1', epoch: 2 }] }),
      }),
      ['admin process warn', 'serve processes warn', 'traffic warn'],
    );
  });

  test('one that wants to know who asks is told apart from one that does not answer', async () => {
    const refused: Handler = () => {
      throw new Refusal('UNAUTHENTICATED', 'give a token');
    };
    assert.deepEqual(await admins({ ListInstances: refused }), ['admin process warn']);
    using client = clientOf('127.0.0.1:1', 'admin');
    assert.deepEqual(verdicts(await adminFindings(client, '127.0.0.1:1')), ['fail']);
  });

  test('its serve process tells how many models are ready', async () => {
    const found = async (latest: string) => {
      using server = await FakeAdmin.start({ ListModels: () => ({ models: [{ model: 'iris', latest }] }) });
      using client = clientOf(server.address, 'predict');
      return (await predictFinding(client, server.address)).verdict;
    };
    assert.deepEqual([await found('2'), await found('')], ['ok', 'warn']);
  });
});

suite('a check', () => {
  test('that takes too long or throws is a finding, too', async () => {
    assert.deepEqual(await inTime('x', () => [ok('x', 'fine')]), [ok('x', 'fine')]);
    const [late] = await inTime('x', () => silence() as Promise<Finding[]>, 5);
    assert.deepEqual([late?.verdict, late?.text], ['warn', 'took longer than 0.005 s']);
    const [thrown] = await inTime('x', () => Promise.reject(new Error('broken')));
    assert.deepEqual([thrown?.verdict, thrown?.text], ['fail', 'broken']);
  });
});

suite('doctor', () => {
  const dataDir = join(FOLDER, 'data');
  const FREE = [
    '--predict-address=127.0.0.1:0',
    '--admin-address=127.0.0.1:0',
    '--metrics-address=off',
    '--admin-metrics-address=off',
  ];
  const OPTIONS = ['--data-dir', dataDir, '--models-dir=off', '--console-address=off', ...FREE];

  test('takes the options of a server, checks each thing and changes nothing', async () => {
    const { code, stdout } = await sluice(['doctor', ...OPTIONS]);
    assert.equal(code, 0, stdout);
    for (const check of [
      'node',
      'config',
      'ports',
      'data directory',
      'database',
      'clock',
      'models',
      'certificates',
      'server',
    ]) {
      assert.match(stdout, new RegExp(`^ok {4}${check} `, 'm'));
    }
    assert.deepEqual((await directoryFacts(dataDir)).state, 'missing');
  });

  test('an option that is wrong is found as the server finds it; exit code 1', async () => {
    const { code, stdout } = await sluice(['doctor', '--data-dirr', 'x', '--json']);
    assert.equal(code, 1);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const config = findings.find(({ check }) => check === 'config');
    assert.deepEqual([config?.verdict, config?.text], ['fail', 'unknown option --data-dirr; did you mean --data-dir?']);
  });

  test('what must be done has an advice below it', async () => {
    const readOnly = join(FOLDER, 'file');
    chmodSync(readOnly, 0o600);
    const { code, stdout } = await sluice(['doctor', ...OPTIONS.slice(2), '--data-dir', readOnly]);
    assert.equal(code, 1);
    assert.match(stdout, /^fail {2}data directory {2}\S+ is no directory\n +give another --data-dir$/m);
    assert.match(stdout, /^1 to correct, \d to look at\.$/m);
  });
});

/** Identities from outside: a real server and the command, from the first token to the last revocation. */
import assert from 'node:assert/strict';
import { readdir, readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { loadAdminSchema, loadSchema } from '../../src/transport/grpc-js/codec.ts';
import { freePort, runSluice, Sluice } from '../support/sluice.ts';

const ROWS = [{ name: 'X', shape: [1, 4], floats: [5.1, 3.5, 1.4, 0.2] }];
const SECRET = /slc_[0-9a-f]{16}_([A-Za-z0-9_-]{43})/;

let sluice: Sluice;
/** Every secret of this test: none may be found in what the server printed and stored. */
const secrets: string[] = [];

before(async () => {
  // A serve process that starts again takes the same port.
  const predict = `127.0.0.1:${String(await freePort())}`;
  const args = ['--predict-auth', 'token', '--console-address', 'off', '--predict-address', predict];
  sluice = await Sluice.start({ args });
});
after(async () => {
  await sluice[Symbol.asyncDispose]();
});

/** The command, as somebody with this token. */
async function run(token: string, ...words: readonly string[]) {
  const env = { SLUICE_ADMIN_ADDRESS: sluice.adminAddress, ...(token === '' ? {} : { SLUICE_TOKEN: token }) };
  return await runSluice(words, env);
}

async function made(token: string, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(token, 'token', 'create', ...words);
  assert.equal(code, 0, stderr);
  const secret = stdout.trim();
  const [, last = ''] = SECRET.exec(secret) ?? [];
  assert.notEqual(last, '');
  secrets.push(last);
  return secret;
}

function bearing(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

function predict(token: string, model = 'iris'): Promise<number> {
  const { PredictService } = loadSchema().sluice.v1;
  const client = new PredictService(sluice.predictAddress, credentials.createInsecure());
  return new Promise((resolve) => {
    client.Predict({ model, inputs: ROWS }, bearing(token), (error) => {
      client.close();
      resolve(error?.code ?? status.OK);
    });
  });
}

/** The milliseconds until the calls end in this status. */
async function until(code: number, token: string): Promise<number> {
  const since = performance.now();
  for (;;) {
    if ((await predict(token)) === code) return performance.now() - since;
    assert(performance.now() - since < 90_000, `no call ended in ${String(code)}`);
  }
}

describe('identities', () => {
  let ann = '';

  it('on loopback anybody makes the first token, and from then on every call needs one', async () => {
    assert.equal((await run('', 'models')).code, 0);
    ann = await made('', 'ann', '--role', 'admin');
    const refused = await run('', 'models');
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /needs an identity/);
    assert.match((await run(ann, 'whoami')).stdout, /You are ann, admin/);
    assert.equal((await run(ann, 'models')).code, 0);
  });

  it('a viewer reads and changes nothing, and an operator’s changes bear its name', async () => {
    const viewer = await made(ann, 'eye', '--role', 'viewer');
    assert.equal((await run(viewer, 'traffic', 'show', 'iris')).code, 0);
    const refused = await run(viewer, 'traffic', 'set', 'iris', '2=10%', '1=90%');
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /"eye" is a viewer and may not call Traffic\/SetTraffic/);
    const operator = await made(ann, 'oscar', '--role', 'operator');
    const done = await run(operator, 'traffic', 'set', 'iris', '2=10%', '1=90%', '--actor', 'somebody-else');
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /set by oscar/);
    assert.equal((await run(viewer, 'audit', 'verify')).code, 0);
  });

  it('a caller calls Predict for its model alone, and what is revoked ends within a second', async () => {
    const shop = await made(ann, 'shop', '--role', 'caller', '--model', 'iris');
    await until(status.OK, shop);
    assert.equal(await predict(shop, 'wine'), status.PERMISSION_DENIED);
    assert.equal(await predict('nonsense'), status.UNAUTHENTICATED);
    assert.equal((await run(shop, 'models')).code, 4);

    const eye = await made(ann, 'watcher', '--role', 'viewer');
    const { Traffic, Access } = loadAdminSchema().sluice.admin.v1;
    const admin = new Access(sluice.adminAddress, credentials.createInsecure());
    const traffic = new Traffic(sluice.adminAddress, credentials.createInsecure());
    const watch = traffic.WatchTraffic({ model: 'iris' }, bearing(eye));
    const ended = new Promise<ServiceError>((resolve) => watch.on('error', (error) => resolve(error as ServiceError)));
    await new Promise((resolve) => watch.once('data', resolve));
    const revoke = (token: string) =>
      new Promise<void>((resolve, reject) => {
        admin.RevokeToken({ id: token.slice(4, 20) }, bearing(ann), (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    await revoke(eye);
    assert.equal((await ended).code, status.UNAUTHENTICATED);
    await revoke(shop);
    await until(status.UNAUTHENTICATED, shop);
    admin.close();
    traffic.close();
  });

  it('a serve process that starts again, without the admin process, still asks for tokens', async () => {
    const shop = await made(ann, 'night-shop', '--role', 'caller');
    await until(status.OK, shop);
    process.kill(sluice.childPid('serve'), 'SIGKILL');
    await sluice.line(({ event }) => event === 'serveRestarting');
    await until(status.OK, shop);
    assert.equal(await predict('nonsense'), status.UNAUTHENTICATED);
  });

  it('no secret was printed or stored', async () => {
    assert(secrets.length >= 5);
    const printed = JSON.stringify(sluice.log) + sluice.text;
    const files = await readdir(sluice.dataDir, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    assert(paths.some((path) => path.endsWith('registry.db')) && paths.some((path) => path.endsWith('callers.list')));
    for (const secret of secrets) {
      assert(!printed.includes(secret));
      for (const path of paths) assert(!(await readFile(path)).includes(secret), `${path} has a secret`);
    }
  });
});

it('an admin port that others reach needs an identity first, by a file that the command makes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-token-'));
  try {
    const own = ['--data-dir', join(directory, 'data'), '--models-dir', 'off', '--console-address', 'off'];
    const ports = ['--predict-address', '127.0.0.1:0', '--metrics-address', 'off', '--admin-metrics-address', 'off'];
    const args = [...own, ...ports, '--admin-address', '0.0.0.0:0'];
    const refused = await runSluice(['admin', ...args]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /0\.0\.0\.0:0 lets other machines steer this server.*sluice token new/);

    const { stdout } = await runSluice(['token', 'new']);
    const file = join(directory, 'admin.token');
    await writeFile(file, stdout);
    await using open = await Sluice.start({
      ...{ role: 'admin', modelsDir: 'off', dataDir: join(directory, 'data') },
      args: ['--admin-address', '0.0.0.0:0', '--admin-token-file', file, '--console-address', 'off'],
      until: ({ event, name }) => event === 'listening' && name === 'admin',
    });
    const env = { SLUICE_ADMIN_ADDRESS: open.adminAddress.replace('0.0.0.0', '127.0.0.1') };
    assert.equal((await runSluice(['whoami'], env)).code, 4);
    const known = await runSluice(['whoami'], { ...env, SLUICE_TOKEN_FILE: file });
    assert.match(known.stdout, /You are admin-token-file, admin/);
    const shown = await runSluice(['whoami', '--token', 'bad token'], env);
    assert.equal(shown.code, 2);
    assert(!shown.stderr.includes('bad token'));
  } finally {
    await rm(directory, { recursive: true });
  }
});

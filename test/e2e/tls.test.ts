/** A whole server under TLS, with clients that are not ours, and with certificates that are replaced under load. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { type ChannelCredentials, credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { Issued } from '../../src/certs/authority.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { TRANSPORTS } from '../support/fake-door.ts';
import { PemFolder, Pki } from '../support/pki.ts';
import { freePort, type LogLine, MODELS, runSluice, Sluice } from '../support/sluice.ts';
import { goTool, python } from '../support/tools.ts';
import type { Tool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);

/** Triton's official client, with a certificate of its own. */
const PYTHON = `
import sys, numpy, tritonclient.grpc as triton
url, ca, cert, key = sys.argv[1:]
with triton.InferenceServerClient(url, ssl=True, root_certificates=ca, private_key=key, certificate_chain=cert) as client:
    x = triton.InferInput('X', [1, 4], 'FP32')
    x.set_data_from_numpy(numpy.array([[5.1, 3.5, 1.4, 0.2]], dtype=numpy.float32))
    print(client.infer('iris', [x]).as_numpy('label')[0])
`;

let pki: Pki;
let folder: PemFolder;
let modelsDir: string;
let first: Issued;
let ann: Issued;
let stranger: Issued;
before(async () => {
  [pki, folder] = await Promise.all([Pki.create(), PemFolder.create()]);
  modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
  await cp(join(MODELS, 'iris/1'), join(modelsDir, 'iris/1'), { recursive: true });
  [first, ann, stranger] = await Promise.all([
    pki.server(),
    pki.client('ann@example.com'),
    Pki.create().then((other) => other.client('ann@example.com')),
  ]);
  await folder.put('ca.pem', pki.ca);
  await folder.putPair('ann', ann);
});
after(async () => {
  await folder[Symbol.asyncDispose]();
  await rm(modelsDir, { recursive: true });
});

function identity(pair?: Issued, ca = pki.ca): ChannelCredentials {
  if (pair === undefined) return credentials.createSsl(Buffer.from(ca));
  return credentials.createSsl(Buffer.from(ca), Buffer.from(pair.key), Buffer.from(pair.cert));
}

/** The version that answers, or the status that comes instead. */
async function predict(address: string, who: ChannelCredentials): Promise<string> {
  using client = new SluiceClient(address, {}, who);
  try {
    return (await client.predict({ model: 'iris', inputs: [FLOWER] }, { deadline: Date.now() + 20_000 })).version;
  } catch (caught) {
    return status[(caught as ServiceError).code];
  }
}

/** The serial number of the certificate that new connections are met with, or why there is none. */
async function shown(address: string, options: ConnectionOptions = {}): Promise<string> {
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port), ca: pki.ca, ALPNProtocols: ['h2'], ...ann, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.serialNumber ?? '';
  } catch (caught) {
    return (caught as Error).message;
  } finally {
    socket.destroy();
  }
}

function serialOf({ cert }: Issued): string {
  return new X509Certificate(cert).serialNumber;
}

function pathOf(tool: Tool, context: TestContext): string | undefined {
  if ('path' in tool) return tool.path;
  context.skip(tool.missing);
  return undefined;
}

async function start(transport: (typeof TRANSPORTS)[number]): Promise<Sluice> {
  const { cert, key } = await folder.putPair('server', first);
  const tls = ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', folder.path('ca.pem')];
  const server = await Sluice.start({ modelsDir, transport, args: [...tls, '--serve-processes=2'] });
  // Both have their models.
  await until(() => server.text.includes('Sluice serves'));
  return server;
}

for (const transport of TRANSPORTS) {
  describe(`mutual TLS (${transport})`, () => {
    let server: Sluice;
    before(async () => {
      server = await start(transport);
    });
    after(async () => {
      await server.stop();
    });

    it('answers who shows a good certificate, and nobody else', async () => {
      const { predictAddress: address } = server;
      assert.equal(await predict(address, identity(ann)), '1');
      const expired = await pki.client('ann@example.com', -1);
      const others = [identity(), identity(stranger), identity(expired), credentials.createInsecure()];
      for (const who of others) assert.equal(await predict(address, who), 'UNAVAILABLE');
      const { ca } = await Pki.create();
      assert.equal(await predict(address, identity(ann, ca)), 'UNAVAILABLE', 'the client finds the server strange');
    });

    it('speaks no TLS before 1.2', async () => {
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
      for (const address of [server.predictAddress, server.adminAddress]) {
        assert.match(await shown(address, old), /protocol version|alert/);
        assert.equal(await shown(address, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }), serialOf(first));
      }
    });

    it("is spoken by grpcurl and by Triton's Python client", async (context) => {
      const [grpcurl, interpreter] = await Promise.all([goTool('grpcurl'), python()]);
      const files = { ca: folder.path('ca.pem'), cert: folder.path('ann.pem'), key: folder.path('ann-key.pem') };
      const tool = pathOf(grpcurl, context);
      if (tool !== undefined) {
        const flags = ['-cacert', files.ca, '-cert', files.cert, '-key', files.key];
        const { stdout } = await run(tool, [...flags, server.predictAddress, 'list']);
        assert.match(stdout, /^sluice\.v1\.PredictService$/m);
      }
      const path = pathOf(interpreter, context);
      if (path === undefined) return;
      const { stdout } = await run(path, ['-c', PYTHON, server.predictAddress, files.ca, files.cert, files.key]);
      assert.equal(stdout.trim(), '0');
    });
  });
}

describe('the files of a server under load', () => {
  let server: Sluice;
  before(async () => {
    server = await start('h2');
  });
  after(async () => {
    await server.stop();
  });

  /** Resolves once the admin and both serve processes have told it, so many times. */
  async function allTold(event: string, times: number): Promise<readonly LogLine[]> {
    const told = (): LogLine[] => server.log.filter((line) => line.event === event);
    await until(() => told().length >= 3 * times);
    return told();
  }

  it('are replaced without a call that fails, in every process', async () => {
    const load = { ended: false };
    const outcomes: string[] = [];
    const caller = async (): Promise<void> => {
      while (!load.ended) {
        using client = new SluiceClient(server.predictAddress, {}, identity(ann));
        for (let call = 0; call < 20; call += 1) {
          const answer = client.predict({ model: 'iris', inputs: [FLOWER] }).then(({ version }) => version);
          outcomes.push(await answer.catch((caught: unknown) => String(caught)));
        }
      }
    };
    const callers = [caller(), caller(), caller()];
    let last = first;
    for (const times of [1, 2]) {
      last = await pki.server();
      await folder.putPair('server', last);
      await allTold('tlsReloaded', times);
    }
    load.ended = true;
    await Promise.all(callers);
    assert.ok(outcomes.length > 100, `${outcomes.length} calls`);
    assert.deepEqual([...new Set(outcomes)], ['1']);
    for (const address of [server.predictAddress, server.adminAddress]) {
      assert.equal(await shown(address), serialOf(last));
    }
  });

  it('that became bad leave the former in force, and every process tells', async () => {
    const before = await shown(server.predictAddress);
    await folder.put('server-key.pem', ann.key);
    const told = await allTold('tlsNotReloaded', 1);
    assert.match(String(told[0]?.reason), /the key .*server-key\.pem does not fit the certificate/);
    assert.equal(await shown(server.predictAddress), before);
    assert.equal(await predict(server.predictAddress, identity(ann)), '1');
    assert.equal(server.log.filter(({ event }) => event === 'serveRestarting').length, 0);
  });
});

describe('an admin and a serve process that meet over TCP', () => {
  it('know each other by their certificates, and nobody else is let in', async () => {
    const at = `127.0.0.1:${await freePort()}`;
    const { cert, key } = await folder.putPair('shared', first);
    const tls = ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', folder.path('ca.pem')];
    const args = [...tls, `--control-address=${at}`];
    const isOpen = (line: LogLine): boolean => line.event === 'listening' && line.name === 'admin';
    await using admin = await Sluice.start({ role: 'admin', modelsDir, args, until: isOpen });
    await using serve = await Sluice.start({ role: 'serve', args });
    assert.equal(await predict(serve.predictAddress, identity(ann)), '1');
    assert.equal(await predict(at, identity(ann)), 'UNAVAILABLE');
    assert.equal(await predict(at, identity(first)), 'UNIMPLEMENTED');
    assert.equal(admin.log.filter(({ event }) => event === 'instanceConnection').length, 1);
  });

  it('refuse an address that others reach without certificates of both', async () => {
    for (const role of ['admin', 'serve']) {
      const { code, stderr } = await runSluice([role, '--control-address=0.0.0.0:50053']);
      assert.equal(code, 2);
      assert.match(stderr, /can be reached from other machines.*give --tls-cert, --tls-key and --tls-client-ca too/);
    }
  });
});

describe('a start under TLS', () => {
  it('greets with a call that works as it stands, and commands that do', async (context) => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-certs-'));
    const made = await runSluice(['certs', 'dev', '--out', dir, '--client', 'ci@example.com']);
    assert.equal(made.code, 0, made.stderr);
    const file = (name: string): string => join(dir, name);
    const tls = [
      '--tls-cert',
      file('server.pem'),
      '--tls-key',
      file('server-key.pem'),
      '--tls-client-ca',
      file('ca.pem'),
    ];
    await using server = await Sluice.start({
      modelsDir,
      args: [...tls, '--tls-predict-client-auth=off', '--tls-admin-client-auth=optional'],
    });
    await until(() => server.text.includes('Steer it'));
    const command = /npx sluice (models --address localhost:\d+ --ca \S+)/.exec(server.text)?.[1]?.split(' ') ?? [];
    const who = ['--cert', file('client-ci@example.com.pem'), '--cert-key', file('client-ci@example.com-key.pem')];
    for (const more of [[], who]) {
      const { code, stdout, stderr } = await runSluice([...command, ...more]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^iris/m);
      assert.equal(stderr, '');
    }
    const variables = { SLUICE_CA: file('ca.pem'), SLUICE_ADMIN_ADDRESS: server.adminAddress };
    assert.equal((await runSluice(['models'], variables)).code, 0);
    const plain = await runSluice(['models', '--address', server.adminAddress]);
    assert.equal(plain.code, 5);
    assert.match(
      plain.stderr,
      /^sluice: the admin process at 127\.0\.0\.1:\d+ hangs up; give --ca where it speaks TLS\n$/,
    );

    const grpcurl = pathOf(await goTool('grpcurl'), context);
    if (grpcurl !== undefined) {
      const call = /^ +grpcurl (.*PredictService\/Predict)$/m.exec(server.text)?.[1] ?? '';
      const { stdout } = await run('sh', ['-c', `${grpcurl} ${call}`]);
      assert.equal((JSON.parse(stdout) as { version: string }).version, '1');
    }
    await rm(dir, { recursive: true });
  });

  it('that cannot be says so in one sentence, with the file', async () => {
    const { cert } = await folder.putPair('lone', first);
    const expired = await folder.putPair('expired', await pki.server(['localhost'], -1));
    const cases: [string[], RegExp][] = [
      [['--tls-cert', cert], /^sluice: TLS needs --tls-cert and --tls-key together; [^\n]*\n$/],
      [['--tls-cert', cert, '--tls-key', '/none.pem'], /^sluice: cannot read the key \/none\.pem: it is not there\n$/],
      [['--tls-cert', cert, '--tls-key', folder.path('ann-key.pem')], /^sluice: the key .* does not fit .*\n$/],
      [
        ['--tls-cert', expired.cert, '--tls-key', expired.key],
        /^sluice: the certificate .*expired\.pem expired on .*\n$/,
      ],
    ];
    for (const [args, sentence] of cases) {
      const { code, stderr } = await runSluice(args);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    }
  });
});

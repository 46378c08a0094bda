/** TLS as the options say, at real doors: who is let in, and what happens when the files change. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { checkTls, Tls } from '../../../src/app/tls.ts';
import { compileOptions } from '../../../src/config/compile-options.ts';
import type { Config } from '../../../src/config/options.ts';
import { ControlClient } from '../../../src/transport/grpc-js/control-client.ts';
import { ControlDoor } from '../../../src/transport/lean/control-door.ts';
import { FakeHub, HELLO } from '../../support/fake-hub.ts';
import { PemFolder, Pki } from '../../support/pki.ts';
import { recordedEvents } from '../../support/recorded-events.ts';
import { until } from '../../support/until.ts';

let pki: Pki;
let folder: PemFolder;
before(async () => {
  [pki, folder] = await Promise.all([Pki.create(), PemFolder.create()]);
  await folder.put('ca.pem', pki.ca);
});
after(async () => {
  await folder[Symbol.asyncDispose]();
});

function configOf(...argv: string[]): Config {
  const compiled = compileOptions({ argv, env: {} });
  assert(compiled.kind === 'config');
  return compiled.config;
}

/** The options for a pair of this name, which is made anew. */
async function optionsFor(name: string, names: readonly string[]): Promise<string[]> {
  const { cert, key } = await folder.putPair(name, await pki.server(names));
  return ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', folder.path('ca.pem')];
}

async function openTls(
  argv: readonly string[],
): Promise<{ tls: Tls; recorded: ReturnType<typeof recordedEvents>['recorded'] }> {
  const { events, recorded } = recordedEvents();
  const tls = await Tls.open(configOf(...argv), events);
  assert(tls);
  return { tls, recorded };
}

describe('the options of TLS', () => {
  it('are not there, or a certificate and its key', async () => {
    const { events } = recordedEvents();
    assert.equal(await Tls.open(configOf(), events), undefined);
    await checkTls(configOf());
    const [cert = '', certFile = '', key = '', keyFile = '', ca = '', caFile = ''] = await optionsFor('a', [
      'localhost',
    ]);
    const { tls } = await openTls([cert, certFile, key, keyFile]);
    tls.close();
    for (const part of [
      [cert, certFile],
      [key, keyFile],
      [ca, caFile],
      [cert, certFile, ca, caFile],
    ]) {
      const message = /needs --tls-cert and --tls-key together/;
      await assert.rejects(Tls.open(configOf(...part), events), { code: 'invalid_argument', message });
      await assert.rejects(checkTls(configOf(...part)), { code: 'invalid_argument', message });
    }
  });

  it('ask callers for a certificate where there is an authority, as each port is told', async () => {
    const { tls } = await openTls(await optionsFor('a', ['localhost']));
    const asks = (auth: 'off' | 'optional' | 'required'): unknown[] => {
      const { clientCa, clientAuth } = tls.optionsFor(auth);
      return [clientCa === undefined, clientAuth];
    };
    assert.deepEqual(asks('off'), [true, undefined]);
    assert.deepEqual(asks('optional'), [false, 'optional']);
    assert.deepEqual(asks('required'), [false, 'required']);
    tls.close();
  });

  it('give the control plane TLS where both sides can show a certificate, and only there', async () => {
    const argv = await optionsFor('a', ['localhost']);
    for (const [given, isThere] of [
      [argv, true],
      [argv.slice(0, 4), false],
    ] as const) {
      const { tls } = await openTls(given);
      assert.deepEqual([tls.control !== undefined, tls.identity !== undefined], [isThere, isThere]);
      tls.close();
    }
  });
});

describe('the control door with TLS', () => {
  async function openDoor(tls: Tls) {
    const hub = new FakeHub();
    const door = await ControlDoor.open({
      address: '127.0.0.1:0',
      tls: tls.control,
      hub,
      readBlob: () => assert.fail('no file is asked for'),
      keepOutcomes: () => assert.fail('no outcome is told'),
      hooks: { recordRpc: () => undefined, recordLimit: () => undefined, reportFault: () => undefined },
    });
    tls.attach(door);
    return { hub, door };
  }

  /** Whether a serve process with this identity is let in, and why not. */
  async function letIn(address: string, tls: ConstructorParameters<typeof ControlClient>[0]['tls']): Promise<string> {
    const answer = Promise.withResolvers<string>();
    const client = new ControlClient({
      address,
      tls,
      hello: HELLO,
      onUpdate: () => undefined,
      onConnection: (connected, reason) => {
        answer.resolve(connected ? 'connected' : reason);
      },
      now: () => performance.now(),
      random: () => 0,
    });
    const told = await answer.promise;
    client.close();
    return told;
  }

  it('lets in who shares a name with it, and nobody else that the authority signed for', async () => {
    const { tls } = await openTls(await optionsFor('admin', ['localhost', '127.0.0.1', 'spiffe://sluice/prod']));
    const { hub, door } = await openDoor(tls);
    const { tls: serve } = await openTls(await optionsFor('serve', ['serve-1.example', 'spiffe://sluice/prod']));
    assert.equal(await letIn(door.address, serve.identity), 'connected');
    const { tls: caller } = await openTls(await optionsFor('caller', ['caller.example']));
    assert.notEqual(await letIn(door.address, caller.identity), 'connected');
    assert.notEqual(await letIn(door.address, undefined), 'connected');
    assert.equal(hub.guests.length, 1);
    for (const open of [tls, serve, caller]) open.close();
    door.close();
  });

  it('that is a Unix socket goes on as it was when the files change', async () => {
    const { tls, recorded } = await openTls(await optionsFor('admin', ['localhost']));
    const door = await ControlDoor.open({
      address: `unix:${folder.path('control.sock')}`,
      tls: tls.control,
      hub: new FakeHub(),
      readBlob: () => assert.fail('no file is asked for'),
      keepOutcomes: () => assert.fail('no outcome is told'),
      hooks: { recordRpc: () => undefined, recordLimit: () => undefined, reportFault: () => undefined },
    });
    tls.attach(door);
    await optionsFor('admin', ['localhost']);
    await until(() => recorded.length === 1);
    assert.equal(recorded[0]?.event, 'tlsReloaded');
    assert.equal(await letIn(door.address, undefined), 'connected');
    tls.close();
    door.close();
  });

  it('is not taken for the right one under a name that its certificate is not for', async () => {
    const { tls } = await openTls(await optionsFor('admin', ['elsewhere.example']));
    const { hub, door } = await openDoor(tls);
    assert.match(await letIn(door.address, tls.identity), /is not in the cert's list|altnames/);
    assert.equal(hub.guests.length, 0);
    tls.close();
    door.close();
  });

  it('goes on with those that are in when the files change, and the others need the new ones', async () => {
    const { tls, recorded } = await openTls(await optionsFor('admin', ['localhost', '127.0.0.1', 'old.example']));
    const { hub, door } = await openDoor(tls);
    const before = tls.identity?.();
    assert.equal(await letIn(door.address, () => before!), 'connected');
    const socket = connect({
      port: Number(door.address.split(':')[1]),
      ...before,
      servername: 'localhost',
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'data');
    await optionsFor('admin', ['localhost', '127.0.0.1', 'new.example']);
    await until(() => recorded.some(({ event }) => event === 'tlsReloaded'));
    const { fields } = recorded.find(({ event }) => event === 'tlsReloaded') ?? {};
    assert.deepEqual(fields?.names, ['localhost', 'new.example']);
    assert.equal(socket.closed, false);
    socket.destroy();
    assert.equal(await letIn(door.address, tls.identity), 'connected');
    assert.equal(hub.guests.length, 2);
    tls.close();
    door.close();
  });
});

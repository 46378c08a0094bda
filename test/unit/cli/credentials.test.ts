/** How the command is told what to show and to trust, and what it says where that cannot be. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Args } from '../../../src/cli/command.ts';
import { channelCredentials } from '../../../src/cli/credentials.ts';
import { PemFolder, Pki } from '../../support/pki.ts';

let folder: PemFolder;
let ca: string;
let ann: { cert: string; key: string };
before(async () => {
  const pki = await Pki.create();
  folder = await PemFolder.create();
  ca = await folder.put('ca.pem', pki.ca);
  ann = await folder.putPair('ann', await pki.client('ann@example.com'));
});
after(async () => {
  await folder[Symbol.asyncDispose]();
});

async function isSecure(flags: Record<string, string>, env: Record<string, string> = {}): Promise<boolean> {
  const given = new Map(Object.entries(flags).map(([name, value]) => [name, [value]]));
  return (await channelCredentials(new Args(given, new Map()), env, Date.now()))._isSecure();
}

suite('the command speaks', () => {
  test('in the clear unless told', async () => {
    assert.equal(await isSecure({}), false);
    assert.equal(await isSecure({}, { SLUICE_CA: '', SLUICE_CERT: '', SLUICE_CERT_KEY: '' }), false);
  });

  test('TLS where an authority is named, by a flag or a variable, with a certificate or without', async () => {
    const variables = { SLUICE_CA: ca, SLUICE_CERT: ann.cert, SLUICE_CERT_KEY: ann.key };
    for (const [flags, env] of [
      [{ ca }, {}],
      [{ ca: 'system' }, {}],
      [{ ca, cert: ann.cert, 'cert-key': ann.key }, {}],
      [{}, variables],
      [{ ca }, { ...variables, SLUICE_CA: folder.path('none.pem') }],
    ] as const) {
      assert.equal(await isSecure(flags, env), true);
    }
  });

  test('not at all where what is given does not go together or cannot be read', async () => {
    for (const [flags, message] of [
      [{ ca, cert: ann.cert }, /--cert and --cert-key go together/],
      [{ ca, 'cert-key': ann.key }, /--cert and --cert-key go together/],
      [{ cert: ann.cert, 'cert-key': ann.key }, /over TLS only; give --ca FILE, or --ca system, too/],
      [{ ca: folder.path('none.pem') }, /cannot read the authority .*none\.pem: it is not there/],
      [{ ca, cert: ann.cert, 'cert-key': ca }, /ca\.pem has no private key/],
    ] as const) {
      await assert.rejects(isSecure(flags), { message });
    }
  });
});

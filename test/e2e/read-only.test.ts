/** What a hardened container gives: no rights, a root that cannot be written to, and two places that can. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { REPOSITORY, Sluice } from '../support/sluice.ts';

const DATA = '/srv';
const NOBODY = 65_534;

/** Runs what follows as nobody where only /tmp and DATA, both empty, can be written to. */
const HARDENED = [
  'unshare',
  '--mount',
  '--propagation=private',
  'sh',
  '-ec',
  [
    'mount -t tmpfs -o mode=1777 tmpfs /tmp',
    `mount -t tmpfs -o mode=0700,uid=${String(NOBODY)},gid=${String(NOBODY)} tmpfs ${DATA}`,
    `mount --bind '${REPOSITORY}' '${REPOSITORY}'`,
    `mount -o remount,bind,ro '${REPOSITORY}'`,
    'mount -o remount,bind,ro /',
    `cd '${REPOSITORY}'`,
    `exec setpriv --reuid=${String(NOBODY)} --regid=${String(NOBODY)} --clear-groups --no-new-privs "$@"`,
  ].join('\n'),
  'sh',
];

const isAllowed = spawnSync(HARDENED[0] ?? '', [...HARDENED.slice(1), 'true']).status === 0;

it(
  'serves as nobody with a root that cannot be written to',
  { skip: !isAllowed && 'needs root and mounts' },
  async () => {
    await using server = await Sluice.start({ through: HARDENED, dataDir: DATA, env: { HOME: '/nonexistent' } });
    using client = new SluiceClient(server.predictAddress);
    const { version } = await client.predict({ model: 'iris', inputs: [iris([5.1, 3.5, 1.4, 0.2])] });
    assert.equal(version, '1');
    using admin = new AdminClient(server.adminAddress);
    await admin.setTraffic('iris', [{ version: '2', weight: 10_000 }], { waitMs: 30_000 });
    // As the server sees them.
    const inside = (path: string): Promise<string[]> =>
      readdir(`/proc/${String(server.childPid('admin'))}/root${path}`);
    assert((await inside(DATA)).includes('registry.db'));
    assert.notDeepEqual(await inside(`${DATA}/cache/code`), [], 'compiled code is kept with the data');
    assert.deepEqual(await inside('/tmp'), []);
    assert.equal(await server.stop(), 0);
    assert.deepEqual(
      server.log.filter(({ level }) => level === 'error'),
      [],
    );
  },
);

/** What only shows on a terminal, and what shells make of it: live screens and completion, against a real server. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { Pty } from '../support/pty.ts';
import { freePort, REPOSITORY, runSluice, Sluice } from '../support/sluice.ts';
import { shell } from '../support/tools.ts';

const run = promisify(execFile);

const LEAVE = '\u001b[?25h\u001b[?1049l';

suite('the command on a terminal', { timeout: 240_000 }, () => {
  let server: Sluice;
  let folder: string;
  let env: Readonly<Record<string, string>>;
  let ports: readonly string[];

  before(async () => {
    const [predict, admin] = [await freePort(), await freePort()].map((port) => `127.0.0.1:${String(port)}`);
    ports = ['--predict-address', predict ?? '', '--admin-address', admin ?? '', '--metrics-address', 'off'];
    server = await Sluice.start({ args: ports });
    folder = await mkdtemp(join(tmpdir(), 'sluice-terminal-'));
    const script = `#!/bin/sh\nexec '${process.execPath}' '${join(REPOSITORY, 'src/main.ts')}' "$@"\n`;
    await writeFile(join(folder, 'sluice'), script);
    await chmod(join(folder, 'sluice'), 0o755);
    env = { PATH: `${folder}:${process.env.PATH ?? ''}`, SLUICE_ADMIN_ADDRESS: server.adminAddress };
    for (const name of ['bash', 'zsh', 'fish']) {
      const { stdout } = await run(join(folder, 'sluice'), ['completions', name]);
      await writeFile(join(folder, `sluice.${name}`), stdout);
    }
  });

  after(async () => {
    await rm(folder, { recursive: true });
    await server.stop();
  });

  test('top shows what serves, and q gives the terminal back as it was', async () => {
    using pty = new Pty('sluice top; echo "left with $?"; stty -a', { env });
    await pty.shows(/iris +1 +live .*READY/);
    await pty.shows('q quit');
    pty.type('q');
    await pty.shows('left with 0');
    await pty.shows('iexten');
    assert.equal(await pty.exited(), 0);
    const behind = pty.text.slice(pty.text.lastIndexOf(LEAVE));
    assert(behind.includes('left with 0'), 'nothing of top is left behind');
    assert.match(behind, /[\s;]icanon/);
    assert.match(behind, /[\s;]echo[\s;]/);
  });

  test('a signal that ends top gives the terminal back, too', async () => {
    using pty = new Pty(`sh -c 'echo pid-$$; exec sluice top'; echo "left with $?"; stty -a`, { env });
    await pty.shows('q quit');
    process.kill(Number(/pid-(\d+)/.exec(pty.text)?.[1]), 'SIGTERM');
    await pty.shows('left with 0');
    await pty.shows('iexten');
    assert.match(pty.text.slice(pty.text.lastIndexOf(LEAVE)), /[\s;]icanon/);
  });

  test('bench shows its way on a terminal, and then what it found', async () => {
    const command = `sluice bench iris@1 --seconds 2 --warm-up 100ms --predict-address ${server.predictAddress}`;
    using pty = new Pty(`${command}; echo "left with $?"`, { env });
    await pty.shows(/p50 .* in flight/);
    await pty.shows(/8 at a time, 1 row a call, \d+ B, from 3 golden inputs/);
    await pty.shows('left with 0');
    assert.match(pty.text, /failed.*none/);
  });

  test('doctor knows the server that holds its ports', async () => {
    const { code, stdout } = await runSluice(['doctor', ...ports, '--data-dir', server.dataDir, '--models-dir', 'off']);
    assert.match(stdout, /^ok {4}ports +\S+ \(--predict-address\) is held by sluice serve \(pid \d+\)$/m);
    assert.match(stdout, /^ok {4}database +SQLite [\d.]+, .* schema \d+/m);
    assert.match(stdout, /^ok {4}admin process +\S+ answers, with 1 serve process, release \S+$/m);
    assert.match(stdout, /^ok {4}serve process +\S+ answers, 3 of 3 models are ready$/m);
    assert.equal(code, 0, stdout);
  });

  /** What is typed, and what has to come of it. */
  const LINES: readonly (readonly [line: string, completed: RegExp])[] = [
    ['sluice tra', /sluice traffic /],
    ['sluice stats ir', /sluice stats iris /],
    ['sluice stats --role=s', /--role=shadow/],
    ['sluice rollout start iris ', /1 +2/],
    ['sluice up --no-refl', /--no-reflection/],
  ];

  for (const name of ['bash', 'zsh'] as const) {
    test(`${name} completes commands, flags, values and the names that the server knows`, async () => {
      if (name === 'zsh') assert(!('missing' in (await shell(name))), 'zsh can be installed');
      const start = name === 'bash' ? 'bash --norc --noprofile' : 'zsh -f -i';
      using pty = new Pty(start, { env: { ...env, TERM: 'xterm' } });
      const first = name === 'bash' ? ':' : 'autoload -U compinit; compinit -u -D';
      pty.type(`${first}; source ${join(folder, `sluice.${name}`)}; echo loaded-$((1 + 1))\r`);
      await pty.shows('loaded-2');
      for (const [line, completed] of LINES) {
        const from = pty.text.length;
        pty.type(`${line}\t\t`);
        await pty.shows(completed, from);
        // A line of its own, so that nothing of this one is taken for the next one's.
        pty.type('\u0015echo next-$((1 + 1))\r');
        await pty.shows('next-2', from);
      }
    });
  }

  test('fish completes them, each with what it does', async () => {
    const fish = await shell('fish');
    assert(!('missing' in fish), 'fish can be installed');
    const lines = LINES.map(([line]) => `complete -C '${line}'`).join('; ');
    const { stdout } = await run(fish.path, ['--no-config', '-c', `source ${join(folder, 'sluice.fish')}; ${lines}`], {
      env: { ...process.env, ...env },
    });
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0]),
      [...['traffic', 'iris', '--role=shadow', '1', '2', '--no-reflection']],
    );
    assert.match(stdout, /^traffic\tset, show, switch/m);
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PARENT = fileURLToPath(new URL('../../support/qualifying-child.ts', import.meta.url));
/** Of a hundredth of a second: by then it is in its endless run. */
const BUSY_TICKS = 100;
const PATIENCE_MS = 30_000;

it('a qualification child that is stuck in a native run ends when its parent was killed', async () => {
  const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  assert.ok(pid > 0);
  await until(() => (ticksOf(pid) ?? 0) >= BUSY_TICKS);
  parent.kill('SIGKILL');
  await until(() => ticksOf(pid) === undefined);
});

/** User time of a process; undefined when there is none any more. */
function ticksOf(pid: number): number | undefined {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : Number(fields[11]);
  } catch {
    return undefined;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it took too long');
    await pause(50);
  }
}

/** What 200 versions that come and go leave behind in the processes that had them: nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '../support/admin-client.ts';
import type { VersionMessage } from '../support/admin-client.ts';
import { SluiceClient } from '../support/client.ts';
import { FIXTURES, Sluice } from '../support/sluice.ts';

const CYCLES = Number(process.env.LEAK_TEST_CYCLES ?? 200);
/** Its evidence is small: of what is gone its counts are kept, since a receiver may have forgotten them. */
const MODEL = 'poison_row';
/** Until then caches fill and the heaps grow to their sizes. */
const WARM_UP = CYCLES / 3;
const SAMPLE_EVERY = 5;
/** A session of such a version takes some 600 kB, so one in ten that stays is seen; garbage makes less difference. */
const MAX_KB_PER_CYCLE = 60;
const PATIENCE_MS = 20_000;
const POLL_MS = 10;

/** What a process holds that has to be constant. */
interface Holdings {
  readonly descriptors: number;
  readonly threads: number;
  readonly sharedMemory: number;
  readonly deletedFiles: number;
}

interface Sample {
  readonly cycle: number;
  readonly kilobytes: number;
}

suite('200 versions that are registered, loaded, unloaded and deleted', { skip: process.platform !== 'linux' }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-leaks-'));
  let server: Sluice;
  const samples = { serve: [] as Sample[], admin: [] as Sample[] };
  const holdings = { serve: [] as Holdings[], admin: [] as Holdings[] };
  const files: (readonly string[])[] = [];

  before(async () => {
    await cp(join(FIXTURES, MODEL, '1'), join(scratch, 'models', MODEL, '1'), { recursive: true });
    await mkdir(join(scratch, 'temporary'));
    const args = ['--serve-processes', '1'];
    server = await Sluice.start({
      modelsDir: join(scratch, 'models'),
      args,
      env: { TMPDIR: join(scratch, 'temporary') },
    });
  });
  after(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  });

  test('all come and go', async () => {
    using admin = new AdminClient(server.adminAddress);
    using client = new SluiceClient(server.predictAddress);
    const model = await readFile(join(FIXTURES, MODEL, '1', 'model.onnx'));
    for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
      await comeAndGo({ admin, client }, `v${String(cycle)}`, model);
      if (cycle < WARM_UP || cycle % SAMPLE_EVERY > 0) continue;
      for (const role of ['serve', 'admin'] as const) {
        const pid = server.childPid(role);
        samples[role].push({ cycle, kilobytes: residentKilobytes(pid) });
        holdings[role].push(holdingsOf(pid));
      }
      files.push(filesIn(server.dataDir));
    }
  });

  for (const role of ['serve', 'admin'] as const) {
    test(`the ${role} process grows by nothing with them`, (context) => {
      const slope = slopeOf(samples[role]);
      context.diagnostic(`${slope.toFixed(1)} kB a cycle, ${String(samples[role].at(-1)?.kilobytes)} kB at the end`);
      assert(slope < MAX_KB_PER_CYCLE, JSON.stringify(samples[role]));
    });

    test(`the ${role} process holds in the end what it held before`, () => {
      assert.deepEqual(leastOf(holdings[role].slice(-5)), leastOf(holdings[role].slice(0, 5)));
    });
  }

  test('no file is left, neither of versions nor temporary', () => {
    assert.deepEqual(readdirSync(join(scratch, 'temporary')), []);
    assert.deepEqual(files.at(-1), files[0]);
  });
});

interface Clients {
  readonly admin: AdminClient;
  readonly client: SluiceClient;
}

/** Its files are those of all others, so only the first is qualified: what is tested is what comes after. */
async function comeAndGo({ admin, client }: Clients, version: string, model: Uint8Array): Promise<void> {
  await admin.register({ model: MODEL, version, warm: true }, { 'model.onnx': model });
  await admin.qualified(MODEL, version);
  await until(admin, version, (instances) => instances.length === 1 && instances[0]?.state === 'READY');
  const inputs = [{ name: 'index', datatype: 'INT64', shape: [1, 1], int64s: [3] }];
  const reply = await client.predict({ model: MODEL, version, inputs });
  assert.equal(reply.version, version);
  await admin.call('Registry', 'DeleteVersion', { model: MODEL, version });
  await until(admin, version, (instances) => instances.length === 0);
}

async function until(
  admin: AdminClient,
  version: string,
  condition: (instances: VersionMessage['instances']) => boolean,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { instances } = await admin.call<VersionMessage>('Registry', 'GetVersion', { model: MODEL, version });
    if (condition(instances)) return;
    assert(Date.now() < deadline, `version ${version} is ${JSON.stringify(instances)}`);
    await pause(POLL_MS);
  }
}

function residentKilobytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function holdingsOf(pid: number): Holdings {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  const threads = Number(/^Threads:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).filter((descriptor) => isOpen(pid, descriptor)).length,
    threads,
    sharedMemory: maps.filter((line) => line.includes('/dev/shm/')).length,
    deletedFiles: maps.filter((line) => line.endsWith('(deleted)')).length,
  };
}

/** Not one that was closed meanwhile. */
function isOpen(pid: number, descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`) !== '';
  } catch {
    return false;
  }
}

/** Connections and threads of a moment come and go. */
function leastOf(list: readonly Holdings[]): Holdings {
  const least = (of: (holdings: Holdings) => number): number => Math.min(...list.map(of));
  return {
    descriptors: least(({ descriptors }) => descriptors),
    threads: least(({ threads }) => threads),
    sharedMemory: least(({ sharedMemory }) => sharedMemory),
    deletedFiles: least(({ deletedFiles }) => deletedFiles),
  };
}

/** But those of the database, which grow. */
function filesIn(dataDir: string): readonly string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/\.db(-wal|-shm)?$/.test(path))
    .sort();
}

/** Of the line with the least squares, in kilobytes a cycle. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
  const middle = mean(({ cycle }) => cycle);
  const level = mean(({ kilobytes }) => kilobytes);
  const covariance = mean(({ cycle, kilobytes }) => (cycle - middle) * (kilobytes - level));
  return covariance / mean(({ cycle }) => (cycle - middle) ** 2);
}

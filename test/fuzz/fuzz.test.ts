/**
 * Random and mutated sessions against a server in a process of its own. SLUICE_FUZZ_SECONDS=600 makes it longer,
 * SLUICE_FUZZ_SEED=… repeats a run. A case that fails is kept in corpus/, and tried again by every run after that.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { H2Process } from '../support/h2-process.ts';
import { ECHO } from '../support/h2-routes.ts';
import { Prng } from '../support/prng.ts';
import { END_STREAM, RawH2, TYPE, unaryCall } from '../support/raw-h2.ts';
import { checkServerFrames } from './server-watch.ts';
import { Fuzz } from './sessions.ts';

const SECONDS = Number(process.env.SLUICE_FUZZ_SECONDS ?? (process.env.CI === undefined ? 10 : 60));
const SEED = Number(process.env.SLUICE_FUZZ_SEED ?? Date.now() % 2 ** 32);
const CORPUS = join(import.meta.dirname, 'corpus');

/** Connections at a time; then the server has to be as it was. */
const TOGETHER = 50;
/** Of the time; until then the heap grows to what it needs. */
const WARM_UP = 0.25;
const MAX_GROWTH_BYTES = 64 * 2 ** 20;

describe('a server that is sent anything', () => {
  let server: H2Process;
  /** Responses that came: a fuzzer whose sessions all end at once finds nothing. */
  let responses = 0;
  before(async () => {
    server = await H2Process.start();
  });
  after(() => server.stop());

  for (const name of readdirSync(CORPUS)) {
    it(`survives ${name}`, async () => {
      await survives([bytesOf(readFileSync(join(CORPUS, name), 'utf8'))], new Fuzz(new Prng(1)));
    });
  }

  it(
    `survives ${SECONDS} s of random sessions (SLUICE_FUZZ_SEED=${SEED})`,
    { timeout: (SECONDS + 60) * 1000 },
    async (context) => {
      const fuzz = new Fuzz(new Prng(SEED));
      const end = Date.now() + SECONDS * 1000;
      let warm = 0;
      let sessions = 0;
      while (Date.now() < end) {
        const cases = Array.from({ length: TOGETHER }, () => fuzz.session());
        await survives(cases, fuzz);
        sessions += cases.length;
        if (warm === 0 && Date.now() > end - (1 - WARM_UP) * SECONDS * 1000) warm = await server.residentBytes();
      }
      context.diagnostic(`${sessions} sessions, ${responses} calls in them were answered`);
      assert.ok(warm > 0 && responses > sessions, `only ${sessions} sessions, ${responses} responses`);
      const growth = (await server.residentBytes()) - warm;
      assert.ok(growth < MAX_GROWTH_BYTES, `it grew by ${growth} bytes over ${sessions} sessions; seed ${SEED}`);
    },
  );

  /** After these connections the server answers, and nothing is left of them. Those that do harm alone are kept. */
  async function survives(cases: readonly Buffer[], fuzz: Fuzz): Promise<void> {
    const harm = await harmOf(cases, fuzz);
    if (harm === undefined) return;
    const files: string[] = [];
    for (const bytes of cases) if ((await harmOf([bytes], fuzz)) !== undefined) files.push(keep(bytes, files.length));
    throw new Error(`seed ${SEED}: harm is done, by each of ${files.length} cases alone: ${files.join(', ')}`, {
      cause: harm,
    });
  }

  async function harmOf(cases: readonly Buffer[], fuzz: Fuzz): Promise<unknown> {
    if (!server.lives) server = await H2Process.start();
    try {
      await Promise.all(cases.map((bytes) => attack(fuzz.chunks(bytes, bytes.length))));
      await answers();
      await server.until(({ connections, openChats }) => connections === 0 && openChats === 0);
      return undefined;
    } catch (caught) {
      return caught;
    }
  }

  async function attack(chunks: readonly Buffer[]): Promise<void> {
    using raw = await RawH2.dial(server.port);
    for (const chunk of chunks) {
      raw.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The server answers what came before this, and closes.
    raw.socket.end();
    await raw.closed();
    checkServerFrames(raw.frames);
    responses += raw.frames.filter(({ type, flags }) => type === TYPE.headers && (flags & END_STREAM) !== 0).length;
  }

  async function answers(): Promise<void> {
    using raw = await RawH2.greet(server.port);
    raw.write(unaryCall(1, ECHO, Buffer.from('still here')));
    await raw.next(({ stream, flags }) => stream === 1 && (flags & END_STREAM) !== 0);
    assert.ok(server.lives);
  }
});

function keep(bytes: Buffer, index: number): string {
  const name = `${SEED}-${index}.hex`;
  const lines = bytes.toString('hex').match(/.{1,100}/g) ?? [];
  writeFileSync(join(CORPUS, name), `# found with seed ${SEED}\n${lines.join('\n')}\n`);
  return name;
}

/** Of a file of hexadecimal digits; what follows a # is for people. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/#.*/g, '').replaceAll(/\s/g, ''), 'hex');
}

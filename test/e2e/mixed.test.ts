import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { iris, SluiceClient } from '../support/client.ts';
import type { PredictMessage, PredictReplyMessage } from '../support/client.ts';
import { FIXTURES, MODELS, Sluice } from '../support/sluice.ts';

/** How long the storm lasts. */
const SECONDS = Number(process.env.MIXED_TEST_SECONDS ?? 60);
const CLIENTS = 3;
const CALLERS_PER_CLIENT = 12;
const TOLERANCE = 1e-5;

const [OK, CANCELLED, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, RESOURCE_EXHAUSTED, UNAVAILABLE] = [
  0, 1, 3, 4, 5, 8, 14,
];

/** A request whose answer by each version is known from calls that ran alone, before the storm. */
interface Known {
  readonly request: PredictMessage;
  readonly answers: Map<string, PredictReplyMessage>;
}

/** What came of the calls, for the verdict. */
class Ledger {
  readonly counts = new Map<string, number>();
  readonly wrong: string[] = [];

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  blame(sentence: string): void {
    if (this.wrong.length < 20) this.wrong.push(sentence);
  }
}

it(`loses no request and answers none wrongly through ${String(SECONDS)} s of loads, unloads, bad calls, cancellations, deadlines and SIGTERM`, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-mixed-'));
  for (const model of ['iris', 'digits', 'wine']) await cp(join(MODELS, model), join(dir, model), { recursive: true });
  for (const model of ['ragged', 'mixes_rows', 'simple']) {
    await cp(join(FIXTURES, model), join(dir, model), { recursive: true });
  }
  await using server = await Sluice.start({ modelsDir: dir, args: ['--max-queue-rows=256'] });
  const clients = Array.from({ length: CLIENTS }, () => new SluiceClient(server.predictAddress));
  const [first] = clients;
  assert.ok(first);
  const known = await answerAlone(first, requests());
  const ledger = new Ledger();
  const storm = { until: Date.now() + SECONDS * 1000, stopping: false };
  const chaos = disturb(server, dir, storm);
  const callers = clients.flatMap((client, index) =>
    Array.from({ length: CALLERS_PER_CLIENT }, (_, at) =>
      callOn(client, known, ledger, storm, randomOf(index * 100 + at + 1)),
    ),
  );
  await chaos;
  storm.stopping = true;
  const exitCode = await server.stop();
  await Promise.all(callers);
  for (const client of clients) client.close();
  await rm(dir, { recursive: true });
  console.log(Object.fromEntries([...ledger.counts].sort()));
  assert.deepEqual(ledger.wrong, []);
  assert.ok((ledger.counts.get('answered') ?? 0) > 100 * SECONDS);
  for (const kind of ['refused as bad', 'cancelled', 'deadline']) {
    assert.ok((ledger.counts.get(kind) ?? 0) > SECONDS, kind);
  }
  assert.equal(exitCode, 0);
});

function requests(): PredictMessage[] {
  const random = randomOf(7);
  const numbers = (count: number, scale: number): number[] =>
    Array.from({ length: count }, () => Math.fround(random() * scale));
  const list: PredictMessage[] = [];
  for (let at = 0; at < 12; at += 1) {
    for (const version of ['1', '2']) {
      const rows = Array.from({ length: 1 + (at % 3) }, () => numbers(4, 7));
      list.push({ model: 'iris', version, inputs: [iris(...rows)] });
      list.push({
        model: 'digits',
        version,
        inputs: [{ name: 'pixels', datatype: 'FP32', shape: [1, 64], floats: numbers(64, 1) }],
      });
    }
    const width = 1 + (at % 4);
    list.push({
      model: 'ragged',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, width], floats: numbers(width, 9) }],
    });
    list.push({ model: 'mixes_rows', inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 3], floats: numbers(6, 5) }] });
    list.push({ model: 'iris', inputs: [iris(numbers(4, 7))] });
  }
  return list;
}

async function answerAlone(client: SluiceClient, list: readonly PredictMessage[]): Promise<Known[]> {
  const known: Known[] = [];
  for (const request of list) {
    const reply = await client.predict(request);
    known.push({ request, answers: new Map([[reply.version, reply]]) });
  }
  return known;
}

interface Storm {
  readonly until: number;
  stopping: boolean;
}

/** Versions come and go, and broken ones come, as fast as the server takes them. */
async function disturb(server: Sluice, dir: string, storm: Storm): Promise<void> {
  for (let turn = 0; Date.now() < storm.until; turn += 1) {
    const extra = join(dir, 'iris/3');
    const broken = join(dir, `digits/${String(100 + turn - (turn % 2))}`);
    if (turn % 2 === 0) {
      await cp(join(MODELS, 'iris', '1'), join(dir, 'coming'), { recursive: true });
      await rename(join(dir, 'coming'), extra);
      await mkdir(broken, { recursive: true });
      await writeFile(join(broken, 'model.onnx'), `broken ${String(turn)}`);
    } else {
      await rm(extra, { recursive: true });
      await rm(broken, { recursive: true });
    }
    const imports = server.log.filter((line) => line.event === 'imported').length;
    server.signal('SIGHUP');
    while (server.log.filter((line) => line.event === 'imported').length === imports) await pause(20);
    await pause(300);
  }
}

async function callOn(
  client: SluiceClient,
  known: readonly Known[],
  ledger: Ledger,
  storm: Storm,
  random: () => number,
): Promise<void> {
  while (!storm.stopping) {
    const dice = random();
    const chosen = known[Math.floor(random() * known.length)];
    assert.ok(chosen);
    if (dice < 0.75) await goodCall(client, chosen, ledger, storm);
    else if (dice < 0.8) await passingVersion(client, ledger, storm);
    else if (dice < 0.87) await badCall(client, ledger, storm, random());
    else if (dice < 0.94) await cancelledCall(client, chosen, ledger, storm, random() * 4);
    else await lateCall(client, chosen, ledger, storm, 1 + random() * 2);
  }
}

async function goodCall(
  client: SluiceClient,
  { request, answers }: Known,
  ledger: Ledger,
  storm: Storm,
): Promise<void> {
  const outcome = await tryCall(client, request);
  if (outcome.code !== OK || outcome.reply === undefined) {
    ledger.count(`good call: ${String(outcome.code)}`);
    // A full queue may refuse; after SIGTERM a closed connection may. Nothing else may go wrong.
    if (outcome.code === RESOURCE_EXHAUSTED) return;
    if (storm.stopping && outcome.code === UNAVAILABLE && !/reset|dropped/i.test(outcome.details)) return;
    ledger.blame(`good call failed: ${String(outcome.code)} ${outcome.details}`);
    return;
  }
  ledger.count('answered');
  const expected = answers.get(outcome.reply.version);
  if (expected === undefined) {
    ledger.blame(`version ${outcome.reply.version} answered a call to ${request.version ?? 'the policy'}`);
  } else if (!same(outcome.reply, expected)) {
    ledger.blame(`${request.model} answered ${JSON.stringify(outcome.reply)} instead of ${JSON.stringify(expected)}`);
  }
}

/** Version 3 comes and goes: it answers, or it is not there. */
async function passingVersion(client: SluiceClient, ledger: Ledger, storm: Storm): Promise<void> {
  const { code, details } = await tryCall(client, {
    model: 'iris',
    version: '3',
    inputs: [iris([5.1, 3.5, 1.4, 0.2])],
  });
  ledger.count(`passing version: ${String(code)}`);
  if (![OK, NOT_FOUND, UNAVAILABLE, RESOURCE_EXHAUSTED].includes(code)) {
    ledger.blame(`passing version: ${String(code)} ${details}`);
  }
  if (code === UNAVAILABLE && !storm.stopping && !details.includes('version')) {
    ledger.blame(`passing version: ${details}`);
  }
}

async function badCall(client: SluiceClient, ledger: Ledger, storm: Storm, dice: number): Promise<void> {
  const inputs =
    dice < 0.5
      ? [{ name: 'X', shape: [1, 5], floats: [1, 2, 3, 4, 5] }]
      : [{ name: 'nobody', shape: [1], floats: [1] }];
  const { code, details } = await tryCall(client, { model: 'iris', inputs });
  if (code === INVALID_ARGUMENT) ledger.count('refused as bad');
  else if (!(storm.stopping && code === UNAVAILABLE)) ledger.blame(`bad call: ${String(code)} ${details}`);
}

async function cancelledCall(
  client: SluiceClient,
  { request }: Known,
  ledger: Ledger,
  storm: Storm,
  afterMs: number,
): Promise<void> {
  const { code, details } = await tryCall(client, request, { cancelAfterMs: afterMs });
  if (code === CANCELLED) ledger.count('cancelled');
  else if (![OK, RESOURCE_EXHAUSTED].includes(code) && !(storm.stopping && code === UNAVAILABLE)) {
    ledger.blame(`cancelled call: ${String(code)} ${details}`);
  }
}

async function lateCall(
  client: SluiceClient,
  { request }: Known,
  ledger: Ledger,
  storm: Storm,
  deadlineMs: number,
): Promise<void> {
  const { code, details } = await tryCall(client, request, { deadlineMs });
  if (code === DEADLINE_EXCEEDED) ledger.count('deadline');
  else if (![OK, RESOURCE_EXHAUSTED].includes(code) && !(storm.stopping && code === UNAVAILABLE)) {
    ledger.blame(`late call: ${String(code)} ${details}`);
  }
}

interface Ending {
  readonly code: number;
  readonly details: string;
  readonly reply?: PredictReplyMessage;
}

async function tryCall(
  client: SluiceClient,
  request: PredictMessage,
  { cancelAfterMs, deadlineMs = 30_000 }: { cancelAfterMs?: number; deadlineMs?: number } = {},
): Promise<Ending> {
  try {
    const reply = await client.predict(request, { deadline: Date.now() + deadlineMs }, undefined, cancelAfterMs);
    return { code: OK, details: '', reply };
  } catch (caught) {
    const { code, details } = caught as ServiceError;
    return { code, details };
  }
}

function same(got: PredictReplyMessage, expected: PredictReplyMessage): boolean {
  return expected.outputs.every((want) => {
    const have = got.outputs.find((output) => output.name === want.name);
    if (have?.shape.join() !== want.shape.join()) return false;
    if (have.int64s.join() !== want.int64s.join() || have.strings.join() !== want.strings.join()) return false;
    return want.floats.every(
      (value, at) => Math.abs(value - (have.floats[at] ?? NaN)) <= TOLERANCE * Math.max(1, Math.abs(value)),
    );
  });
}

function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { H2Lab } from '../support/h2-lab.ts';
import { BIG } from '../support/h2-routes.ts';
import { Prng } from '../support/prng.ts';
import { RawH2, SETTING, settings, uint32, unaryCall, windowUpdate } from '../support/raw-h2.ts';
import { checkServerFrames } from './server-watch.ts';

const SEED = Number(process.env.SLUICE_FUZZ_SEED ?? 9113);
const ROUNDS = 25;
const STEPS = 60;
const PREFIX_BYTES = 5;
const CONNECTION_WINDOW = 65_535;

describe('windows that grow and shrink at random', () => {
  it(`are filled to the last byte and never beyond (SLUICE_FUZZ_SEED=${SEED})`, async () => {
    const random = new Prng(SEED);
    using server = await H2Lab.open();
    for (let round = 0; round < ROUNDS; round += 1) await play(server.port, random, `round ${round}`);
    assert.deepEqual(server.report.abuse, {});
  });
});

async function play(port: number, random: Prng, name: string): Promise<void> {
  const below = (limit: number): number => Math.floor(random.next() * limit);
  let initial = below(70_000);
  let connection = CONNECTION_WINDOW;
  using raw = await RawH2.greet(port, [SETTING.initialWindowSize, initial]);
  const calls = Array.from({ length: 1 + below(5) }, (_, index): Call => ({
    id: 2 * index + 1,
    bytes: below(below(2) === 0 ? 200 : 200_000),
    granted: initial,
    most: initial,
  }));
  for (const { id, bytes } of calls) raw.write(unaryCall(id, BIG, uint32(bytes)));
  for (let step = 0; step < STEPS; step += 1) {
    const call = calls[below(calls.length)]!;
    const more = 1 + below(below(2) === 0 ? 20 : 60_000);
    const kind = below(5);
    if (kind === 0) {
      const next = below(70_000);
      for (const each of calls) each.granted += next - initial;
      initial = next;
      raw.write(settings([SETTING.initialWindowSize, initial]));
    } else if (kind <= 2) {
      connection += more;
      raw.write(windowUpdate(0, more));
    } else {
      call.granted += more;
      raw.write(windowUpdate(call.id, more));
    }
    for (const each of calls) each.most = Math.max(each.most, each.granted);
    assert.equal(await raw.closes(), false, raw.farewell);
    check(raw, calls, connection, `${name}, step ${step}`);
  }
  checkServerFrames(raw.frames);
}

interface Call {
  readonly id: number;
  readonly bytes: number;
  granted: number;
  /** The most that was ever granted: what came before a window shrank stays. */
  most: number;
}

/** Everything has come that may: up to each call's window, or to that of the connection. */
function check(raw: RawH2, calls: readonly Call[], connection: number, when: string): void {
  let total = 0;
  let isFull = true;
  for (const { id, bytes, granted, most } of calls) {
    const came = raw.dataBytes(id);
    assert.ok(came <= most, `${when}: ${came} bytes came on ${id} for a window of ${most}`);
    total += came;
    if (came < Math.min(bytes + PREFIX_BYTES, granted)) isFull = false;
  }
  assert.ok(total <= connection, `${when}: ${total} bytes came for a window of ${connection}`);
  assert.ok(isFull || total === connection, `${when}: only ${total} bytes came for a window of ${connection}`);
}

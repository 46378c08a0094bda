/** Every strategy of a rollout, and every command, from outside: a real server and callers at a fixed rate. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import type { EpochMessage } from '../support/admin-client.ts';
import { flower } from '../support/canary-models.ts';
import { Prng } from '../support/prng.ts';
import { FIXTURES, Sluice } from '../support/sluice.ts';
import { SteadyRate } from '../support/steady-rate.ts';

interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

interface RolloutMessage {
  readonly id: number;
  readonly phase: string;
  readonly reason: string;
  readonly stage: number;
  readonly weight: number;
  readonly generation: number;
  readonly verdicts: readonly { readonly metric: string; readonly verdict: string; readonly summary: string }[];
  readonly transitions: readonly {
    readonly kind: string;
    readonly at: Instant;
    readonly actor: string;
    readonly stage: number;
    readonly weight: number;
  }[];
}

const MODEL = 'canary';
const STABLE = 'base';
const PER_SECOND = 200;
const PATIENCE_MS = 60_000;
/** Long enough that only a command ends a step. */
const LONG = { seconds: 600 };
const SHORT = { seconds: 1 };
/** Few calls tell: what is tested here is the strategy, not the statistics. */
const ERRORS_ONLY = { metrics: [{ metric: 'error_rate', margin: 0.1 }] };

const msOf = ({ seconds, nanos }: Instant): number => seconds * 1000 + nanos / 1e6;

describe('a rollout by strategy', () => {
  let server: Sluice;
  let ann: AdminClient;
  let bob: AdminClient;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-strategies-'));
    await cp(join(FIXTURES, MODEL), join(directory, MODEL), { recursive: true });
    server = await Sluice.start({ modelsDir: directory });
    ann = new AdminClient(server.adminAddress, 'ann');
    bob = new AdminClient(server.adminAddress, 'bob');
  });
  after(async () => {
    ann.close();
    bob.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  beforeEach(async () => {
    const { applied } = await ann.setTraffic(MODEL, [{ version: STABLE, weight: 10_000 }], { waitMs: 30_000 });
    assert(applied);
  });

  function callers(): SteadyRate {
    const random = new Prng(7);
    return new SteadyRate({
      address: server.predictAddress,
      perSecond: PER_SECOND,
      request: () => ({
        model: MODEL,
        inputs: [{ name: 'X', shape: [1, 4], floats: flower(() => random.next()) }],
      }),
    });
  }

  async function start(candidate: string, strategy: object): Promise<number> {
    const request = { model: MODEL, candidate, strategy, force: true };
    return (await ann.call<RolloutMessage>('Rollouts', 'Start', request)).id;
  }

  /** The first that is so, or the last there is. */
  async function watch(id: number, isSo: (seen: RolloutMessage) => boolean = () => false): Promise<RolloutMessage> {
    const stream = ann.watch('Rollouts', 'Watch', { id });
    const timer = setTimeout(() => {
      stream.cancel();
    }, PATIENCE_MS);
    let last: RolloutMessage | undefined;
    try {
      for await (const message of stream) {
        last = message as RolloutMessage;
        if (isSo(last)) break;
      }
    } finally {
      clearTimeout(timer);
    }
    assert(last);
    return last;
  }

  const until = async (id: number, phase: string): Promise<RolloutMessage> => {
    const seen = await watch(id, (message) => message.phase === phase);
    assert.equal(seen.phase, phase, `${seen.reason} ${JSON.stringify(seen.verdicts)}`);
    return seen;
  };

  const command = (by: AdminClient, method: string, id: number, more: object = {}): Promise<RolloutMessage> =>
    by.call<RolloutMessage>('Rollouts', method, { id, ...more });

  async function weights(): Promise<Readonly<Record<string, number>>> {
    const { epoch } = await ann.call<{ epoch: EpochMessage }>('Traffic', 'GetTraffic', { model: MODEL });
    return Object.fromEntries(epoch.policy.arms.map(({ version, weight }) => [version, weight]));
  }

  /** When calls came to it: answered by it, or by another in its place. */
  function callsOf(load: SteadyRate, version: string): readonly number[] {
    const own = load.calls.filter(({ reply }) => reply?.version === version || reply?.failedOverFrom === version);
    return own.map(({ at }) => at);
  }

  const failures = (load: SteadyRate): readonly string[] =>
    load.calls.map(({ error }) => error).filter((error) => error !== '');

  it('blue-green switches all traffic at once, after somebody else has approved', async () => {
    await using load = callers();
    const id = await start('same', { blueGreen: { approval: true }, analysis: ERRORS_ONLY, bake: { seconds: 2 } });
    const waiting = await until(id, 'awaiting_approval');
    assert.deepEqual([waiting.weight, await weights()], [0, { base: 10_000, same: 0 }]);
    await assert.rejects(command(ann, 'Approve', id), /7 PERMISSION_DENIED: ann started this rollout/);
    assert.deepEqual(callsOf(load, 'same'), []);
    await command(bob, 'Approve', id, { reason: 'looks fine' });
    const done = await until(id, 'promoted');
    await load.stop();
    assert.deepEqual(
      done.transitions.map(({ kind, weight, actor }) => `${kind} ${weight} ${actor}`),
      ['started 0 ann', 'approved 10000 bob', 'holding 10000 sluice', 'promoted 10000 sluice'],
    );
    assert.deepEqual([await weights(), failures(load)], [{ same: 10_000 }, []]);
    assert(callsOf(load, 'same').length > PER_SECOND);
  });

  it('linear goes on by equal steps', async () => {
    await using load = callers();
    const linear = { increment: 2500, every: SHORT, minRequests: 50 };
    const id = await start('same', { linear, analysis: ERRORS_ONLY, bake: SHORT });
    const done = await until(id, 'promoted');
    await load.stop();
    assert.deepEqual(
      done.transitions.filter(({ kind }) => kind !== 'holding').map(({ weight }) => weight),
      [2500, 5000, 7500, 10_000, 10_000],
    );
    assert.deepEqual([await weights(), failures(load)], [{ same: 10_000 }, []]);
  });

  const shadowFirst = {
    shadow: { minPairs: 100, hold: SHORT },
    canary: { steps: [{ weight: 5000, hold: SHORT, minRequests: 50 }] },
    analysis: { metrics: [...ERRORS_ONLY.metrics, { metric: 'disagreement', margin: 0.05 }] },
    bake: SHORT,
  };

  it('shadow-first answers no call with the candidate before its copies have agreed', async () => {
    await using load = callers();
    const id = await start('same', shadowFirst);
    const done = await until(id, 'promoted');
    await load.stop();
    const live = done.transitions.find(({ kind }) => kind === 'stage');
    assert(live);
    assert.deepEqual([live.stage, live.weight], [1, 5000]);
    const first = Math.min(...callsOf(load, 'same'));
    assert(first >= msOf(live.at), `${first} is before ${msOf(live.at)}`);
    assert.deepEqual(failures(load), []);
  });

  it('shadow-first takes a candidate that fails back before it had a single call', async () => {
    await using load = callers();
    const id = await start('flaky', shadowFirst);
    const ended = await until(id, 'aborted');
    await load.stop();
    assert.match(ended.reason, /^disagreement: /);
    assert.deepEqual(
      ended.transitions.map(({ kind, stage, weight, actor }) => `${kind} ${stage} ${weight} ${actor}`),
      ['started 0 0 ann', 'holding 0 0 sluice', 'aborted 0 0 sluice'],
    );
    assert.deepEqual([callsOf(load, 'flaky'), failures(load), await weights()], [[], [], { base: 10_000 }]);
  });

  it('budget finds its own weights, and ends with all traffic at a version that is as good', async () => {
    await using load = callers();
    const budget = { extraFaults: 50, maxWeight: 5000, hold: SHORT };
    const id = await start('same', { budget, analysis: ERRORS_ONLY, bake: SHORT });
    const done = await until(id, 'promoted');
    await load.stop();
    const grown = done.transitions.filter(({ kind }) => kind === 'weight').map(({ weight }) => weight);
    assert(grown.length >= 3 && grown.at(-1) === 5000, grown.join());
    // It may take a little back where more calls come than came lately; it never more than doubles.
    const leaps = grown.slice(1).filter((weight, before) => weight > 2 * (grown[before] ?? 0));
    assert.deepEqual(leaps, [], grown.join());
    assert.deepEqual([await weights(), failures(load)], [{ same: 10_000 }, []]);
    console.log(`budget: weights ${grown.join(', ')}`);
  });

  it('budget takes weight from a version that fails, so that it costs no more than it may', async () => {
    await using load = callers();
    const extraFaults = 40;
    // Nothing but the budget is to stop it.
    const analysis = {
      ...{ metrics: [{ metric: 'error_rate', margin: 1, onFail: 'alert' }], fuse: 0 },
      guardrails: [{ metric: 'success_rate', limit: 0.01 }],
    };
    const id = await start('flaky', { budget: { extraFaults }, analysis });
    const faults = (): number => load.calls.filter(({ reply }) => reply?.failedOverFrom === 'flaky').length;
    const seen = await watch(id, ({ phase }) => phase === 'aborted' || faults() >= extraFaults / 2);
    const weighed = seen.transitions.filter(({ kind }) => kind === 'weight').map(({ weight }) => weight);
    await command(ann, 'Abort', id);
    await load.stop();
    console.log(`budget of ${extraFaults}: ${faults()} faults with weights ${weighed.join(', ')}; ${seen.reason}`);
    assert(faults() <= extraFaults, `${faults()} faults`);
    assert(seen.weight < Math.max(...weighed), weighed.join());
    assert.deepEqual([failures(load), await weights()], [[], { base: 10_000 }]);
  });

  it('obeys pause, resume, promote and abort', async () => {
    await using load = callers();
    const steps = [1000, 5000].map((weight) => ({ weight, hold: LONG }));
    const id = await start('same', { canary: { steps }, analysis: ERRORS_ONLY, bake: LONG });
    await until(id, 'holding');
    const paused = await command(bob, 'Pause', id, { reason: 'lunch' });
    assert.deepEqual([paused.phase, paused.reason, await weights()], ['paused', 'lunch', { base: 9000, same: 1000 }]);
    const stale = { expectedGeneration: paused.generation - 1 };
    await assert.rejects(command(bob, 'Resume', id, stale), /10 ABORTED: .*generation/);
    await command(bob, 'Resume', id);
    await until(id, 'holding');
    const stepped = await command(bob, 'Promote', id);
    assert.deepEqual([stepped.stage, await weights()], [1, { base: 5000, same: 5000 }]);
    await command(bob, 'Promote', id, { full: true });
    await until(id, 'baking');
    assert.deepEqual(await weights(), { base: 0, same: 10_000 });
    const aborted = await command(ann, 'Abort', id, { reason: 'it was a drill' });
    assert.deepEqual([aborted.phase, aborted.reason, await weights()], ['aborted', 'it was a drill', { base: 10_000 }]);
    await assert.rejects(command(ann, 'Promote', id), /9 FAILED_PRECONDITION: .*it is over/);
    await load.stop();
    assert.deepEqual(failures(load), []);
  });
});

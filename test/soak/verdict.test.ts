/** The verdict about a small soak that went well, and about the same one with one thing in its log changed. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Epoch } from '../../src/domain/registry.ts';
import { slotOf } from '../../src/routing/pick.ts';
import { Prng } from '../support/prng.ts';
import type { Acknowledged, CallLine, ChangeLine, SampleLine, WindowLine } from './lines.ts';
import { CHANGES, FAULTS, planOf } from './plan.ts';
import { judgeResources } from './resources.ts';
import { STALL } from './stalls.ts';
import { differenceOf, floats, texts, textsOf } from './tensors.ts';
import { judge } from './verdict.ts';
import type { Account, Check } from './verdict.ts';

const SALT = 'salt';
const STARTED_AT = 1_000_000;
const KILLED_AT = STARTED_AT + 50_000;
const WEIGHT = 3000;
const CALLS = 2000;
const UNAVAILABLE = 14;

/** Versions 1 and 2 of iris, 7:3; version 1 answers where 2 fails. */
const EPOCH: Epoch = {
  ...{ model: 'iris', digests: {}, validFrom: 0, validTo: undefined, actor: 'ann', reason: '', cause: 'set' },
  policy: {
    ...{ epoch: 1, rules: [], shadows: [], failOverTo: '1', sticky: true, routingKeyHeader: '', salt: SALT },
    hashVersion: 1,
    arms: [
      { version: '1', arm: '1', weight: 10_000 - WEIGHT, slots: [[WEIGHT, 10_000]] },
      { version: '2', arm: '2', weight: WEIGHT, slots: [[0, WEIGHT]] },
      { version: '3', arm: '3', weight: 0, slots: [] },
    ],
  },
};

const ACKNOWLEDGED: readonly Acknowledged[] = [
  { what: 'version', model: 'iris', version: '2', digest: 'd2' },
  { what: 'qualified', model: 'iris', version: '2' },
  { what: 'qualified', model: 'iris', version: '3' },
  { what: 'deleted', model: 'iris', version: '3' },
  { what: 'rejected', model: 'iris', version: 'bad' },
  { what: 'epoch', model: 'iris', epoch: 1, weights: { '1': 7000, '2': 3000, '3': 0 } },
  { what: 'alias', model: 'iris', alias: 'champion', version: '1' },
  { what: 'alias', model: 'iris', alias: 'champion', version: '2' },
  { what: 'rollout', model: 'iris', id: 5 },
  { what: 'experiment', model: 'iris', name: 'colours' },
];

function callLine(over: Partial<CallLine>): CallLine {
  return {
    ...{ kind: 'call', id: 0, at: STARTED_AT, ms: 5, model: 'iris', question: 0, door: 'predict' },
    ...{ patience: 'plain', ask: 'policy', named: '', code: 0, details: '', epoch: 1, failedOverFrom: '' },
    ...{ version: '1', arm: '1', answer: 'right', echoed: true },
    ...over,
  };
}

/** Half of the calls have a key; all of them fall where the epoch says. */
function goodCalls(): CallLine[] {
  const random = new Prng(3);
  return Array.from({ length: CALLS }, (_, id) => {
    const key = `key-${id}`;
    const slot = id % 2 === 0 ? slotOf(SALT, key) : random.next() * 10_000;
    const version = slot < WEIGHT ? '2' : '1';
    const ask = id % 2 === 0 ? ({ ask: 'key', named: key } as const) : ({ ask: 'policy' } as const);
    return callLine({ id, at: STARTED_AT + id * 10, version, arm: version, ...ask });
  });
}

function window(over: Partial<WindowLine> = {}): WindowLine {
  const forgives = [UNAVAILABLE];
  return {
    kind: 'window',
    fault: 'kill serve',
    from: KILLED_AT,
    to: KILLED_AT + 3000,
    forgives,
    note: '',
    wrong: '',
    ...over,
  };
}

function change(over: Partial<ChangeLine> = {}): ChangeLine {
  return { kind: 'change', at: STARTED_AT, change: 'shift', note: '', acknowledged: ACKNOWLEDGED, wrong: '', ...over };
}

function good(): Account {
  const calls = goodCalls();
  return {
    calls,
    ends: [{ kind: 'end', calls: CALLS, left: 0 }],
    outcomes: [
      { kind: 'outcomes', experiment: 'colours', sent: 10, counted: 8 },
      { kind: 'outcomes', experiment: 'colours', sent: 5, counted: 5 },
    ],
    windows: [window(), ...FAULTS.map((fault) => window({ fault, from: 0, to: 0 }))],
    changes: [change(), ...CHANGES.map((name) => change({ change: name, acknowledged: [] }))],
    epochs: [EPOCH],
    registry: {
      versions: new Map([
        ['iris/2', { digest: 'd2', state: 'QUALIFIED' }],
        ['iris/3', { digest: 'd3', state: 'DELETED' }],
        ['iris/bad', { digest: 'd4', state: 'REJECTED' }],
      ]),
      epochs: new Map([['iris 1', { '1': 7000, '2': 3000, '3': 0 }]]),
      aliases: new Map([['iris champion', '2']]),
      rollouts: new Set([5]),
      experiments: new Map([['colours', 13]]),
      chain: { intact: true, events: 40, brokenAt: 0 },
    },
    differenceOf: ({ answer }) => (answer === 'right' ? undefined : 'output y differs'),
  };
}

/** The names of the checks that fail, with the first offence of each. */
function failed(checks: readonly Check[]): [string, string][] {
  return checks
    .flatMap(({ name, offences: [first] }) => (first === undefined ? [] : [[name, first] as const]))
    .map(([name, first]) => [name, first]);
}

/** What the verdict says after the call with this number was doctored. */
function withCall(id: number, over: Partial<CallLine>): [string, string][] {
  const account = good();
  return failed(
    judge({ ...account, calls: account.calls.map((call) => (call.id === id ? { ...call, ...over } : call)) }),
  );
}

function withRegistry(over: Partial<Account['registry']>): [string, string][] {
  const account = good();
  return failed(judge({ ...account, registry: { ...account.registry, ...over } }));
}

function assertFails(found: [string, string][], name: string, offence: RegExp): void {
  assert.deepEqual(
    found.map(([check]) => check),
    [name],
  );
  assert.match(found[0]?.[1] ?? '', offence);
}

const ANSWERED_ONCE = 'every call has exactly one answer';
const IN_EPOCH = 'each version was in the epoch that its answer names';
const FORGIVEN = 'calls fail only where they may';
const THERE = 'every acknowledged change is there';

suite('the verdict of a soak', () => {
  test('passes one that went well', () => {
    assert.deepEqual(failed(judge(good())), []);
  });

  test('fails where a call has no answer, two, or one that was never asked for', () => {
    const account = good();
    const { calls } = account;
    const without = failed(judge({ ...account, calls: calls.filter(({ id }) => id !== 77) }));
    assertFails(without, ANSWERED_ONCE, /^call 77 has 0 answers$/);
    const twice = failed(judge({ ...account, calls: [...calls, callLine({ id: 78 })] }));
    assertFails(twice, ANSWERED_ONCE, /^call 78 has 2 answers$/);
    const beyond = failed(judge({ ...account, calls: [...calls, callLine({ id: CALLS })] }));
    assertFails(beyond, ANSWERED_ONCE, /^call 2000 was never made$/);
  });

  test('fails where the callers left calls out, died, or got the answer to another call', () => {
    const account = good();
    const left = failed(judge({ ...account, ends: [{ kind: 'end', calls: CALLS, left: 1 }] }));
    assertFails(left, ANSWERED_ONCE, /^1 calls were not made/);
    assertFails(failed(judge({ ...account, ends: [] })), ANSWERED_ONCE, /did not come to their end/);
    assertFails(withCall(9, { echoed: false }), ANSWERED_ONCE, /call 9 .*another's answer/);
  });

  test('fails where an answer is not that of its version', () => {
    assertFails(
      withCall(9, { answer: 'wrong' }),
      'each answer is that of its version alone',
      /call 9 .*output y differs/,
    );
  });

  test('fails where the epoch is unknown, or has no traffic for the version', () => {
    assertFails(withCall(9, { epoch: 2 }), IN_EPOCH, /no such epoch/);
    assertFails(withCall(8, { version: '3', arm: '3' }), IN_EPOCH, /no traffic for 3/);
    assertFails(withCall(8, { version: '2', arm: '1' }), IN_EPOCH, /no traffic for 2 as 1/);
  });

  test('fails where a key was answered by another version than its own', () => {
    const { calls } = good();
    const keyed = calls.find(({ ask, version }) => ask === 'key' && version === '2');
    assert(keyed);
    assertFails(withCall(keyed.id, { version: '1', arm: '1' }), IN_EPOCH, /its key belongs to 2/);
  });

  test('takes an answer in place of another only from whom the epoch falls back on', () => {
    const { calls } = good();
    const second = calls.find(({ ask, version }) => ask === 'policy' && version === '2');
    assert(second);
    assert.deepEqual(withCall(second.id, { version: '1', failedOverFrom: '2' }), []);
    assertFails(withCall(second.id, { version: '3', failedOverFrom: '2' }), IN_EPOCH, /3 is not whom/);
  });

  test('fails where a call that names its version got another, or an arm', () => {
    const named = { ask: 'version', named: '2', version: '2', arm: '' } as const;
    assert.deepEqual(withCall(9, named), []);
    assert.deepEqual(withCall(9, { ...named, named: 'alias:champion' }), []);
    assertFails(withCall(9, { ...named, version: '1' }), IN_EPOCH, /it asked for 2/);
    assertFails(withCall(9, { ...named, arm: '2' }), IN_EPOCH, /fell into an arm/);
  });

  test('fails where the shares are not as the weights, by more than chance', () => {
    const account = good();
    // Of 1,000 calls without a key, 300 are due to version 2: 380 are not chance, 320 may be.
    const withSecond = (count: number): [string, string][] => {
      const calls = account.calls.map((call) => {
        if (call.ask !== 'policy') return call;
        const version = (call.id - 1) / 2 < count ? '2' : '1';
        return { ...call, version, arm: version };
      });
      return failed(judge({ ...account, calls }));
    };
    assert.deepEqual(withSecond(320), []);
    assertFails(
      withSecond(380),
      'the shares of each epoch are as its weights',
      /iris 1: 1 of weight 7000 has 620 of 1000/,
    );
  });

  test('forgives failures while something is broken, of the kind that it brings', () => {
    const failure = { code: UNAVAILABLE, version: '', epoch: 0, arm: '', answer: '', echoed: false } as const;
    assert.deepEqual(withCall(9, { ...failure, at: KILLED_AT }), []);
    assert.deepEqual(withCall(9, { ...failure, at: KILLED_AT - 5 }), []);
    assertFails(withCall(9, { ...failure, at: KILLED_AT - 6 }), FORGIVEN, /call 9 .*: 14/);
    assertFails(withCall(9, { ...failure, at: KILLED_AT + 3001 }), FORGIVEN, /call 9 .*: 14/);
    assertFails(withCall(9, { ...failure, at: KILLED_AT, code: 13 }), FORGIVEN, /: 13 .*during: kill serve/);
  });

  test('forgives what haste and cancellation bring, at any time', () => {
    const failure = { version: '', epoch: 0, arm: '', answer: '', echoed: false } as const;
    assert.deepEqual(withCall(9, { ...failure, patience: 'tight', code: 4 }), []);
    assert.deepEqual(withCall(9, { ...failure, patience: 'tight', code: 8 }), []);
    assert.deepEqual(withCall(9, { ...failure, patience: 'cancelled', code: 1 }), []);
    assertFails(withCall(9, { ...failure, patience: 'tight', code: UNAVAILABLE }), FORGIVEN, /: 14/);
    assertFails(withCall(9, { ...failure, code: 4 }), FORGIVEN, /: 4/);
  });

  test('fails where an acknowledged change is gone, or is another', () => {
    assertFails(withRegistry({ epochs: new Map([['iris 1', { '1': 7001, '2': 2999, '3': 0 }]]) }), THERE, /7001/);
    assertFails(withRegistry({ epochs: new Map() }), THERE, /iris epoch 1 is not there/);
    assertFails(withRegistry({ aliases: new Map([['iris champion', '1']]) }), THERE, /champion is 1, not 2/);
    assertFails(withRegistry({ rollouts: new Set() }), THERE, /rollout 5 is not there/);
    const versions = new Map(good().registry.versions);
    const digest = new Map(versions).set('iris/2', { digest: 'd9', state: 'QUALIFIED' });
    assertFails(withRegistry({ versions: digest }), THERE, /digest d9, not d2/);
    const alive = new Map(versions).set('iris/3', { digest: 'd3', state: 'QUALIFIED' });
    assertFails(withRegistry({ versions: alive }), THERE, /iris\/3 is QUALIFIED, not DELETED/);
    versions.delete('iris/bad');
    assertFails(withRegistry({ versions }), THERE, /iris\/bad is not there, not REJECTED/);
  });

  test('fails where outcomes are lost, or were counted twice', () => {
    const name = 'every acknowledged outcome is counted, none twice';
    assert.deepEqual(withRegistry({ experiments: new Map([['colours', 15]]) }), []);
    assertFails(withRegistry({ experiments: new Map([['colours', 12]]) }), name, /12 outcomes; 13 were acknowledged/);
    assertFails(withRegistry({ experiments: new Map([['colours', 16]]) }), name, /16 outcomes/);
  });

  test('fails where the chain is broken, a change went wrong, or something was never done', () => {
    const account = good();
    const chain = withRegistry({ chain: { intact: false, events: 40, brokenAt: 7 } });
    assertFails(chain, 'the audit chain verifies', /event 7/);
    const wrong = { ...account, changes: [...account.changes, change({ wrong: '13 INTERNAL: no' })] };
    assertFails(failed(judge(wrong)), 'every change was made or refused for a reason', /shift : 13 INTERNAL: no/);
    const dead = { ...account, windows: [...account.windows, window({ wrong: 'it is not back' })] };
    assertFails(failed(judge(dead)), 'every fault was put right', /kill serve: it is not back/);
    const windows = account.windows.filter(({ fault }) => fault !== 'fill disk');
    assertFails(failed(judge({ ...account, windows })), 'everything was done at least once', /never: fill disk/);
  });

  test('refuses to forgive for a busy machine where a fifth of the time was lost to other things', () => {
    const account = good();
    // The calls are made within 20 s.
    const stall = (from: number, ms: number): WindowLine =>
      window({ fault: STALL, from: STARTED_AT + from, to: STARTED_AT + from + ms });
    const withStalls = (code: number, ...stalls: WindowLine[]): [string, string][] => {
      const calls = account.calls.map((call) => (call.id === 9 ? { ...call, code } : call));
      return failed(judge({ ...account, calls, windows: [...account.windows, ...stalls] }));
    };
    assert.deepEqual(withStalls(UNAVAILABLE, stall(0, 2998), stall(1000, 1000), stall(9000, 1000)), []);
    assert.deepEqual(withStalls(0, stall(0, 3000), stall(9000, 1000)), []);
    const name = 'the machine was quick enough for a verdict';
    assertFails(withStalls(UNAVAILABLE, stall(0, 3000), stall(9000, 1000)), name, /4.0 s of 20 s .*, 1 failures/);
  });
});

suite('what the processes of a soak take', () => {
  const life = (minutes: number, figures: (second: number) => Partial<SampleLine>): SampleLine[] =>
    Array.from({ length: minutes * 60 + 1 }, (_, second) => ({
      ...({ kind: 'sample', at: second * 1000, role: 'serve', pid: 7 } as const),
      ...{ rssKb: 200_000, fds: 50, threads: 20 },
      ...figures(second),
    }));

  test('may grow before the last two thirds, and for moments', () => {
    const young = (second: number): number => 100_000 + 500 * Math.min(200, second);
    const grown = life(10, (second) => ({ rssKb: young(second) + (second % 3 === 0 ? 50_000 : 0) }));
    assert.deepEqual(failed(judgeResources(grown)), []);
  });

  test('may not grow by more than a tenth of memory, eight descriptors and two threads', () => {
    // From the middle third to the last are 200 s.
    const growing = (rssKb: number, fds: number, threads: number): [string, string][] => {
      const at = (second: number, more: number): number => Math.floor((second / 200) * more);
      const figures = (s: number) => ({
        rssKb: 200_000 + at(s, rssKb),
        fds: 50 + at(s, fds),
        threads: 20 + at(s, threads),
      });
      return failed(judgeResources(life(10, figures)));
    };
    assert.deepEqual(growing(20_000, 8, 2), []);
    assert.deepEqual(
      growing(24_000, 9, 3).map(([name]) => name),
      ['memory does not grow', 'descriptors do not grow', 'threads do not grow'],
    );
  });

  test('says nothing about a life that is too short', () => {
    const steep = (second: number) => ({ rssKb: second * 1000, fds: second, threads: second });
    assert.deepEqual(failed(judgeResources(life(3, steep))).length, 2);
    assert.deepEqual(failed(judgeResources(life(3, steep).slice(1))), []);
  });
});

suite('the plan of a soak', () => {
  test('is the same for a seed, another for another, and has everything even in a minute', () => {
    assert.deepEqual(planOf(5, 60_000), planOf(5, 60_000));
    assert.notDeepEqual(planOf(5, 60_000), planOf(6, 60_000));
    const { faults, changes } = planOf(5, 60_000);
    assert.deepEqual(new Set(faults.map(({ what }) => what)), new Set(FAULTS));
    assert.deepEqual(new Set(changes.map(({ what }) => what)), new Set(CHANGES));
  });

  test('lets the admin process live through the last two thirds', () => {
    const { faults } = planOf(5, 1_200_000);
    const ends = faults.filter(({ what }) => ['kill admin', 'terminate admin', 'database read-only'].includes(what));
    assert(ends.length >= 9 && Math.max(...ends.map(({ atMs }) => atMs)) < 600_000, JSON.stringify(ends));
    assert(faults.length > 110);
  });
});

suite('answers that are compared', () => {
  test('may differ within the tolerance in floats alone', () => {
    const right = [floats('y', [2], [1, 1000])];
    assert.equal(differenceOf([floats('y', [2], [1, 1000.05])], right, 1e-4), undefined);
    assert.match(differenceOf([floats('y', [2], [1, 1000.2])], right, 1e-4) ?? '', /element 1/);
    assert.match(differenceOf([floats('y', [2], [1, NaN])], right, 1e-4) ?? '', /NaN/);
    assert.match(differenceOf([floats('y', [1, 2], [1, 1000])], right, 1e-4) ?? '', /\[1,2\]/);
    assert.match(differenceOf([texts('y', [1], ['b'])], [texts('y', [1], ['a'])], 1e-4) ?? '', /differs/);
    assert.match(differenceOf([], right, 1e-4) ?? '', /0 outputs, not 1/);
  });

  test('may hold text of any length', () => {
    assert.deepEqual(textsOf(texts('c', [3], ['', 'é', 'long '.repeat(99)])), ['', 'é', 'long '.repeat(99)]);
  });
});

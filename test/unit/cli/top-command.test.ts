import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sparkline } from '../../../src/cli/render/sparkline.ts';
import type { Terminal, TerminalListener } from '../../../src/cli/terminal.ts';
import { before, FakeAdmin, Refusal, sluice } from '../../support/fake-admin.ts';
import type { Handler } from '../../support/fake-admin.ts';

const INSTANCES = [
  { instance: 'serve-0', connected: true, settled: true },
  { instance: 'serve-1', connected: true, settled: false },
  { instance: 'serve-2', connected: false },
];
const ROLLOUT = {
  id: 7,
  model: 'iris',
  stable: '1',
  candidate: '2',
  phase: 'holding',
  stage: 0,
  stageCount: 3,
  weight: 1000,
  verdict: 'insufficient',
  startedAt: before(60),
};
const states = (...names: string[]) => names.map((state, at) => ({ instance: `serve-${String(at)}`, state }));

/** iris: 1 is live, 2 the canary, 3 gets copies, 4 is warm. wine: one version that nobody calls. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  ListInstances: () => ({ instances: INSTANCES }),
  List: () => ({ rollouts: [ROLLOUT] }),
  ListModels: () => ({ models: [{ model: 'iris' }, { model: 'wine' }] }),
  GetTraffic: ({ model }: { model: string }) => ({ epoch: { model, epoch: 4, policy: POLICIES[model] } }),
  ListVersions: ({ model }: { model: string }) => ({ versions: VERSIONS[model] }),
  GetStats: ({ model, version, role }: { model: string; version: string; role: string }) => ({
    model,
    version,
    role,
    ...(STATS[`${model} ${version} ${role}`] ?? { successRate: 1 }),
  }),
};
const POLICIES: Record<string, object> = {
  iris: {
    arms: [
      { version: '1', weight: 9000 },
      { version: '2', weight: 1000 },
    ],
    shadows: [{ version: '3', share: 5000 }],
  },
  wine: { arms: [{ version: '1', weight: 10_000 }] },
};
const VERSIONS: Record<string, object[]> = {
  iris: [
    { version: '4', state: 'QUALIFIED', instances: states('READY', 'READY') },
    { version: '3', state: 'QUALIFIED', instances: states('READY', 'READY') },
    { version: '2', state: 'QUALIFIED', instances: states('READY', 'LOADING') },
    { version: '1', state: 'QUALIFIED', instances: states('READY', 'READY') },
  ],
  wine: [{ version: '1', state: 'QUALIFIED', instances: [] }],
};
const latency = { count: 90, p50Ms: 1.5, p99Ms: 12.25 };
const STATS: Record<string, object> = {
  'iris 1 live': {
    total: 900,
    ok: 900,
    successRate: 1,
    requestsPerSecond: 90,
    latency,
    queue: { count: 9, p99Ms: 0.5 },
  },
  'iris 2 live': { total: 100, ok: 95, successRate: 0.95, requestsPerSecond: 10, latency: { ...latency, p99Ms: 120 } },
  'iris 3 shadow': { total: 450, ok: 450, successRate: 1, requestsPerSecond: 45, latency },
};

const TABLE = [
  'sluice top  2026-01-31 12:00:00Z  2 models, 1 of 2 serve processes settled',
  '100.0 req/s, 0.5% errors over the last 10 s',
  'rollout 7: iris 2 in place of 1  holding, stage 1 of 3, 10%, insufficient',
  '',
  'MODEL  VERSION  ROLE    WEIGHT  REQ/S  P50 MS   P99  ERR  QUEUE P99  READY  STATE      EPOCH',
  'iris   1        live       90%   90.0    1.50  12.3   0%       0.50    2/2  READY          4',
  'iris   2        canary     10%   10.0    1.50   120   5%          -    1/2  LOADING        4',
  'iris   3        shadow     50%   45.0    1.50  12.3   0%          -    2/2  READY          4',
  'iris   4        warm              0.0       -     -    -          -    2/2  READY          4',
  'wine   1        live      100%    0.0       -     -    -          -    0/2  QUALIFIED      4',
];

/** A terminal in memory whose keys and size the test decides on. */
class FakeTerminal implements Terminal {
  rows = 24;
  #listener: TerminalListener | undefined;

  get isListened(): boolean {
    return this.#listener !== undefined;
  }

  size() {
    return { columns: 120, rows: this.rows };
  }

  listen(listener: TerminalListener): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  press(keys: string): void {
    this.#listener?.onKeys(keys);
  }

  resize(rows: number): void {
    this.rows = rows;
    this.#listener?.onResize();
  }
}

/** Runs it live; `onFrame` gets each picture, without control sequences, and the terminal to answer with. */
async function live(
  onFrame: (lines: readonly string[], frame: number, terminal: FakeTerminal) => void,
  options: { readonly handlers?: Readonly<Record<string, Handler>>; readonly signal?: AbortSignal } = {},
) {
  const { handlers = HANDLERS, signal } = options;
  using admin = await FakeAdmin.start(handlers);
  const screen = new FakeTerminal();
  let frames = 0;
  const onOutput = (text: string): void => {
    if (!text.startsWith('\u001b[H')) return;
    frames += 1;
    onFrame(text.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '').split('\r\n'), frames, screen);
  };
  const argv = ['top', '--interval', '250ms'];
  const env = { NO_COLOR: '1' };
  const base = { admin, terminal: 120, screen, env, onOutput };
  const result = await sluice(argv, signal === undefined ? base : { ...base, signal });
  return { ...result, isListened: screen.isListened };
}

suite('top', () => {
  test('without a terminal is one look: who answers, what it does, and in which state it is', async () => {
    using admin = await FakeAdmin.start(HANDLERS);
    const { code, stdout } = await sluice(['top'], { admin });
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split('\n'), TABLE);
  });

  test('--once is one look on a terminal, too, and --json a document', async () => {
    using admin = await FakeAdmin.start(HANDLERS);
    const screen = new FakeTerminal();
    const once = await sluice(['top', '--once', '--model', 'iris', '--sort', 'p99'], { admin, screen });
    assert.deepEqual(once.stdout.match(/^iris +\d/gm), ['iris   2', 'iris   1', 'iris   3', 'iris   4']);
    const { stdout } = await sluice(['top', '--json'], { admin, screen });
    const { rows } = JSON.parse(stdout) as { rows: { version: string; role: string; stats: { total: string } }[] };
    assert.deepEqual(
      rows.map(({ version, role, stats }) => [version, role, stats.total]),
      [
        ['1', 'live', '900'],
        ['2', 'canary', '100'],
        ['3', 'shadow', '450'],
        ['4', 'warm', '0'],
        ['1', 'live', '0'],
      ],
    );
  });

  test('a model that is not there is refused, one that goes away between two calls is left out', async () => {
    const gone =
      (model: string): Handler =>
      (request: { model: string }) => {
        if (request.model === model) throw new Refusal('NOT_FOUND', `there is no model "${model}"`);
        return { versions: VERSIONS[request.model] };
      };
    using admin = await FakeAdmin.start({ ...HANDLERS, ListVersions: gone('wine') });
    assert.equal((await sluice(['top', '--model', 'wine'], { admin })).code, 4);
    const { code, stdout } = await sluice(['top'], { admin });
    assert.deepEqual([code, stdout.includes('wine')], [0, false]);
  });

  test('live it takes the whole terminal and gives it back on q', async () => {
    const { code, stdout, isListened } = await live((lines, frame, terminal) => {
      if (frame === 1) assert.equal(lines.length, 24);
      if (frame === 2) terminal.press('q');
    });
    assert.equal(code, 0);
    assert(stdout.startsWith('\u001b[?1049h\u001b[?25l'));
    assert(stdout.endsWith('\u001b[?25h\u001b[?1049l'));
    assert.equal(isListened, false);
  });

  test('Ctrl-C as a key and as a signal end it as well', async () => {
    const { code } = await live((_lines, _frame, terminal) => {
      terminal.press('\u0003');
    });
    assert.equal(code, 0);
    const enough = new AbortController();
    const { stdout } = await live(
      () => {
        enough.abort();
      },
      { signal: enough.signal },
    );
    assert(stdout.endsWith('\u001b[?1049l'));
  });

  test('keys sort, arrows scroll what does not fit, and a new size is drawn at once', async () => {
    const seen: string[] = [];
    await live((lines, frame, terminal) => {
      const rows = lines
        .filter((line) => /^(iris|wine) /.test(line))
        .map((line) => line.slice(0, 8).replaceAll(/ +/g, ' '));
      seen.push(rows.join());
      if (frame === 1) terminal.press('p');
      if (frame === 2) terminal.resize(9);
      if (frame === 3) terminal.press('\u001b[B');
      if (frame === 4) terminal.press('q');
    });
    assert.deepEqual(seen.slice(0, 4), [
      'iris 1,iris 2,iris 3,iris 4,wine 1',
      'iris 2,iris 1,iris 3,iris 4,wine 1',
      'iris 2,iris 1,iris 3',
      'iris 1,iris 3,iris 4',
    ]);
  });

  test('a server that is away is told of, above what was seen last', async () => {
    let looks = 0;
    const ListInstances: Handler = () => {
      looks += 1;
      if (looks === 2) throw new Refusal('INTERNAL', 'the registry is away');
      return { instances: INSTANCES };
    };
    const seen: boolean[] = [];
    await live(
      (lines, frame, terminal) => {
        seen.push(lines.includes('the registry is away'));
        assert(lines.some((line) => line.startsWith('iris   1')));
        if (frame === 3) terminal.press('q');
      },
      { handlers: { ...HANDLERS, ListInstances } },
    );
    assert.deepEqual(seen, [false, true, false]);
  });
});

suite('a sparkline', () => {
  test('ends with the newest at the right, and is of the last values only', () => {
    assert.equal(sparkline([0, 1, 2, 4], 6), '  ▁▃▅█');
    assert.equal(sparkline([9, 1, 1], 2), '██');
    assert.equal(sparkline([0, 0], 2), '▁▁');
    assert.equal(sparkline([], 3), '   ');
  });
});

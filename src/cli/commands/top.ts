/** What serves, live: the whole screen, drawn again and again until one has seen enough. */
import { setTimeout as sleep } from 'node:timers/promises';
import { choice, duration } from '../../config/kinds.ts';
import { flag, switchFlag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { CommandError, EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { FullScreen } from '../full-screen.ts';
import { text } from '../kinds.ts';
import type { Look } from '../render/ansi.ts';
import { paint } from '../render/ansi.ts';
import { keyOfRow, sortRows, SORTS, topHead, topTable } from '../render/top.ts';
import type { Sort } from '../render/top.ts';
import type { Terminal } from '../terminal.ts';
import { readTop } from '../top-view.ts';
import type { TopView } from '../top-view.ts';

const DEFAULT_INTERVAL_MS = 1000;
const MAX_RATES = 64;
const SORT_NAMES: readonly Sort[] = ['name', 'weight', 'rate', 'p99', 'errors'];

const MODEL = flag('model', 'MODEL', text(), 'Only this model.');
const INTERVAL = flag('interval', 'DURATION', duration({ min: 250, max: 3_600_000 }), 'How often to look. Default 1s.');
const ONCE = switchFlag('once', 'One look, as a table; so it is without a terminal, too.');
const SORT = flag(
  'sort',
  'KEY',
  choice(SORT_NAMES),
  `How the rows are sorted: ${SORT_NAMES.join(', ')}. Default name.`,
);

async function top(scene: Scene): Promise<ExitCode> {
  const { args, client, screen, terminal } = scene;
  const view = await readTop(client, args.text(MODEL));
  if (args.isOn(ONCE) || screen.json || terminal === undefined) {
    const rows = sortRows(view.rows, args.get(SORT) ?? 'name');
    screen.show({ ...view, rows }, (look) => [...topHead(view, look), '', ...topTable(rows, new Map(), look)]);
    return EXIT.done;
  }
  await new LiveTop(scene, terminal, view).untilQuit();
  return EXIT.done;
}

/** The live screen: what was seen last, how it is to be shown, and whether one has seen enough. */
class LiveTop {
  readonly #scene: Scene;
  readonly #terminal: Terminal;
  readonly #quit = new AbortController();
  readonly #rates = new Map<string, number[]>();
  #view: TopView;
  /** Why the last look failed. */
  #problem = '';
  #sort: Sort;
  #scrolled = 0;

  constructor(scene: Scene, terminal: Terminal, view: TopView) {
    this.#scene = scene;
    this.#terminal = terminal;
    this.#view = view;
    this.#sort = scene.args.get(SORT) ?? 'name';
  }

  async untilQuit(): Promise<void> {
    const { args, screen } = this.#scene;
    const intervalMs = args.get(INTERVAL) ?? DEFAULT_INTERVAL_MS;
    const over = AbortSignal.any([this.#scene.signal, this.#quit.signal]);
    const enough = aborted(over);
    const isOver = (): boolean => over.aborted;
    using full: FullScreen = screen.takeOver(this.#terminal, (keys) => {
      this.#onKeys(keys);
      if (!isOver()) full.redraw();
    });
    while (!isOver()) {
      this.#remember();
      full.draw((size) => this.#lines(size));
      try {
        await sleep(intervalMs, undefined, { signal: over });
        await Promise.race([this.#look(), enough]);
      } catch (caught) {
        if (!isOver()) throw caught;
      }
    }
  }

  /** A server that is away for a moment is no reason to go. */
  async #look(): Promise<void> {
    const { args, client } = this.#scene;
    try {
      this.#view = await readTop(client, args.text(MODEL));
      this.#problem = '';
    } catch (caught) {
      if (!(caught instanceof CommandError)) throw caught;
      this.#problem = caught.message;
    }
  }

  #remember(): void {
    const { rows } = this.#view;
    const keys = new Set(rows.map(keyOfRow));
    for (const key of this.#rates.keys()) if (!keys.has(key)) this.#rates.delete(key);
    for (const row of rows) {
      const key = keyOfRow(row);
      const former = this.#rates.get(key) ?? [];
      this.#rates.set(key, [...former, row.stats.requestsPerSecond].slice(-MAX_RATES));
    }
  }

  #lines({ columns, rows: height }: { readonly columns: number; readonly rows: number }): string[] {
    const look: Look = { ...this.#scene.screen.look, width: columns };
    const head = [
      ...topHead(this.#view, look),
      ...(this.#problem === '' ? [] : [paint(this.#problem, 'red', look.colour)]),
      '',
    ];
    const [title = '', ...rows] = topTable(sortRows(this.#view.rows, this.#sort), this.#rates, look);
    const room = Math.max(height - head.length - 2, 1);
    this.#scrolled = Math.min(this.#scrolled, Math.max(rows.length - room, 0));
    const shown = rows.slice(this.#scrolled, this.#scrolled + room);
    const blank = Array.from({ length: room - shown.length }, () => '');
    return [...head, title, ...shown, ...blank, paint(this.#foot(rows.length, room), 'dim', look.colour)];
  }

  #foot(rows: number, room: number): string {
    const sorts = SORT_NAMES.map((name) => `${SORTS[name]} ${name}${name === this.#sort ? '*' : ''}`).join('  ');
    const scroll =
      rows > room ? `  ↑↓ ${this.#scrolled + 1} to ${Math.min(this.#scrolled + room, rows)} of ${rows}` : '';
    return `q quit  sort: ${sorts}${scroll}`;
  }

  #onKeys(keys: string): void {
    if (keys === UP || keys === 'k') this.#scrolled = Math.max(this.#scrolled - 1, 0);
    else if (keys === DOWN || keys === 'j') this.#scrolled += 1;
    else {
      if (keys.includes('q') || keys.includes(CTRL_C)) this.#quit.abort();
      this.#sort = SORT_NAMES.find((name) => keys.includes(SORTS[name])) ?? this.#sort;
    }
  }
}

const CTRL_C = '\u0003';
const UP = '\u001b[A';
const DOWN = '\u001b[B';

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

export const TOP_COMMANDS: readonly Command[] = [
  {
    name: 'top',
    operands: [],
    flags: [MODEL, INTERVAL, SORT, ONCE],
    summary: 'Shows live what every version does: weight, calls per second, latency, errors, state.',
    details: [
      'Figures are of the last 10 s. A version stands there once per role: live (an arm of the traffic), canary (the candidate of an open rollout), shadow (it gets copies), rule (a match rule names it), warm (loaded without traffic).',
      'q or Ctrl-C ends it; n, w, r, p and e sort by name, weight, rate, p99 and errors; the arrows scroll.',
    ],
    examples: ['top', 'top --model iris --interval 2s', 'top --sort p99', 'top --once --json'],
    run: top,
  },
];

/** What the soak asks: its models, the versions that are there from the start, and the questions, the same for a seed. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flower } from '../support/canary-models.ts';
import { encodeModel, twoLayers } from '../support/onnx-models.ts';
import { Prng } from '../support/prng.ts';
import { FIXTURES, MODELS } from '../support/sluice.ts';
import { floats, ints, longs, texts } from './tensors.ts';
import type { Block } from './tensors.ts';

export type Files = Readonly<Record<string, Uint8Array>>;

/** Where the files of a version come from: a folder of the repository, or made by a number. */
export type Source = { readonly folder: string } | { readonly mlp: number };

export interface Workload {
  readonly model: string;
  /** Of all calls. */
  readonly share: number;
  /** By name. All of them stay loaded, whatever the traffic. */
  readonly versions: Readonly<Record<string, Source>>;
  /** Some of the calls name a version. */
  readonly named: boolean;
  readonly ask: (random: () => number, rows: number) => readonly Block[];
}

const QUESTIONS_PER_MODEL = 24;
const ROWS = [1, 1, 1, 1, 2, 3, 4, 8] as const;
const COLOURS = ['light', 'medium', 'deep', 'unheard of'] as const;

export const WORKLOADS: readonly Workload[] = [
  {
    ...{ model: 'iris', share: 0.3, named: true },
    versions: { '1': { folder: join(MODELS, 'iris/1') }, '2': { folder: join(MODELS, 'iris/2') } },
    ask: (random, rows) => [floats('X', [rows, 4], many(rows, () => flower(random)).flat())],
  },
  {
    ...{ model: 'digits', share: 0.2, named: true },
    versions: { '1': { folder: join(MODELS, 'digits/1') }, '2': { folder: join(MODELS, 'digits/2') } },
    ask: (random, rows) => [
      floats(
        'pixels',
        [rows, 64],
        many(rows * 64, () => Math.floor(random() * 17)),
      ),
    ],
  },
  {
    ...{ model: 'mlp', share: 0.15, named: true },
    versions: { '1': { mlp: 1 }, '2': { mlp: 2 } },
    ask: (random, rows) => [
      floats(
        'x',
        [rows, 64],
        many(rows * 64, () => random() * 2 - 1),
      ),
    ],
  },
  {
    ...{ model: 'canary', share: 0.15, named: false },
    versions: Object.fromEntries(
      ['base', 'same', 'flaky', 'slow'].map((version) => [version, { folder: join(FIXTURES, 'canary', version) }]),
    ),
    ask: (random, rows) => [floats('X', [rows, 4], many(rows, () => flower(random)).flat())],
  },
  {
    ...{ model: 'simple', share: 0.1, named: true },
    versions: { '1': { folder: join(FIXTURES, 'simple/1') }, '2': { folder: join(FIXTURES, 'simple/2') } },
    ask: (random, rows) =>
      ['INPUT0', 'INPUT1'].map((name) =>
        ints(
          name,
          [rows, 16],
          many(rows * 16, () => Math.floor(random() * 1000)),
        ),
      ),
  },
  {
    ...{ model: 'wine', share: 0.05, named: false },
    versions: { '1': { folder: join(MODELS, 'wine/1') } },
    ask: (random, rows) => [
      texts(
        'color_band',
        [rows, 1],
        many(rows, () => COLOURS[Math.floor(random() * COLOURS.length)] ?? ''),
      ),
      floats(
        'alcohol',
        [rows, 1],
        many(rows, () => 11 + random() * 4),
      ),
      floats(
        'flavanoids',
        [rows, 1],
        many(rows, () => random() * 5),
      ),
      longs(
        'ash_grade',
        [rows, 1],
        many(rows, () => Math.floor(random() * 4)),
      ),
    ],
  },
  {
    ...{ model: 'ragged', share: 0.05, named: false },
    versions: { '1': { folder: join(FIXTURES, 'ragged/1') } },
    ask: (random, rows) => {
      const length = 1 + Math.floor(random() * 6);
      return [
        floats(
          'x',
          [rows, length],
          many(rows * length, () => random() * 10),
        ),
      ];
    },
  },
];

/** By model: what is asked, each time in the same words. */
export function questionsOf(seed: number): ReadonlyMap<string, readonly (readonly Block[])[]> {
  const random = new Prng(seed);
  const next = (): number => random.next();
  return new Map(
    WORKLOADS.map(({ model, ask }) => [
      model,
      many(QUESTIONS_PER_MODEL, () => ask(next, ROWS[Math.floor(next() * ROWS.length)] ?? 1)),
    ]),
  );
}

export async function filesOf(source: Source): Promise<Files> {
  // The last bias alone differs: each number has answers of its own.
  if ('mlp' in source) return { 'model.onnx': encodeModel(twoLayers({ bias: source.mlp })) };
  const names = (await readdir(source.folder)).filter((name) => name === 'model.onnx' || name === 'model.json');
  const read = async (name: string): Promise<[string, Uint8Array]> => [name, await readFile(join(source.folder, name))];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

function many<T>(length: number, one: () => T): T[] {
  return Array.from({ length }, one);
}

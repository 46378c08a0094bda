/** The bounds that the side-by-side run is to meet: each is one line, with what was measured and whether it is met. */
import type { Cell as TableCell } from '../support/markdown.ts';
import { cellMedian, cellRatio } from './results.ts';
import type { Figure, PeerResult, Results } from './results.ts';

interface Bound {
  readonly line: string;
  readonly most: number;
  /** How the bound reads. */
  readonly bound: string;
  readonly measured: number;
  readonly note?: string;
}

const SMALL = ['iris', 'mlp-small'];
const US = 'sluice-h2';

/** Rows of a table; ours is the peer `us`. */
export function verdictRows(results: Results, us = US): Record<string, TableCell>[] {
  return boundsOf(results, us).map(({ line, bound, most, measured, note = '' }) => ({
    line,
    bound: `≤ ${bound}`,
    measured,
    met: Number.isNaN(measured) ? 'not measured' : measured <= most ? 'yes' : 'NO',
    note,
  }));
}

function boundsOf(results: Results, us: string): Bound[] {
  const peer = (name: string): PeerResult | undefined => results.peers.find((one) => one.name === name);
  const ours = peer(us);
  const rust = peer('naive-rust');
  const node = peer('naive-node');
  const times = (
    line: string,
    most: number,
    { cell, figure, theirs }: { cell: string; figure: Figure; theirs: PeerResult | undefined },
  ): Bound => ({ line, most, bound: `${most} ×`, measured: cellRatio(ours, theirs, { cell, figure }) });
  const parts = (
    line: string,
    divisor: number,
    { cell, theirs }: { cell: string; theirs: PeerResult | undefined },
  ): Bound => ({
    ...times(line, 1 / divisor, { cell, figure: 'cpuUs', theirs }),
    bound: `1/${divisor}`,
  });
  const small = SMALL.flatMap((model) => [
    times(`${model}: CPU, 32 in flight, to naive Rust`, 0.5, { cell: `${model}:32:1`, figure: 'cpuUs', theirs: rust }),
    times(`${model}: CPU, 128 in flight, to naive Rust`, 0.35, {
      cell: `${model}:128:1`,
      figure: 'cpuUs',
      theirs: rust,
    }),
    parts(`${model}: CPU, 32 in flight, to naive Node`, 6, { cell: `${model}:32:1`, theirs: node }),
    cheapestPython(results, ours, model),
    times(`${model}: p99 at half of its own capacity, to naive Rust`, 1.2, {
      cell: `${model}:half`,
      figure: 'p99',
      theirs: rust,
    }),
    times(`${model}: p50, 1 in flight, to naive Rust`, 1.5, { cell: `${model}:1:1`, figure: 'p50', theirs: rust }),
    times(`${model}: CPU, 1 in flight, to naive Rust`, 2, { cell: `${model}:1:1`, figure: 'cpuUs', theirs: rust }),
  ]);
  return [
    ...small,
    times('22 MB MLP: CPU, 32 in flight, to naive Rust', 0.2, {
      cell: 'mlp-22mb:32:1',
      figure: 'cpuUs',
      theirs: rust,
    }),
    times('22 MB MLP: CPU, 32 in flight, to Triton', 0.3, {
      cell: 'mlp-22mb:32:1',
      figure: 'cpuUs',
      theirs: peer('pytriton'),
    }),
    times('22 MB MLP: p50, 1 in flight, to naive Rust', 1.15, { cell: 'mlp-22mb:1:1', figure: 'p50', theirs: rust }),
    times('600 kB tensor: CPU, 8 in flight, to naive Rust', 1.3, { cell: 'image:8:1', figure: 'cpuUs', theirs: rust }),
    parts('600 kB tensor: CPU, 8 in flight, to naive Node', 2.5, { cell: 'image:8:1', theirs: node }),
    ...memoryBounds(results, us),
  ];
}

/** The bound holds for each Python server, so it is to be shown for the cheapest. */
function cheapestPython(results: Results, ours: PeerResult | undefined, model: string): Bound {
  const cell = `${model}:32:1`;
  const measured = results.peers
    .filter(({ isPython }) => isPython)
    .map((theirs) => ({ theirs, cpuUs: cellMedian(theirs, cell, 'cpuUs') }))
    .filter(({ cpuUs }) => !Number.isNaN(cpuUs))
    .sort((one, other) => one.cpuUs - other.cpuUs);
  const theirs = measured[0]?.theirs;
  return {
    line: `${model}: CPU, 32 in flight, to the cheapest Python server`,
    most: 1 / 15,
    bound: '1/15',
    measured: cellRatio(ours, theirs, { cell, figure: 'cpuUs' }),
    note: theirs?.title ?? '',
  };
}

function memoryBounds({ tinyVersions }: Results, us: string): Bound[] {
  const tiny = tinyVersions?.[us];
  const perVersion = tiny === undefined ? NaN : (tiny.serveWithCopiesMb - tiny.serveMb) / tiny.copies;
  return [
    {
      line: 'RSS of the serve process with iris served, MB',
      most: 200,
      bound: '200',
      measured: tiny?.serveMb ?? NaN,
    },
    {
      line: 'RSS per further loaded tiny version and process, MB',
      most: 3,
      bound: '3',
      measured: perVersion,
      note: tiny === undefined ? '' : `${tiny.copies} of them`,
    },
  ];
}

/** Calls of each arm while an experiment runs, as serve processes tell of them, which outlast the rows that told. */

/** The newest cumulative row of one arm in one epoch, of one life of one serve process. */
export interface ExposureRow {
  /** Names the row. */
  readonly key: string;
  readonly arm: string;
  /** Calls by part of the slots, see SLOT_PARTS. */
  readonly parts: readonly number[];
}

export interface Exposures {
  /** Of rows that are no longer told of, by arm. */
  readonly past: Readonly<Record<string, readonly number[]>>;
  readonly rows: readonly ExposureRow[];
}

export const NO_EXPOSURES: Exposures = { past: {}, rows: [] };

/** Rows are cumulative: these replace their former selves; former ones that are not among them are over. */
export function takeExposures(known: Exposures, rows: readonly ExposureRow[]): Exposures {
  const told = new Set(rows.map(({ key }) => key));
  let { past } = known;
  for (const { key, arm, parts } of known.rows) {
    if (!told.has(key)) past = { ...past, [arm]: addParts(past[arm] ?? [], parts) };
  }
  return { past, rows };
}

/** Of one arm, by part of the slots. */
export function callsOf({ past, rows }: Exposures, arm: string): readonly number[] {
  const own = rows.filter((row) => row.arm === arm);
  return own.reduce((sum, { parts }) => addParts(sum, parts), past[arm] ?? []);
}

function addParts(a: readonly number[], b: readonly number[]): readonly number[] {
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  return long.map((count, part) => count + (short[part] ?? 0));
}

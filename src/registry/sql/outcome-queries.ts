/** Statements about outcomes, each of which counts once, and about their sums per unit. */
import type { UnitSums } from '../../domain/experiment.ts';
import type { OutcomeReader, OutcomeRow } from '../outcome-store.ts';
import { Columns } from './columns-codec.ts';
import type { Queries } from './database.ts';

/** False where it is there already. */
export async function insertOutcome(queries: Queries, row: OutcomeRow): Promise<boolean> {
  const { scope, metric, key, arm, unit, prediction, part, value, denominator, at } = row;
  const known = await queries.all('SELECT 1 AS there FROM outcomes WHERE scope = $1 AND metric = $2 AND id = $3', [
    scope,
    metric,
    key,
  ]);
  if (known.length > 0) return false;
  await queries.run(
    `INSERT INTO outcomes (scope, metric, id, arm, unit, prediction, value, denominator, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [scope, metric, key, arm, unit, prediction, value, denominator, at],
  );
  await queries.run(
    `INSERT INTO outcome_units (scope, metric, arm, unit, y, d, n) VALUES ($1, $2, $3, $4, $5, $6, 1)
    ON CONFLICT (scope, metric, arm, unit) DO UPDATE SET
      y = outcome_units.y + excluded.y, d = outcome_units.d + excluded.d, n = outcome_units.n + 1`,
    [scope, metric, arm, unit, value, denominator],
  );
  if (prediction === '') return true;
  const sql = `
    INSERT INTO outcome_predictions (scope, arm, prediction, part) VALUES ($1, $2, $3, $4)
    ON CONFLICT (scope, arm, prediction) DO NOTHING`;
  await queries.run(sql, [scope, arm, prediction, part]);
  return true;
}

/** A unit whose denominators sum to 0 has the mean 0. */
const MEAN = 'CASE WHEN d = 0 THEN 0 ELSE y / d END';

export async function selectUnitSums(queries: Queries, scope: string, metric: string): Promise<readonly UnitSums[]> {
  const sql = `
    SELECT arm, COUNT(*) AS units, CAST(SUM(n) AS BIGINT) AS outcomes, SUM(y) AS y, SUM(d) AS d, SUM(y * y) AS yy,
      SUM(d * d) AS dd, SUM(y * d) AS yd, SUM(${MEAN}) AS m, SUM((${MEAN}) * (${MEAN})) AS mm,
      CAST(SUM(CASE WHEN n > 1 THEN 1 ELSE 0 END) AS BIGINT) AS repeated
    FROM outcome_units WHERE scope = $1 AND metric = $2 GROUP BY arm ORDER BY arm`;
  return (await queries.all(sql, [scope, metric])).map((row) => {
    const columns = new Columns('outcome_units', `${scope}/${metric}`, row);
    return {
      arm: columns.text('arm'),
      units: columns.integer('units'),
      outcomes: columns.integer('outcomes'),
      y: columns.number('y'),
      d: columns.number('d'),
      yy: columns.number('yy'),
      dd: columns.number('dd'),
      yd: columns.number('yd'),
      m: columns.number('m'),
      mm: columns.number('mm'),
      repeated: columns.integer('repeated'),
    };
  });
}

export async function selectUnitMeansAt(
  queries: Queries,
  { scope, metric, arm, ranks }: Parameters<OutcomeReader['unitMeansAt']>[0],
): Promise<readonly number[]> {
  const sql = `
    SELECT ${MEAN} AS mean FROM outcome_units WHERE scope = $1 AND metric = $2 AND arm = $3
    ORDER BY ${MEAN} LIMIT 1 OFFSET $4`;
  const means: number[] = [];
  for (const rank of ranks) {
    const [row] = await queries.all(sql, [scope, metric, arm, rank]);
    if (row !== undefined) means.push(new Columns('outcome_units', `${scope}/${metric}`, row).number('mean'));
  }
  return means;
}

export async function selectOutcomeCounts(
  queries: Queries,
  scope: string,
): Promise<Awaited<ReturnType<OutcomeReader['outcomeCounts']>>> {
  const sql = `
    SELECT arm, COUNT(DISTINCT unit) AS units, CAST(SUM(n) AS BIGINT) AS outcomes
    FROM outcome_units WHERE scope = $1 GROUP BY arm ORDER BY arm`;
  return (await queries.all(sql, [scope])).map((row) => {
    const columns = new Columns('outcome_units', scope, row);
    return { arm: columns.text('arm'), units: columns.integer('units'), outcomes: columns.integer('outcomes') };
  });
}

export async function selectReportedPredictions(
  queries: Queries,
  scope: string,
): Promise<Awaited<ReturnType<OutcomeReader['reportedPredictions']>>> {
  const sql = `
    SELECT arm, part, COUNT(*) AS predictions
    FROM outcome_predictions WHERE scope = $1 GROUP BY arm, part ORDER BY arm, part`;
  return (await queries.all(sql, [scope])).map((row) => {
    const columns = new Columns('outcome_predictions', scope, row);
    return {
      arm: columns.text('arm'),
      part: columns.integer('part'),
      predictions: columns.integer('predictions'),
    };
  });
}

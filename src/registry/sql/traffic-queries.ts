/** Statements about the epochs of traffic, and about the serve processes that put them in force. */
import type { Application, Epoch } from '../../domain/registry.ts';
import type { FormerVersions } from '../store.ts';
import { Conditions } from './conditions.ts';
import type { Queries } from './database.ts';
import { applicationsFrom, epochFrom, formerVersionsFrom } from './row-codec.ts';

const SELECT_EPOCH = 'SELECT model, epoch, policy, digests, valid_from, valid_to, actor, reason, cause FROM epochs';

/** The one in force where no number is given. */
export async function selectEpoch(
  queries: Queries,
  model: string,
  epoch: number | undefined,
): Promise<Epoch | undefined> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  conditions.add('epoch =', epoch);
  if (epoch === undefined) conditions.addText('valid_to IS NULL');
  const [row] = await queries.all(`${SELECT_EPOCH} ${conditions.where}`, conditions.values);
  return row && epochFrom(row);
}

export async function selectEpochsInForce(queries: Queries): Promise<readonly Epoch[]> {
  return (await queries.all(`${SELECT_EPOCH} WHERE valid_to IS NULL ORDER BY model`)).map(epochFrom);
}

export async function selectEpochs(
  queries: Queries,
  model: string,
  { after, limit }: { readonly after?: number; readonly limit: number },
): Promise<readonly Epoch[]> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  conditions.add('epoch <', after);
  const limited = conditions.bind(limit);
  const sql = `${SELECT_EPOCH} ${conditions.where} ORDER BY epoch DESC LIMIT ${limited}`;
  return (await queries.all(sql, conditions.values)).map(epochFrom);
}

/** By model, and then the oldest first. */
export async function selectEpochsSince(
  queries: Queries,
  at: number,
  model: string | undefined,
): Promise<readonly Epoch[]> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  conditions.addText(`(valid_to > ${conditions.bind(at)} OR valid_to IS NULL)`);
  const sql = `${SELECT_EPOCH} ${conditions.where} ORDER BY model, epoch`;
  return (await queries.all(sql, conditions.values)).map(epochFrom);
}

/** The same names are the same text, since an epoch's digests keep their order from one to the next. */
export async function selectFormerVersionsSince(
  queries: Queries,
  at: number,
  model: string | undefined,
): Promise<readonly FormerVersions[]> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  conditions.add('valid_to >', at);
  const sql = `SELECT model, digests, MAX(valid_to) AS until FROM epochs ${conditions.where}
    GROUP BY model, digests ORDER BY model, until, digests`;
  return (await queries.all(sql, conditions.values)).map(formerVersionsFrom);
}

export async function selectEpochAt(queries: Queries, model: string, at: number): Promise<Epoch | undefined> {
  const sql = `${SELECT_EPOCH} WHERE model = $1 AND valid_from <= $2 ORDER BY valid_from DESC, epoch DESC LIMIT 1`;
  const [row] = await queries.all(sql, [model, at]);
  return row && epochFrom(row);
}

export async function insertEpoch(queries: Queries, epoch: Epoch): Promise<void> {
  const { model, policy, digests, validFrom, validTo, actor, reason, cause } = epoch;
  const end = 'UPDATE epochs SET valid_to = $2 WHERE model = $1 AND valid_to IS NULL';
  await queries.run(end, [model, validFrom]);
  await queries.run(
    `INSERT INTO epochs (model, epoch, policy, digests, valid_from, valid_to, actor, reason, cause)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[model, policy.epoch, JSON.stringify(policy), JSON.stringify(digests), validFrom, validTo ?? null],
      ...[actor, reason, cause],
    ],
  );
}

/**
 * The instances are found by stepping through the index from name to name, and of each the row before and after the
 * instant by a look into it: the number of applications does not matter.
 */
export async function selectApplicationsAround(
  queries: Queries,
  model: string,
  at: number,
): Promise<readonly Application[]> {
  const before = 'a.model = $1 AND a.instance = k.instance AND a.at <= $2 ORDER BY a.at DESC, a.epoch DESC LIMIT 1';
  const after = 'a.model = $1 AND a.instance = k.instance AND a.at > $2 ORDER BY a.at, a.epoch LIMIT 1';
  const sql = `
    WITH RECURSIVE known (instance) AS (
      SELECT MIN(a.instance) FROM applications a WHERE a.model = $1
      UNION ALL
      SELECT (SELECT MIN(a.instance) FROM applications a WHERE a.model = $1 AND a.instance > known.instance)
      FROM known WHERE known.instance IS NOT NULL
    )
    SELECT k.instance,
      (SELECT a.at FROM applications a WHERE ${before}) AS before_at,
      (SELECT a.epoch FROM applications a WHERE ${before}) AS before_epoch,
      (SELECT a.at FROM applications a WHERE ${after}) AS after_at,
      (SELECT a.epoch FROM applications a WHERE ${after}) AS after_epoch
    FROM known k WHERE k.instance IS NOT NULL ORDER BY k.instance`;
  return (await queries.all(sql, [model, at])).flatMap((row) => applicationsFrom(model, row));
}

export async function insertApplication(queries: Queries, application: Application): Promise<void> {
  const { model, instance, at, epoch } = application;
  const sql = 'INSERT INTO applications (model, instance, at, epoch) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING';
  await queries.run(sql, [model, instance, at, epoch]);
}

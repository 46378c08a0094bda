/**
 * What PostgreSQL and the way to it report, as errors of ours. The address that messages name has no password in it.
 */
import { DatabaseError } from 'pg';
import { ServerError, describeError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';

/** SQLSTATEs about which somebody can do something. */
const CODES = new Map<string, readonly [ErrorCode, string]>([
  ['28P01', ['failed_precondition', 'correct the user and the password in the database URL']],
  ['28000', ['failed_precondition', 'correct the user in the database URL, or let it in (pg_hba.conf)']],
  ['3D000', ['failed_precondition', 'create the database, or correct its name in the database URL']],
  ['42501', ['failed_precondition', 'grant the user of the database URL the right to create and use tables']],
  ['53100', ['resource_exhausted', 'the disk of the database is full; make room and retry']],
  ['53300', ['unavailable', 'raise max_connections of the database, or end other clients of it']],
  ['55P03', ['unavailable', 'another client holds a lock; retry']],
  ['57014', ['unavailable', 'the database is too slow, or somebody cancelled the statement; retry']],
  ['XX001', ['data_loss', 'the database is damaged; restore it from a backup']],
  ['XX002', ['data_loss', 'the database is damaged; restore it from a backup']],
]);

export function fromPostgres(name: string, caught: unknown): ServerError {
  if (caught instanceof ServerError) return caught;
  const [code, advice] = adviceOn(caught);
  return new ServerError(code, `${name} failed: ${wordsOf(caught)}: ${advice}`, { cause: caught });
}

export function isLockTimeout(caught: unknown): boolean {
  return caught instanceof DatabaseError && caught.code === '55P03';
}

/** Whether the connection on which this happened can be used no more. */
export function isBroken(caught: unknown): boolean {
  return !(caught instanceof DatabaseError) || caught.severity === 'FATAL' || caught.severity === 'PANIC';
}

function adviceOn(caught: unknown): readonly [ErrorCode, string] {
  const known = caught instanceof DatabaseError ? CODES.get(caught.code ?? '') : undefined;
  if (known !== undefined) return known;
  if (isBroken(caught)) return ['unavailable', 'check that the database runs and can be reached, and retry'];
  return ['internal', 'the log has the cause'];
}

/** Where a name has several addresses and none answers, the words are in the parts. */
function wordsOf(caught: unknown): string {
  const parts = caught instanceof AggregateError ? caught.errors : [caught];
  return parts.map(describeError).join('; ');
}

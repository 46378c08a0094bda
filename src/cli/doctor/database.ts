/** The database of the registry, looked at and not changed. */
import { join } from 'node:path';
import type { Config } from '../../config/options.ts';
import { inspectPostgres, inspectSqlite } from '../../registry/sql/inspect-database.ts';
import type { DatabaseFacts } from '../../registry/sql/inspect-database.ts';
import { bytesText } from '../render/bar.ts';
import { span } from '../render/time.ts';
import { CHECK_MS, fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const SLOW_MS = 100;

export async function databaseFacts({
  databaseUrl,
  dataDir,
}: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<DatabaseFacts | undefined> {
  if (databaseUrl !== 'off') return await inspectPostgres(databaseUrl, CHECK_MS - 200);
  return inspectSqlite(join(dataDir, 'registry.db'));
}

export function databaseFindings(facts: DatabaseFacts | undefined): Finding[] {
  const name = 'database';
  if (facts === undefined) return [ok(name, 'there is none yet; the first start makes it')];
  const { product, schema, known, bytes, isWal, answerMs } = facts;
  const found = `${product}, ${bytesText(bytes)}, schema ${schema}, answers in ${span(answerMs)}`;
  if (schema > known) {
    return [
      fail(
        name,
        `${found}; this build knows schemas up to ${known}`,
        'start the newer server that wrote it, or restore a backup',
      ),
    ];
  }
  const findings: Finding[] = [];
  if (product.startsWith('PostgreSQL') && Number.parseInt(product.slice('PostgreSQL '.length)) < 15) {
    findings.push(fail(name, found, 'use PostgreSQL 15 or later'));
  }
  if (schema > 0 && !isWal) {
    findings.push(
      warn(
        name,
        `${found}, without a write-ahead log`,
        'start the server once: it sets WAL, so that readers and the writer do not wait',
      ),
    );
  }
  if (answerMs > SLOW_MS) findings.push(warn(name, found, 'each change waits so long: bring the database nearer'));
  const next = schema < known && schema > 0 ? `; the next start brings it to ${known}` : '';
  return findings.length === 0 ? [ok(name, `${found}${next}`)] : findings;
}

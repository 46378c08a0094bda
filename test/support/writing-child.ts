/** A process that changes a store, one transaction after the other, until it is killed; it prints each that was acknowledged. */
import { openPostgresStore } from '../../src/registry/sql/open-postgres-store.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';

const [address = ''] = process.argv.slice(2);
const store = address.startsWith('postgresql:')
  ? await openPostgresStore({ url: address })
  : await openSqliteStore({ path: address });

for (;;) {
  const revision = await store.transact(async (writer) => {
    const next = await writer.touch();
    const name = `m${next}`;
    await writer.putModel({ model: name, config: {}, importedTraffic: undefined, createdAt: next });
    await new Promise(setImmediate);
    const about = { at: next, model: name, subject: '', actor: 'ada', reason: '' };
    await writer.append({ ...about, kind: 'model.configured', before: {}, after: { next } });
    return next;
  });
  process.stdout.write(`${revision}\n`);
}

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { DesiredDisk } from '../../../src/control/desired-disk.ts';
import { ControlLink } from '../../../src/control/link.ts';
import { EvidenceBook } from '../../../src/monitor/evidence-book.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { StatisticsReporter } from '../../../src/monitor/statistics-reporter.ts';

it('tries versions again that failed, perhaps since the admin process went, once it is back', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-link-'));
  const applied: boolean[] = [];
  const link = new ControlLink({
    disk: await DesiredDisk.open(dir, (cause) => assert.fail(String(cause))),
    reporter: new StatisticsReporter(new Monitor()),
    evidence: new EvidenceBook(),
    apply: (_, { retryFailed }) => applied.push(retryFailed),
    onPredictionKey: () => undefined,
    onCallers: () => undefined,
    settled: () => true,
    onFault: (what) => assert.fail(what),
  });
  const model = { model: 'iris', versions: [], policyJson: '', aliases: new Map(), others: new Map(), rejected: [] };
  const update = { revision: 1, reset: false, more: false, models: [], removed: [], starting: false };
  link.take({ ...update, reset: true, models: [model], predictionKey: new Uint8Array(32) });
  link.take({ ...update, revision: 2, models: [{ ...model, others: new Map([['1', 'it was rejected']]) }] });
  link.take({ ...update, revision: 3, reset: true, more: true, models: [model] });
  link.take({ ...update, revision: 3, removed: ['wine'] });
  await link.close();
  await rm(dir, { recursive: true });
  assert.deepEqual(applied, [true, false, true]);
});

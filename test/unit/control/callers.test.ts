/** Who may call Predict, on its way from the admin process to the serve processes and onto their disks. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';
import type { KnownToken } from '../../../src/access/token.ts';
import { Evidence } from '../../../src/admin/evidence.ts';
import { Statistics } from '../../../src/admin/statistics.ts';
import { Board } from '../../../src/control/board.ts';
import { callersFromText, callersToText } from '../../../src/control/callers-codec.ts';
import { DesiredDisk } from '../../../src/control/desired-disk.ts';
import { Hub } from '../../../src/control/hub.ts';
import { ControlLink } from '../../../src/control/link.ts';
import type { DesiredUpdate } from '../../../src/control/messages.ts';
import { EvidenceBook } from '../../../src/monitor/evidence-book.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { StatisticsReporter } from '../../../src/monitor/statistics-reporter.ts';
import { formatUpdate, parseUpdate } from '../../../src/transport/codec/control-codec.ts';
import { loadControlSchema } from '../../../src/transport/grpc-js/codec.ts';
import { openScene } from '../../support/admin-scene.ts';

const { Sync } = loadControlSchema().sluice.control.v1.ControlPlane.service;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-callers-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

function token(over: Partial<KnownToken> = {}): KnownToken {
  return {
    ...{ id: '0123456789abcdef', name: 'shop', hash: new Uint8Array(32).fill(7), models: ['iris'] },
    ...{ expiresAt: undefined, requestsPerSecond: 5, burst: 9 },
    ...over,
  };
}

const SOME = [token(), token({ id: 'b', models: [], expiresAt: 1_900_000_000_000 })];

function update(over: Partial<DesiredUpdate> = {}): DesiredUpdate {
  return { revision: 1, reset: false, more: false, models: [], removed: [], starting: false, ...over };
}

async function open() {
  const callers: (readonly KnownToken[])[] = [];
  const faults: string[] = [];
  const disk = await DesiredDisk.open(dir, assert.ifError);
  const link = new ControlLink({
    disk,
    reporter: new StatisticsReporter(new Monitor()),
    evidence: new EvidenceBook(),
    apply: () => undefined,
    onPredictionKey: () => undefined,
    onCallers: (tokens) => callers.push(tokens),
    settled: () => true,
    onFault: (what) => faults.push(what),
  });
  return { link, disk, callers, faults };
}

it('travels as it is', () => {
  for (const callers of [SOME, []]) {
    const bytes = Sync.responseSerialize(formatUpdate(update({ callers })));
    assert.deepEqual(parseUpdate(Sync.responseDeserialize(bytes)).callers, callers);
  }
  const bytes = Sync.responseSerialize(formatUpdate(update()));
  assert.equal(parseUpdate(Sync.responseDeserialize(bytes)).callers, undefined, 'an update may say nothing of it');
});

it('is told with the whole, and to everybody as soon as it changed', async () => {
  await using scene = await openScene();
  const { store, now } = scene.context;
  let callers: readonly KnownToken[] = SOME;
  let tell = (): void => undefined;
  const onFault = (what: string): never => assert.fail(what);
  const hub = await Hub.open({
    ...scene.context,
    board: new Board({ changes: scene.context.changes, now }),
    statistics: new Statistics({ store, now, onFault }),
    evidence: new Evidence({ store, now, onFault }),
    predictionKey: new Uint8Array(32),
    callers: {
      predictTokens: () => callers,
      onChange: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
    onFault,
    onConnection: () => undefined,
  });
  const told: DesiredUpdate[] = [];
  hub.connect({ instance: 'i', boot: 'b', address: 'a', serverVersion: '0' }, (part) => told.push(part));
  assert.deepEqual(told[0]?.callers, SOME);
  callers = [];
  tell();
  assert.deepEqual(told.at(-1)?.callers, []);
  await hub.close();
});

it('holds at once, and in the next process, with nobody there to ask', async () => {
  const first = await open();
  first.link.take(update({ reset: true, predictionKey: new Uint8Array(32), callers: SOME }));
  first.link.take(update({ callers: [SOME[0] ?? token()] }));
  assert.deepEqual(
    first.callers.map((tokens) => tokens.length),
    [2, 1],
  );
  await first.disk.flushed();
  const second = await open();
  await second.link.restore();
  assert.deepEqual(second.callers, [[SOME[0]]]);
});

it('is a file for its owner alone, and one that was tampered with lets nobody in', async () => {
  const first = await open();
  first.link.take(update({ reset: true, predictionKey: new Uint8Array(32), callers: SOME }));
  await first.disk.flushed();
  const path = join(dir, 'callers.list');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await writeFile(path, (await readFile(path, 'utf8')).replace('"burst":9', '"burst":"9"'));
  const second = await open();
  await second.link.restore();
  assert.deepEqual(second.callers, []);
  assert.match(second.faults.join(), /callers\.list/);
});

it('is read back from its text, and from no other', () => {
  const text = callersToText(SOME);
  assert.deepEqual(callersFromText(text), SOME);
  const changed = [
    text.slice(0, -1),
    text.replace('"format":1', '"format":2'),
    text.replace('"name":"shop"', '"name":5'),
    text.replace(/"hash":"..../, '"hash":"'),
    text.replace('"models":["iris"]', '"models":[1]'),
    text.replace('"requestsPerSecond":5', '"requestsPerSecond":-5'),
    'null',
    '[]',
    '',
  ];
  for (const other of changed) assert.equal(callersFromText(other), undefined, other);
});

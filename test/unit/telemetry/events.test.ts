import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents, silentEvents, type LogLevel } from '../../../src/telemetry/events.ts';

function recording({ level = 'info' }: { level?: LogLevel } = {}) {
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, clock, events: createEvents({ level, destination, now: () => clock.now }) };
}

test('an event is one JSON line with its level, name, fields and a sentence', () => {
  const { lines, events } = recording();
  events.listening({ name: 'predict', address: '127.0.0.1:50051' });
  const [{ time, ...line } = {}, ...rest] = lines;
  assert.deepEqual(rest, []);
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(line, {
    level: 'info',
    event: 'listening',
    name: 'predict',
    address: '127.0.0.1:50051',
    msg: 'predict listens on 127.0.0.1:50051',
  });
});

test('a failed version is an error and carries its cause with the stack', () => {
  const { lines, events } = recording();
  events.versionFailed({ model: 'iris', version: '3', reason: 'the file is truncated', cause: new Error('protobuf') });
  const [line] = lines;
  assert.equal(line?.level, 'error');
  assert.equal(line.msg, 'iris/3 failed: the file is truncated');
  const { type, message, stack } = line.err as Record<string, string>;
  assert.deepEqual([type, message, stack?.includes('events.test.ts')], ['Error', 'protobuf', true]);
});

test('a failing export is told once a minute, with the number of those held back', () => {
  const { lines, clock, events } = recording();
  const fail = () => {
    events.exportFailed({
      signal: 'traces',
      url: 'http://me:secret@host:4318/v1/traces?key=secret',
      cause: new Error('refused'),
    });
  };
  fail();
  fail();
  clock.now = 59_999;
  fail();
  clock.now = 60_000;
  fail();
  assert.deepEqual(
    lines.map(({ level, url, suppressed }) => ({ level, url, suppressed })),
    [0, 2].map((suppressed) => ({ level: 'warn', url: 'http://host:4318/v1/traces', suppressed })),
  );
});

test('a storm of faults is one line a second', () => {
  const { lines, clock, events } = recording();
  for (let i = 0; i < 100; i++) events.internalFault({ model: 'm', version: '1', cause: 'odd value' });
  clock.now = 1_000;
  events.internalFault({ cause: 'odd value' });
  assert.deepEqual(
    lines.map((line) => line.suppressed),
    [0, 99],
  );
});

test('a level hides what is below it, and silent events write nothing', () => {
  const { lines, events } = recording({ level: 'warn' });
  events.settled({ ready: 1, failed: 0, ms: 1 });
  events.laneLost({ lane: 2, reason: 'its run did not end' });
  assert.deepEqual(
    lines.map((line) => line.event),
    ['laneLost'],
  );
  silentEvents().laneLost({ lane: 2, reason: 'nobody hears' });
});

test('a log that cannot be written fails nobody', () => {
  const destination = {
    write() {
      throw new Error('disk full');
    },
  };
  createEvents({ destination }).stopped({ ms: 1 });
});

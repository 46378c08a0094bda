/** Frames are the same at every split of the bytes, and what is none is refused as early as that shows. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FrameReader, type FrameSink } from '../../../../src/transport/h2/frame-reader.ts';
import { data, frame, PREFACE, settings, TYPE, windowUpdate } from '../../../support/raw-h2.ts';

const MAX_FRAME_BYTES = 16_384;

function readerOf(): { reader: FrameReader; events: string[] } {
  const events: string[] = [];
  let body = '';
  const sink: FrameSink = {
    dataHead: (stream, flags, length) => events.push(`data ${stream} ${flags} ${length}`),
    dataPiece: (chunk, from, to) => {
      assert.ok(from < to, 'a piece is never empty');
      body += chunk.toString('latin1', from, to);
    },
    dataEnd: () => {
      events.push(body);
      body = '';
    },
    frame: (type, flags, stream, payload) => events.push(`${type} ${flags} ${stream} ${payload.toString('hex')}`),
  };
  return { reader: new FrameReader(sink), events };
}

function read(...chunks: readonly Buffer[]): string[] {
  const { reader, events } = readerOf();
  for (const chunk of chunks) reader.push(chunk);
  return events;
}

suite('the frames of a connection', () => {
  const bytes = Buffer.concat([
    PREFACE,
    settings([4, 0x01020304]),
    frame(TYPE.settings, 1, 0, Buffer.alloc(0)),
    data(1, Buffer.from('body'), 1),
    data(3, Buffer.alloc(0)),
    frame(0xfa, 0xff, 0x7fffffff, Buffer.from([1, 2, 3])),
    windowUpdate(5, 7),
  ]);
  const events = [
    '4 0 0 000401020304',
    '4 1 0 ',
    'data 1 1 4',
    'body',
    'data 3 0 0',
    '',
    '250 255 2147483647 010203',
    '8 0 5 00000007',
  ];

  test('are the same at every split in two', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      assert.deepEqual(read(bytes.subarray(0, at), bytes.subarray(at)), events, `split at ${at}`);
    }
  });

  test('are the same at every split in three', () => {
    for (let from = 20; from < bytes.length; from += 1) {
      for (let to = from + 1; to < bytes.length; to += 3) {
        const chunks = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
        assert.deepEqual(read(...chunks), events, `split at ${from} and ${to}`);
      }
    }
  });

  test('do not count the first bit of their stream, which is reserved', () => {
    const one = frame(TYPE.ping, 0, 0, Buffer.alloc(1));
    one[5] = 0x80;
    assert.deepEqual(read(Buffer.concat([PREFACE, one])), ['6 0 0 00']);
  });

  test('may be as large as is told and not a byte larger, which shows before they have come', () => {
    const most = frame(TYPE.ping, 0, 0, Buffer.alloc(MAX_FRAME_BYTES));
    assert.equal(read(PREFACE, most).length, 1);
    for (const type of [TYPE.ping, TYPE.data]) {
      const more = frame(type, 0, 1, Buffer.alloc(0), MAX_FRAME_BYTES + 1);
      assert.throws(() => read(PREFACE, more), { code: 6, kind: 'frame_too_large', message: /16385 .* at most 16384/ });
    }
  });
});

suite('the preface', () => {
  test('is refused at the first byte that is wrong', () => {
    for (let at = 0; at < PREFACE.length; at += 1) {
      const wrong = Buffer.from(PREFACE.subarray(0, at + 1));
      wrong[at]! ^= 1;
      const { reader } = readerOf();
      for (const byte of wrong.subarray(0, at)) reader.push(Buffer.from([byte]));
      assert.throws(() => reader.push(wrong.subarray(at)), { code: 1, kind: 'bad_preface' }, `byte ${at}`);
    }
  });

  test('of HTTP/1.1 is told what this port speaks', () => {
    assert.throws(() => read(Buffer.from('GET / HTTP/1.1\r\n\r\n')), /this port speaks HTTP\/2 with gRPC/);
  });
});

test('it waits where something has begun, but for the body of DATA, whose stream keeps the time', () => {
  const { reader } = readerOf();
  const states: (readonly [greeted: boolean, waiting: boolean])[] = [];
  const push = (bytes: Buffer): void => {
    reader.push(bytes);
    states.push([reader.greeted, reader.waiting]);
  };
  const ping = frame(TYPE.ping, 0, 0, Buffer.alloc(8));
  const body = data(1, Buffer.alloc(8));
  push(PREFACE.subarray(0, 5));
  push(PREFACE.subarray(5));
  push(ping.subarray(0, 5));
  push(ping.subarray(5, 12));
  push(ping.subarray(12));
  push(body.subarray(0, 9));
  push(body.subarray(9, 12));
  push(body.subarray(12));
  assert.deepEqual(states, [
    [false, true],
    [true, false],
    [true, true],
    [true, true],
    [true, false],
    [true, false],
    [true, false],
    [true, false],
  ]);
  assert.equal(reader.frames, 2);
});

/** Bytes of a stream become messages, however they are cut, and lengths are believed only as far as bytes have come. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MessageReader } from '../../../../src/transport/h2/message-reader.ts';
import { grpcMessage, uint32 } from '../../../support/raw-h2.ts';

const KIB = 1024;
const MIB = 2 ** 20;

/** Not more than this is taken for a message that says that it is larger. */
const FIRST_BYTES = 16 * KIB;
const BELIEF = 40;

type Event = readonly [text: string, compressed: boolean] | readonly [tooLarge: number];

function readerOf(maxBytes = MIB): { reader: MessageReader; events: Event[] } {
  const events: Event[] = [];
  const sink = {
    message: (bytes: Buffer, compressed: boolean) => events.push([bytes.toString('latin1'), compressed]),
    tooLarge: (bytes: number) => events.push([bytes]),
  };
  return { reader: new MessageReader(sink, maxBytes), events };
}

function read(pieces: readonly Buffer[], maxBytes?: number): Event[] {
  const { reader, events } = readerOf(maxBytes);
  for (const piece of pieces) push(reader, piece);
  return events;
}

/** As it lies in a chunk of the socket, between other bytes. */
function push(reader: MessageReader, piece: Buffer): void {
  const chunk = Buffer.concat([Buffer.alloc(3, 0xff), piece, Buffer.alloc(3, 0xff)]);
  reader.push(chunk, 3, 3 + piece.length);
}

/** The same, marked as compressed. */
function compressed(bytes: Buffer): Buffer {
  const marked = Buffer.from(bytes);
  marked[0] = 1;
  return marked;
}

suite('messages of a stream', () => {
  const texts = ['', 'a', 'b'.repeat(40), '', 'last'];
  const stream = Buffer.concat(texts.map((text) => grpcMessage(Buffer.from(text))));
  const expected = texts.map((text) => [text, false]);

  test('are the same at every split in two', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      assert.deepEqual(read([stream.subarray(0, at), stream.subarray(at)]), expected, `split at ${at}`);
    }
  });

  test('are the same in pieces of every size', () => {
    for (let size = 1; size <= stream.length; size += 1) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      assert.deepEqual(read(pieces), expected, `pieces of ${size}`);
    }
  });

  test('say whether they are compressed', () => {
    const one = grpcMessage(Buffer.from('x'));
    assert.deepEqual(read([Buffer.concat([one, compressed(one), one])]), [
      ['x', false],
      ['x', true],
      ['x', false],
    ]);
  });

  test('are not views of what came', () => {
    const kept: Buffer[] = [];
    const reader = new MessageReader({ message: (bytes) => kept.push(bytes), tooLarge: () => assert.fail() }, MIB);
    const piece = grpcMessage(Buffer.from('whole'));
    reader.push(piece, 0, piece.length);
    piece.fill(0);
    assert.deepEqual(kept.map(String), ['whole']);
  });

  test('may be as large as the limit and not a byte larger; nothing is read after one that is', () => {
    const [most, more] = [grpcMessage(Buffer.alloc(100)), grpcMessage(Buffer.alloc(101))];
    assert.deepEqual(read([most], 100), [['\0'.repeat(100), false]]);
    assert.deepEqual(read([Buffer.concat([more, most])], 100), [[101]]);
    assert.deepEqual(read([more.subarray(0, 5), most], 100), [[101]]);
    assert.deepEqual(read([grpcMessage(Buffer.alloc(0), 2 ** 32 - 1)], 100), [[2 ** 32 - 1]]);
  });

  test('that have begun tell how much is missing, once they have told how long they are', () => {
    const { reader } = readerOf();
    const seen: [partial: boolean, missing: number][] = [];
    for (const byte of grpcMessage(Buffer.from('abc'))) {
      seen.push([reader.partial, reader.missing]);
      push(reader, Buffer.from([byte]));
    }
    seen.push([reader.partial, reader.missing]);
    const [none, begun] = [[false, 0] as const, [true, 0] as const];
    assert.deepEqual(seen, [none, begun, begun, begun, begun, [true, 3], [true, 2], [true, 1], none]);
  });

  test('that nobody wants any more are not read', () => {
    const { reader, events } = readerOf();
    push(reader, grpcMessage(Buffer.from('one')));
    reader.stop();
    push(reader, grpcMessage(Buffer.from('two')));
    assert.deepEqual(events, [['one', false]]);
  });
});

test('memory for a message that says that it is large is a multiple of what has come of it', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(sizes, (pieces) => {
      const { reader } = readerOf(64 * MIB);
      let came = 0;
      const claim = Buffer.concat([Buffer.from([0]), uint32(64 * MIB)]);
      const taken = allocations(() => {
        reader.push(claim, 0, claim.length);
        for (const size of pieces) {
          reader.push(Buffer.alloc(size), 0, size);
          came += size;
        }
      });
      const most = Math.max(FIRST_BYTES, BELIEF * came);
      assert.ok(taken.length > 0 && Math.max(...taken) <= most, `of ${came} bytes ${taken.join(', ')}`);
      // Each larger one takes the place of the one before: copying stays in proportion, too.
      assert.ok(taken.length <= 2 + Math.log2(Math.max(1, came)));
    }),
    { numRuns: 50 },
  );
});

test('memory for a message that comes in one piece is taken once', () => {
  const { reader } = readerOf();
  const message = grpcMessage(Buffer.alloc(600_000));
  assert.deepEqual(
    allocations(() => reader.push(message, 0, message.length)),
    [600_000],
  );
});

/** Bytes of each allocation meanwhile that does not clear its memory, as all large ones here. */
function allocations(run: () => void): number[] {
  const taken: number[] = [];
  const original = Buffer.allocUnsafe.bind(Buffer);
  Buffer.allocUnsafe = (size) => {
    taken.push(size);
    return original(size);
  };
  try {
    run();
  } finally {
    Buffer.allocUnsafe = original;
  }
  return taken;
}

/** What is to be sent leaves in the order in which it was given, once a turn, and stops where nobody takes it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { FlushQueue, Outbox } from '../../../../src/transport/h2/outbox.ts';
import { FakeSocket } from '../../../support/fake-socket.ts';

/** Larger pieces are not copied. */
const COPY_BYTES = 2048;
const BLOCKED_BYTES = 2 ** 20;

function outboxOf(): { outbox: Outbox; socket: FakeSocket } {
  const socket = new FakeSocket();
  return { outbox: new Outbox(socket.socket, new FlushQueue()), socket };
}

suite('the outbox of a connection', () => {
  test('sends copied and uncopied pieces in their order', () => {
    const size = fc.oneof(fc.nat(40), fc.integer({ min: 2000, max: 2100 }), fc.nat(40_000));
    fc.assert(
      fc.property(fc.array(fc.record({ size, flush: fc.boolean() }), { maxLength: 40 }), (steps) => {
        const { outbox, socket } = outboxOf();
        const expected: Buffer[] = [];
        for (const [index, step] of steps.entries()) {
          const piece = Buffer.alloc(step.size, index + 1);
          outbox.bytes(piece);
          expected.push(piece);
          if (step.flush) outbox.flush();
        }
        outbox.flush();
        assert.ok(socket.bytes.equals(Buffer.concat(expected)));
      }),
    );
  });

  test('writes heads and prefixes as HTTP/2 and gRPC have them', () => {
    const { outbox, socket } = outboxOf();
    outbox.head({ type: 1, flags: 5, stream: 0x7fffffff, length: 0xabcdef });
    outbox.messagePrefix(0x01020304);
    outbox.flush();
    assert.equal(socket.bytes.toString('hex'), 'abcdef01057fffffff' + '0001020304');
  });

  test('copies what is small, so that who gave it may go on writing to it', () => {
    const { outbox, socket } = outboxOf();
    const small = Buffer.alloc(COPY_BYTES, 1);
    outbox.bytes(small);
    small.fill(2);
    outbox.flush();
    assert.deepEqual(new Set(socket.bytes), new Set([1]));
  });

  test('hands on what is large as it is', () => {
    const { outbox, socket } = outboxOf();
    const large = Buffer.alloc(COPY_BYTES + 1, 1);
    outbox.bytes(large);
    large.fill(2);
    outbox.flush();
    assert.deepEqual(new Set(socket.bytes), new Set([2]));
  });

  test('writes by itself, once for all that came in one turn', async () => {
    const { outbox, socket } = outboxOf();
    for (let count = 0; count < 100; count += 1) outbox.bytes(Buffer.alloc(100));
    assert.equal(socket.writes.length, 0);
    await nextTurn();
    assert.deepEqual([socket.writes.length, socket.bytes.length], [1, 10_000]);
    await nextTurn();
    assert.equal(socket.writes.length, 1);
  });

  test('is blocked while more waits than the other side is to leave lying, written or not', () => {
    const { outbox, socket } = outboxOf();
    outbox.bytes(Buffer.alloc(BLOCKED_BYTES - 1000));
    outbox.bytes(Buffer.alloc(1000));
    assert.equal(outbox.blocked, false);
    outbox.bytes(Buffer.alloc(1));
    assert.equal(outbox.blocked, true, 'before it is written');
    outbox.flush();
    assert.equal(outbox.blocked, true, 'after that');
    assert.equal(outbox.unsent, BLOCKED_BYTES + 1);
    socket.takeAll();
    assert.deepEqual([outbox.blocked, outbox.unsent, outbox.sent], [false, 0, BLOCKED_BYTES + 1]);
  });

  test('writes what there is when it is closed, and nothing after that', () => {
    const { outbox, socket } = outboxOf();
    outbox.bytes(Buffer.from('farewell'));
    outbox.close();
    outbox.bytes(Buffer.from('too late'));
    outbox.bytes(Buffer.alloc(COPY_BYTES + 1));
    outbox.flush();
    assert.equal(socket.bytes.toString(), 'farewell');
  });
});

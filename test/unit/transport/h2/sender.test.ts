/** Replies leave in turn, as windows, frame sizes and the socket allow. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FlushQueue, Outbox } from '../../../../src/transport/h2/outbox.ts';
import { Overhead } from '../../../../src/transport/h2/overhead.ts';
import { Sender, type SendingStream } from '../../../../src/transport/h2/sender.ts';
import { FakeSocket, type WrittenFrame } from '../../../support/fake-socket.ts';
import { END_HEADERS, END_STREAM, TYPE } from '../../../support/raw-h2.ts';

const WINDOW = 65_535;
const MAX_WINDOW = 2 ** 31 - 1;
const FRAME_BYTES = 16_384;
const TURN_BYTES = 64 * 1024;
const TABLE_SIZE_ZERO = 0x20;

class Reply implements SendingStream {
  readonly id: number;
  sendWindow: number;
  readonly waiting: Uint8Array[] = [];
  waitingOffset = 0;
  waitingBytes = 0;
  ending: Buffer | undefined;
  queued = false;
  sentAt = 0;
  done = false;

  constructor(id: number, sendWindow: number) {
    this.id = id;
    this.sendWindow = sendWindow;
  }

  sentAll(): void {
    this.done = true;
  }

  progressed(): void {
    // Nobody waits for it.
  }
}

class Scene {
  readonly socket = new FakeSocket();
  readonly outbox = new Outbox(this.socket.socket, new FlushQueue());
  readonly sender = new Sender(this.outbox, new Overhead(0), () => 0);

  constructor(connectionWindow = WINDOW) {
    if (connectionWindow !== WINDOW) this.sender.grantConnection(connectionWindow - WINDOW);
  }

  enqueue(reply: Reply, ...parts: Uint8Array[]): void {
    reply.waiting.push(...parts);
    let bytes = 0;
    for (const part of parts) bytes += part.length;
    this.sender.enqueue(reply, bytes);
  }

  get frames(): WrittenFrame[] {
    this.outbox.flush();
    return this.socket.frames();
  }

  /** Streams in the order of their frames, and the frames' bytes. */
  get turns(): [stream: number, bytes: number][] {
    return this.frames.map(({ stream, payload }) => [stream, payload.length]);
  }

  bodyOf(stream: number): Buffer {
    return Buffer.concat(this.frames.filter((frame) => frame.stream === stream).map(({ payload }) => payload));
  }
}

suite('large replies', () => {
  test('take turns, a frame each', () => {
    const scene = new Scene(0);
    const [a, b] = [new Reply(1, MAX_WINDOW), new Reply(3, MAX_WINDOW)];
    scene.enqueue(a, Buffer.alloc(3 * FRAME_BYTES));
    scene.enqueue(b, Buffer.alloc(FRAME_BYTES + 1));
    scene.sender.grantConnection(WINDOW);
    const full = FRAME_BYTES;
    assert.deepEqual(scene.turns, [
      [1, full],
      [3, full],
      [1, full],
      [3, 1],
      [1, WINDOW - 3 * full - 1],
    ]);
  });

  test('do not take a longer turn where the other side takes larger frames', () => {
    const scene = new Scene(MAX_WINDOW);
    scene.sender.setPeer({ initialWindow: WINDOW, maxFrameBytes: 2 ** 24 - 1 });
    const reply = new Reply(1, MAX_WINDOW);
    scene.enqueue(reply, Buffer.alloc(2 * TURN_BYTES));
    assert.deepEqual(scene.turns, [
      [1, TURN_BYTES],
      [1, TURN_BYTES],
    ]);
  });

  test('stop at the end of their window and go on where they stopped, part by part', () => {
    const scene = new Scene();
    const reply = new Reply(1, 5);
    scene.enqueue(reply, Buffer.from('abc'), Buffer.from('defg'));
    assert.equal(scene.bodyOf(1).toString(), 'abcde');
    scene.sender.grant(reply, 1);
    assert.equal(scene.bodyOf(1).toString(), 'abcdef');
    scene.sender.grant(reply, 100);
    assert.equal(scene.bodyOf(1).toString(), 'abcdefg');
    assert.equal(reply.sendWindow, 99);
  });

  test('wait until a window that was made negative is positive again', () => {
    const scene = new Scene();
    const reply = new Reply(1, 100);
    scene.enqueue(reply, Buffer.alloc(150));
    assert.equal(scene.sender.grant(reply, -80), true);
    assert.equal(reply.sendWindow, -80);
    scene.sender.grant(reply, 80);
    assert.deepEqual(scene.turns, [[1, 100]]);
    scene.sender.grant(reply, 1);
    assert.deepEqual(scene.turns, [
      [1, 100],
      [1, 1],
    ]);
  });

  test('of which one has no window do not keep the others waiting', () => {
    const scene = new Scene();
    const [shut, open] = [new Reply(1, 0), new Reply(3, 10)];
    scene.enqueue(shut, Buffer.alloc(10));
    scene.enqueue(open, Buffer.alloc(10));
    assert.deepEqual(scene.turns, [[3, 10]]);
    assert.equal(scene.sender.unsent, 10);
  });

  test('wait while the socket is full, and go on when it is not', () => {
    const scene = new Scene(MAX_WINDOW);
    const reply = new Reply(1, MAX_WINDOW);
    scene.enqueue(reply, Buffer.alloc(3 * 2 ** 20));
    const first = scene.bodyOf(1).length;
    assert.ok(first >= 2 ** 20 && first <= 2 ** 20 + FRAME_BYTES, String(first));
    assert.equal(scene.sender.fits(new Reply(3, MAX_WINDOW), 5), false);
    for (let turn = 0; turn < 3; turn += 1) {
      scene.socket.takeAll();
      scene.sender.pump();
      scene.outbox.flush();
    }
    assert.equal(scene.bodyOf(1).length, 3 * 2 ** 20);
    assert.equal(scene.sender.unsent, 0);
  });

  test('are followed by their trailers at once, though no window is left', () => {
    const scene = new Scene(10);
    const reply = new Reply(1, 10);
    reply.ending = Buffer.from('trailers');
    scene.enqueue(reply, Buffer.alloc(10));
    const [body, end] = scene.frames;
    assert.deepEqual([body?.type, body?.flags], [TYPE.data, 0]);
    assert.deepEqual([end?.type, end?.flags], [TYPE.headers, END_STREAM | END_HEADERS]);
    assert.equal(reply.done, true);
  });

  test('without trailers end with an empty frame', () => {
    const scene = new Scene();
    const reply = new Reply(1, 10);
    reply.ending = Buffer.alloc(0);
    scene.enqueue(reply, Buffer.alloc(10));
    const end = scene.frames.at(-1);
    assert.deepEqual([end?.type, end?.flags, end?.payload.length], [TYPE.data, END_STREAM, 0]);
  });

  test('that are dropped are forgotten, and the next one goes', () => {
    const scene = new Scene(0);
    const [dropped, next] = [new Reply(1, WINDOW), new Reply(3, WINDOW)];
    dropped.ending = Buffer.from('trailers');
    scene.enqueue(dropped, Buffer.alloc(10));
    scene.enqueue(next, Buffer.alloc(10));
    scene.sender.drop(dropped);
    assert.equal(scene.sender.unsent, 10);
    scene.sender.grantConnection(100);
    assert.deepEqual(scene.turns, [[3, 10]]);
    assert.equal(dropped.done, false);
  });
});

suite('a message that fits', () => {
  test('is one that every window and a frame have room for, to the byte, with nothing before it', () => {
    const scene = new Scene(1000);
    const { sender } = scene;
    assert.equal(sender.fits(new Reply(1, 1000), 1000), true);
    assert.equal(sender.fits(new Reply(1, 1001), 1001), false, 'the window of the connection');
    assert.equal(sender.fits(new Reply(1, 999), 1000), false, 'the window of the stream');
    sender.grantConnection(MAX_WINDOW - 1000);
    assert.equal(sender.fits(new Reply(1, MAX_WINDOW), FRAME_BYTES), true);
    assert.equal(sender.fits(new Reply(1, MAX_WINDOW), FRAME_BYTES + 1), false, 'a frame');
    const busy = new Reply(1, 0);
    scene.enqueue(busy, Buffer.alloc(10));
    busy.sendWindow = 100;
    assert.equal(sender.fits(busy, 10), false, 'something waits before it');
  });

  test('goes in one frame, and takes from both windows', () => {
    const scene = new Scene(20);
    const reply = new Reply(1, 30);
    scene.sender.message(reply, [Buffer.from('abc'), Buffer.from('de')], 10);
    const [frame] = scene.frames;
    assert.equal(frame?.payload.toString('hex'), `0000000005${Buffer.from('abcde').toString('hex')}`);
    assert.equal(reply.sendWindow, 20);
    assert.deepEqual([scene.sender.fits(reply, 10), scene.sender.fits(reply, 11)], [true, false]);
  });
});

suite('blocks of headers', () => {
  test('say first of all, and once, that no table is kept', () => {
    const scene = new Scene();
    for (const stream of [1, 3]) scene.sender.headers(stream, Buffer.from('block'), false);
    assert.deepEqual(
      scene.frames.map(({ payload }) => payload.toString('latin1')),
      [`${String.fromCharCode(TABLE_SIZE_ZERO)}block`, 'block'],
    );
  });

  test('are continued where a frame is full, the first with room for that word', () => {
    for (const [before, bytes, sizes] of [
      [false, FRAME_BYTES - 1, [FRAME_BYTES]],
      [false, FRAME_BYTES, [FRAME_BYTES, 1]],
      [true, FRAME_BYTES, [FRAME_BYTES]],
      [true, FRAME_BYTES + 1, [FRAME_BYTES, 1]],
      [true, 3 * FRAME_BYTES, [FRAME_BYTES, FRAME_BYTES, FRAME_BYTES]],
    ] as const) {
      const scene = new Scene();
      if (before) scene.sender.headers(1, Buffer.from('x'), false);
      const block = Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251));
      scene.sender.headers(3, block, true);
      const frames = scene.frames.filter(({ stream }) => stream === 3);
      assert.deepEqual(
        frames.map(({ payload }) => payload.length),
        sizes,
      );
      assert.deepEqual(
        frames.map(({ type, flags }) => [type, flags]),
        sizes.map((_, at) => [
          at === 0 ? TYPE.headers : TYPE.continuation,
          (at === 0 ? END_STREAM : 0) | (at === sizes.length - 1 ? END_HEADERS : 0),
        ]),
      );
      assert.ok(
        scene
          .bodyOf(3)
          .subarray(before ? 0 : 1)
          .equals(block),
      );
    }
  });
});

test('a window may be as large as the protocol has it, and not larger', () => {
  const { sender } = new Scene();
  assert.equal(sender.grantConnection(MAX_WINDOW - WINDOW), true);
  assert.equal(sender.grantConnection(1), false);
  const reply = new Reply(1, WINDOW);
  assert.equal(sender.grant(reply, MAX_WINDOW - WINDOW), true);
  assert.equal(sender.grant(reply, 1), false);
});

test('whatever is granted and when, each body comes whole, in order and within its windows', () => {
  const step = fc.oneof(
    fc.record({ act: fc.constant('send' as const), who: fc.nat(2), bytes: fc.integer({ min: 1, max: 50_000 }) }),
    fc.record({ act: fc.constant('grant' as const), who: fc.nat(2), bytes: fc.integer({ min: -2000, max: 30_000 }) }),
    fc.record({ act: fc.constant('grantAll' as const), who: fc.nat(2), bytes: fc.integer({ min: 1, max: 30_000 }) }),
    fc.record({ act: fc.constant('take' as const), who: fc.nat(2), bytes: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const scene = new Scene(1000);
      const replies = [new Reply(1, 100), new Reply(3, 0), new Reply(5, 5000)];
      const granted = replies.map(({ sendWindow }) => sendWindow);
      const sent: Buffer[] = replies.map(() => Buffer.alloc(0));
      let connection = 1000;
      for (const [index, { act, who, bytes }] of steps.entries()) {
        const reply = replies[who]!;
        if (act === 'send') {
          const body = Buffer.alloc(bytes, index);
          sent[who] = Buffer.concat([sent[who]!, body]);
          scene.enqueue(reply, body.subarray(0, bytes >> 1), body.subarray(bytes >> 1));
        } else if (act === 'grant') {
          granted[who]! += bytes;
          scene.sender.grant(reply, bytes);
        } else if (act === 'grantAll') {
          connection += bytes;
          scene.sender.grantConnection(bytes);
        } else {
          scene.outbox.flush();
          scene.socket.takeAll();
          scene.sender.pump();
        }
      }
      const bodies = replies.map(({ id }) => scene.bodyOf(id));
      let total = 0;
      for (const [who, body] of bodies.entries()) {
        assert.ok(body.equals(sent[who]!.subarray(0, body.length)), `the body of ${who}`);
        assert.equal(replies[who]!.sendWindow, granted[who]! - body.length);
        assert.equal(replies[who]!.waitingBytes, sent[who]!.length - body.length);
        total += body.length;
      }
      assert.ok(total <= connection);
      assert.equal(
        scene.sender.unsent,
        replies.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0),
      );
      // Nobody waits who could go.
      const stuck = replies.filter(({ waitingBytes, sendWindow }) => waitingBytes > 0 && sendWindow > 0);
      if (connection > total && !scene.outbox.blocked) assert.deepEqual(stuck, []);
    }),
    { numRuns: 200 },
  );
});

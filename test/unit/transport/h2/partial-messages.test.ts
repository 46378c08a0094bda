/** Window for large messages is given in turn, within a budget, and nobody waits for ever. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { PartialMessages, type ReceivingStream } from '../../../../src/transport/h2/partial-messages.ts';

const WINDOW = 65_535;
const BUDGET = 1_000_000;

/** What the end of a request may need. */
const END_BYTES = 1024;

/** A stream on which one message comes. */
class Upload implements ReceivingStream {
  readonly id: number;
  readonly bytes: number;
  over = false;
  receiveWindow = WINDOW;
  reserved = 0;
  holdsBack = false;
  #came = 0;

  constructor(id: number, bytes: number) {
    this.id = id;
    this.bytes = bytes;
  }

  get missing(): number {
    return this.#came === 0 ? 0 : this.bytes - this.#came;
  }

  get complete(): boolean {
    return this.#came === this.bytes;
  }

  /** The client sends so much of it as it may. */
  send(most: number): number {
    const bytes = Math.min(most, this.bytes - this.#came, this.receiveWindow);
    this.#came += bytes;
    this.receiveWindow -= bytes;
    return bytes;
  }
}

class Scene {
  readonly granted: [id: number, bytes: number][] = [];
  readonly partials = new PartialMessages(BUDGET, (stream, bytes) => this.granted.push([stream.id, bytes]));
  readonly #uploads: Upload[] = [];

  /** A message of which this much comes at once. */
  begin(bytes: number, first = 1000): Upload {
    const upload = new Upload(2 * this.#uploads.length + 1, bytes);
    this.#uploads.push(upload);
    this.send(upload, first);
    return upload;
  }

  send(upload: Upload, bytes: number): number {
    const sent = upload.send(bytes);
    if (upload.complete) this.partials.release(upload);
    else if (sent > 0) this.partials.arrived(upload);
    return sent;
  }

  cancel(upload: Upload): void {
    upload.over = true;
    this.partials.release(upload);
  }

  upload(id: number): Upload {
    const found = this.#uploads.find((upload) => upload.id === id);
    assert(found);
    return found;
  }

  get who(): number[] {
    return this.granted.map(([id]) => id);
  }
}

suite('window for messages that have begun', () => {
  test('is not given where the usual one is enough', () => {
    const scene = new Scene();
    scene.begin(WINDOW);
    assert.deepEqual(scene.granted, []);
  });

  test('is given at once for just what is missing', () => {
    const scene = new Scene();
    const upload = scene.begin(100_000);
    assert.deepEqual(scene.granted, [[1, 100_000 - WINDOW]]);
    assert.equal(upload.receiveWindow, upload.missing);
  });

  test('is given up to the budget, and beyond it once a message is complete', () => {
    const scene = new Scene();
    const half = scene.begin(WINDOW + BUDGET / 2);
    const rest = scene.begin(WINDOW + BUDGET / 2);
    scene.begin(WINDOW + 1);
    assert.deepEqual(scene.who, [1, 3]);
    assert.equal(half.reserved + rest.reserved, BUDGET);
    scene.send(half, Infinity);
    assert.deepEqual(scene.who, [1, 3, 5]);
  });

  test('is given to one message that is larger than the budget, alone', () => {
    const scene = new Scene();
    const large = scene.begin(WINDOW + BUDGET + 1);
    const small = scene.begin(WINDOW + 1);
    assert.deepEqual([large.reserved, small.reserved], [BUDGET + 1, 0]);
    scene.send(large, Infinity);
    assert.deepEqual([large.reserved, small.reserved], [0, 1]);
  });

  test('is given in the order of asking: small messages that keep coming do not keep a large one waiting', () => {
    const scene = new Scene();
    const first = scene.begin(WINDOW + BUDGET / 2);
    scene.begin(WINDOW + BUDGET);
    const later = scene.begin(WINDOW + 10);
    assert.deepEqual(scene.who, [1]);
    scene.send(first, Infinity);
    assert.deepEqual(scene.who, [1, 3]);
    assert.equal(later.reserved, 0);
  });

  test('is asked for once by each message, whatever comes of it meanwhile', () => {
    const scene = new Scene();
    const first = scene.begin(WINDOW + BUDGET);
    const second = scene.begin(WINDOW + 1000);
    for (let piece = 0; piece < 10; piece += 1) scene.send(second, 100);
    scene.send(first, Infinity);
    assert.deepEqual(scene.granted.slice(1), [[3, 1000]]);
  });

  test('goes to others when its stream is over, and is not given to one that is', () => {
    const scene = new Scene();
    const first = scene.begin(WINDOW + BUDGET);
    const second = scene.begin(WINDOW + 1);
    scene.begin(WINDOW + 2);
    scene.cancel(second);
    scene.cancel(first);
    assert.deepEqual(scene.who, [1, 5]);
  });

  test('is not given while the route holds its stream back, and does not keep others waiting for it', () => {
    const scene = new Scene();
    const first = scene.begin(WINDOW + BUDGET);
    const held = scene.begin(WINDOW + BUDGET);
    scene.begin(WINDOW + 1);
    held.holdsBack = true;
    scene.send(first, Infinity);
    assert.deepEqual(scene.who, [1, 5]);
    held.holdsBack = false;
    scene.partials.arrived(held);
    assert.deepEqual(scene.who, [1, 5]);
    scene.send(scene.upload(5), Infinity);
    assert.deepEqual(scene.who, [1, 5, 3]);
  });

  test('never exceeds the budget by more than one message, and every message that goes on comes to its end', () => {
    const message = fc.record({ bytes: fc.integer({ min: 1, max: 2 * BUDGET }), cancelled: fc.integer({ max: 9 }) });
    const steps = fc.array(fc.record({ who: fc.nat(), bytes: fc.integer({ min: 1, max: 300_000 }) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 12 }), steps, (messages, turns) => {
        const scene = new Scene();
        const uploads = messages.map(({ bytes }) => scene.begin(bytes, 5));
        const check = (): void => {
          const reserved = uploads.map((upload) => upload.reserved).filter((bytes) => bytes > 0);
          const sum = reserved.reduce((total, bytes) => total + bytes, 0);
          assert.ok(sum <= BUDGET || reserved.length === 1, `reserved: ${reserved.join(', ')}`);
        };
        const act = (upload: Upload, bytes: number, index: number): number => {
          if (upload.over || upload.complete) return 0;
          const sent = scene.send(upload, bytes);
          if (messages[index]?.cancelled === 0 && upload.missing > 0) scene.cancel(upload);
          check();
          return sent;
        };
        for (const { who, bytes } of turns) act(uploads[who % uploads.length]!, bytes, who % uploads.length);
        for (let moved = 1; moved > 0;) {
          moved = 0;
          for (const [index, upload] of uploads.entries()) moved += act(upload, 50_000, index);
        }
        const stuck = uploads.filter((upload) => !upload.over && !upload.complete);
        assert.deepEqual(stuck, []);
      }),
      { numRuns: 300 },
    );
  });
});

suite('the window of a stream of messages', () => {
  test('is filled again once half of it is used, and not while its route holds it back', () => {
    const scene = new Scene();
    const stream = new Upload(1, WINDOW);
    const fill = (window: number, over: Partial<Upload>): void => {
      Object.assign(stream, { receiveWindow: window, holdsBack: false, over: false }, over);
      scene.partials.consumed(stream);
    };
    fill(WINDOW / 2 + 0.5, {});
    fill(1, { holdsBack: true });
    fill(1, { over: true });
    assert.deepEqual(scene.granted, []);
    fill(WINDOW / 2 - 0.5, {});
    assert.deepEqual(scene.granted, [[1, WINDOW / 2 + 0.5]]);
    assert.equal(stream.receiveWindow, WINDOW);
  });

  test('is opened a little for the end of a request whose message has used it up', () => {
    const scene = new Scene();
    const stream = new Upload(1, WINDOW);
    for (const [window, over] of [
      [END_BYTES, false],
      [0, true],
      [END_BYTES - 1, false],
    ] as const) {
      Object.assign(stream, { receiveWindow: window, over });
      scene.partials.letEnd(stream);
    }
    assert.deepEqual(scene.granted, [[1, 1]]);
  });
});

/** A connection's times by a clock of the test: its age, the ping when it is quiet, replies that nobody takes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { suite, test } from 'node:test';
import { Connection } from '../../../../src/transport/h2/connection.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../src/transport/h2/options.ts';
import { FlushQueue } from '../../../../src/transport/h2/outbox.ts';
import { answerOn, statusOn } from '../../../support/h2-answer.ts';
import { BIG, CHAT, ECHO, labRoutes } from '../../../support/h2-routes.ts';
import {
  ACK,
  data,
  END_STREAM,
  frame,
  grpcMessage,
  openCall,
  RawH2,
  SETTING,
  TYPE,
  uint32,
  unaryCall,
} from '../../../support/raw-h2.ts';

const ANY_STREAM = 2 ** 31 - 1;
const AGE_MS = 1000;
const GRACE_MS = 5000;
const LIMITS: Limits = { ...DEFAULT_LIMITS, maxConnectionAgeMs: AGE_MS, connectionAgeGraceMs: GRACE_MS };
const NO_ERROR = 0;
const REFUSED = 7;
const CANCEL = 8;

/** One connection, greeted at the instant 0; time passes only by `tick`. */
class Scene {
  readonly raw: RawH2;
  readonly connection: Connection;
  readonly abuse: string[];
  readonly #clock: { now: number };

  private constructor(raw: RawH2, connection: Connection, seen: { abuse: string[]; clock: { now: number } }) {
    this.raw = raw;
    this.connection = connection;
    this.abuse = seen.abuse;
    this.#clock = seen.clock;
  }

  static async open(limits: Partial<Limits> = {}, jitter = 0, window = 65_535): Promise<Scene> {
    const listener = createServer({ noDelay: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const connecting = once(listener, 'connection') as Promise<[Socket]>;
    const clock = { now: 0 };
    const abuse: string[] = [];
    const accepted = connecting.then(
      ([socket]) =>
        new Connection(socket, {
          routes: labRoutes({ slowCalls: 0, slowAtWork: 0, openChats: 0 }),
          limits: { ...LIMITS, maxConnectionAgeMs: Infinity, ...limits },
          hooks: { onAbuse: (kind) => abuse.push(kind) },
          now: () => clock.now,
          flushQueue: new FlushQueue(),
          jitter,
          onClosed: () => undefined,
        }),
    );
    const raw = await RawH2.greet((listener.address() as AddressInfo).port, [SETTING.initialWindowSize, window]);
    listener.close();
    const scene = new Scene(raw, await accepted, { abuse, clock });
    await scene.settled();
    return scene;
  }

  tick(now: number): void {
    this.#clock.now = now;
    this.connection.tick(now);
  }

  /** What was sent before was seen; false: the connection is closed. */
  async settled(): Promise<boolean> {
    return !(await this.raw.closes());
  }

  /** The last stream that each GOAWAY names. */
  get goaways(): number[] {
    return this.raw.frames.filter(({ type }) => type === TYPE.goaway).map(({ payload }) => payload.readUInt32BE());
  }

  /** The server's own pings. */
  get pings(): string[] {
    return this.raw.frames
      .filter(({ type, flags }) => type === TYPE.ping && flags === 0)
      .map(({ payload }) => payload.toString());
  }

  answerPing(): void {
    this.raw.write(frame(TYPE.ping, ACK, 0, Buffer.from(this.pings.at(-1) ?? '')));
  }

  [Symbol.dispose](): void {
    this.raw.destroy();
  }
}

suite('the age of a connection', () => {
  for (const [jitter, leavesAt] of [
    [-1, 900],
    [0, 1000],
    [1, 1100],
  ] as const) {
    test(`is over at ${leavesAt} ms of ${AGE_MS} with a jitter of ${jitter}`, async () => {
      using scene = await Scene.open({ maxConnectionAgeMs: AGE_MS }, jitter);
      scene.tick(leavesAt - 1);
      assert.equal(await scene.settled(), true);
      assert.deepEqual(scene.goaways, []);
      scene.tick(leavesAt);
      assert.equal(await scene.settled(), true);
      assert.deepEqual(scene.goaways, [ANY_STREAM]);
    });
  }

  test('has no end unless it is given one', async () => {
    using scene = await Scene.open({ keepaliveMs: Infinity });
    scene.tick(1e12);
    assert.equal(await scene.settled(), true);
    assert.deepEqual(scene.goaways, []);
  });

  test('ends it without losing a call: the client is told twice, and the second time from where on', async () => {
    using scene = await Scene.open({ maxConnectionAgeMs: AGE_MS });
    const { raw } = scene;
    raw.write(openCall(1, CHAT));
    await scene.settled();
    scene.tick(AGE_MS);
    await raw.next(({ type }) => type === TYPE.goaway);
    // The client has not read that yet.
    raw.write(unaryCall(3, ECHO));
    assert.equal(await statusOn(raw, 3), '0');
    scene.answerPing();
    await raw.next(({ type, payload }) => type === TYPE.goaway && payload.readUInt32BE() === 3);
    raw.write(unaryCall(5, ECHO));
    assert.equal((await answerOn(raw, 5)).reset, REFUSED);
    raw.write(data(1, grpcMessage(Buffer.from('goes on')), END_STREAM));
    assert.equal(await statusOn(raw, 1), '0');
    await raw.closed();
    assert.deepEqual([scene.goaways, raw.goaway, scene.abuse], [[ANY_STREAM, 3], NO_ERROR, []]);
  });

  test('ends it, too, when its ping is not answered', async () => {
    using scene = await Scene.open({ maxConnectionAgeMs: AGE_MS });
    scene.tick(AGE_MS);
    scene.tick(AGE_MS + 1000);
    assert.equal(await scene.settled(), true);
    scene.tick(AGE_MS + 1001);
    await scene.raw.closed();
    assert.deepEqual(scene.goaways, [ANY_STREAM, 0]);
  });

  test('leaves calls so much time, and then cuts them', async () => {
    using scene = await Scene.open({ maxConnectionAgeMs: AGE_MS });
    scene.raw.write(openCall(1, CHAT));
    await scene.settled();
    scene.tick(AGE_MS);
    scene.tick(AGE_MS + GRACE_MS);
    assert.equal(await scene.settled(), true);
    scene.tick(AGE_MS + GRACE_MS + 1);
    await scene.raw.closed();
  });

  test('leaves calls the time of a drain instead, once there is one', async () => {
    using scene = await Scene.open({ maxConnectionAgeMs: AGE_MS, keepaliveMs: Infinity });
    scene.raw.write(openCall(1, CHAT));
    await scene.settled();
    scene.tick(AGE_MS);
    scene.connection.leave(Infinity);
    scene.tick(AGE_MS + GRACE_MS + 1);
    assert.equal(await scene.settled(), true);
    assert.equal(scene.goaways.length, 2);
  });
});

suite('a quiet connection', () => {
  const KEEPALIVE: Partial<Limits> = { keepaliveMs: 100, keepaliveTimeoutMs: 20 };

  test('is asked whether it is there, once, and is left alone when it is', async () => {
    using scene = await Scene.open(KEEPALIVE);
    scene.tick(100);
    assert.deepEqual(scene.pings, []);
    scene.tick(101);
    scene.tick(121);
    await scene.raw.next(({ type, flags }) => type === TYPE.ping && flags === 0);
    assert.deepEqual(scene.pings, ['are you?']);
    scene.answerPing();
    await scene.settled();
    scene.tick(201);
    assert.equal(await scene.settled(), true);
    assert.deepEqual([scene.pings.length, scene.abuse], [1, []]);
  });

  test('is cut off when it does not answer in time', async () => {
    using scene = await Scene.open(KEEPALIVE);
    scene.tick(101);
    scene.tick(121);
    assert.deepEqual(scene.abuse, []);
    scene.tick(122);
    await scene.raw.closed();
    assert.deepEqual(scene.abuse, ['keepalive']);
  });
});

suite('a reply that nobody takes', () => {
  test('is given up after a while, and the connection goes on', async () => {
    using scene = await Scene.open({ sendTimeoutMs: 100 }, 0, 0);
    scene.raw.write(unaryCall(1, BIG, uint32(10)));
    await scene.raw.next(({ type, stream }) => type === TYPE.headers && stream === 1);
    scene.tick(100);
    assert.deepEqual(scene.abuse, []);
    scene.tick(101);
    assert.equal((await answerOn(scene.raw, 1)).reset, CANCEL);
    assert.deepEqual([scene.abuse, await scene.settled()], [['slow_reader'], true]);
  });

  test('is kept for as long as the client takes some of it now and then', async () => {
    using scene = await Scene.open({ sendTimeoutMs: 100, keepaliveMs: Infinity }, 0, 0);
    scene.raw.write(unaryCall(1, BIG, uint32(4)));
    await scene.raw.next(({ type, stream }) => type === TYPE.headers && stream === 1);
    for (let took = 1; took <= 9; took += 1) {
      scene.tick(took * 90);
      scene.raw.write(frame(TYPE.windowUpdate, 0, 1, uint32(1)));
      await scene.settled();
      assert.equal(scene.raw.dataBytes(1), took);
    }
    assert.equal(await statusOn(scene.raw, 1), '0');
  });
});

test('a message that does not come to its end is given up after a while, and the connection goes on', async () => {
  using scene = await Scene.open({ messageTimeoutMs: 100 });
  scene.raw.write(openCall(1, CHAT));
  await scene.settled();
  scene.tick(1000);
  scene.raw.write(data(1, grpcMessage(Buffer.from('begun'), 10)));
  await scene.settled();
  scene.tick(1100);
  assert.deepEqual(scene.abuse, []);
  scene.tick(1101);
  assert.equal((await answerOn(scene.raw, 1)).reset, CANCEL);
  assert.deepEqual([scene.abuse, await scene.settled()], [['slow_message'], true]);
});

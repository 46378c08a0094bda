import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AbuseKind } from '../../src/transport/h2/options.ts';
import type { H2Report } from '../support/h2-lab.ts';
import { H2Process } from '../support/h2-process.ts';
import { CHAT, ECHO, SLOW } from '../support/h2-routes.ts';
import { HonestProcess } from '../support/honest-process.ts';
import {
  callHeaders,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  grpcMessage,
  kept,
  literal,
  openCall,
  RawH2,
  rstStream,
  SETTING,
  settings,
  TYPE,
  uint32,
  unaryCall,
  windowUpdate,
} from '../support/raw-h2.ts';

const MIB = 2 ** 20;
const NOTHING: Buffer = Buffer.alloc(0);

/** More than any attack needs; a server that takes them all has no limit. */
const TIMES = 3000;
/** Frames that are sent at once, so that the attacker is quicker than the server. */
const TOGETHER = 100;

/** Of the server, at its most in all of this: what a busy heap takes between two collections of garbage. */
const MAX_BYTES = 400 * MIB;

const WORK_MS = uint32(5000);
const MAX_WINDOW = 2 ** 31 - 1;

interface Flood {
  readonly name: string;
  /** As the hook is to count it. */
  readonly kind: AbuseKind;
  /** What has to be there before. */
  readonly prelude?: Buffer;
  /** What is sent, again and again; `index` counts. */
  readonly each: (index: number) => Buffer;
}

function id(index: number): number {
  return 2 * index + 1;
}

/** A call that takes long, and what makes the server reset it. */
function provoked(name: string, provocation: (stream: number) => Buffer): Flood {
  return {
    name,
    kind: 'control_frames',
    each: (index) => Buffer.concat([unaryCall(id(index), SLOW, WORK_MS), provocation(id(index))]),
  };
}

function control(name: string, bytes: Buffer, prelude = NOTHING): Flood {
  return { name, kind: 'control_frames', prelude, each: () => bytes };
}

const open = openCall(1, CHAT);

/** All end the connection. */
const FLOODS: readonly Flood[] = [
  provoked('MadeYouReset by WINDOW_UPDATE of 0', (stream) => windowUpdate(stream, 0)),
  provoked('MadeYouReset by a window that overflows', (stream) => windowUpdate(stream, MAX_WINDOW)),
  provoked('MadeYouReset by DATA on a half-closed stream', (stream) => data(stream, NOTHING)),
  provoked('MadeYouReset by HEADERS on a half-closed stream', (stream) => openCall(stream, SLOW)),
  provoked('MadeYouReset by a PRIORITY that depends on itself', (stream) =>
    frame(TYPE.priority, 0, stream, Buffer.concat([uint32(stream), Buffer.from([1])])),
  ),
  provoked('MadeYouReset by a PRIORITY of 4 bytes', (stream) => frame(TYPE.priority, 0, stream, uint32(0))),
  {
    name: 'MadeYouReset by a wrong content-length',
    kind: 'control_frames',
    each: (index) =>
      Buffer.concat([
        openCall(id(index), SLOW, ['content-length', '8']),
        data(id(index), grpcMessage(WORK_MS), END_STREAM),
      ]),
  },
  {
    name: 'MadeYouReset by malformed headers',
    kind: 'control_frames',
    each: (index) => openCall(id(index), SLOW, ['Upper', 'case']),
  },
  control('SETTINGS', settings([SETTING.initialWindowSize, 65_535])),
  control('empty SETTINGS', settings()),
  control('PING', frame(TYPE.ping, 0, 0, Buffer.alloc(8))),
  control('acknowledgements of PINGs that were never sent', frame(TYPE.ping, 1, 0, Buffer.alloc(8))),
  control('PRIORITY', frame(TYPE.priority, 0, 1, Buffer.alloc(5))),
  control('RST_STREAM on a closed stream', rstStream(1), Buffer.concat([open, rstStream(1)])),
  control('frames of unknown types', frame(0x42, 0, 0, Buffer.alloc(8))),
  control('GOAWAY', frame(TYPE.goaway, 0, 0, Buffer.alloc(8))),
  control('empty DATA', data(1, NOTHING), open),
  control('DATA that is nothing but padding', frame(TYPE.data, 0x8, 1, Buffer.from([3, 0, 0, 0])), open),
  control('WINDOW_UPDATE of the connection', windowUpdate(0, 1)),
  control('WINDOW_UPDATE of a stream', windowUpdate(1, 1), open),
  {
    name: 'CONTINUATION without an end',
    kind: 'continuation',
    prelude: frame(TYPE.headers, 0, 1, callHeaders(ECHO)),
    each: () => frame(TYPE.continuation, 0, 1, literal('x-more', 'x'.repeat(1000))),
  },
  {
    name: 'empty CONTINUATION without an end',
    kind: 'continuation',
    prelude: frame(TYPE.headers, 0, 1, callHeaders(ECHO)),
    each: () => frame(TYPE.continuation, 0, 1, NOTHING),
  },
  {
    name: 'an HPACK bomb',
    kind: 'header_list',
    // A field of 4 kB in the table, and 15,000 bytes that each name it.
    prelude: frame(
      TYPE.headers,
      END_HEADERS | END_STREAM,
      1,
      Buffer.concat([kept('x-bomb', 'x'.repeat(3900)), callHeaders(ECHO)]),
    ),
    each: (index) => frame(TYPE.headers, END_HEADERS | END_STREAM, id(index + 1), Buffer.alloc(15_000, 0xbe)),
  },
  {
    name: 'endless metadata',
    kind: 'header_list',
    each: (index) =>
      openCall(id(index), ECHO, ...Array.from({ length: 200 }, () => ['x-meta', 'y'.repeat(70)] as const)),
  },
  {
    name: 'many tiny fields',
    kind: 'header_list',
    each: (index) => frame(TYPE.headers, END_HEADERS, id(index), Buffer.alloc(16_000, 0x82)),
  },
];

describe('a server under a flood', () => {
  let server: H2Process;
  let honest: HonestProcess;
  before(async () => {
    server = await H2Process.start();
    honest = await HonestProcess.start({ port: server.port, meanMs: 50, seed: 11 });
  });
  after(async () => {
    await honest.stop();
    await server.stop();
  });

  for (const { name, kind, prelude = NOTHING, each } of FLOODS) {
    it(`ends the connection of ${name}`, async () => {
      const before = await server.report();
      const raw = await RawH2.greet(server.port);
      raw.write(prelude);
      const ended = await raw.flood((index) => together(each, index), TIMES);
      assert.ok(ended, `${TIMES * TOGETHER} of them were taken`);
      const report = await server.report();
      assert.ok(count(report, kind) > count(before, kind), JSON.stringify(report.abuse));
      assert.ok(server.peakBytes() < MAX_BYTES, `it took ${server.peakBytes()} bytes`);
      assert.deepEqual((await honest.fared()).offences, []);
    });
  }

  it('never works on more calls than it allows, however quickly they are reset', async () => {
    const before = await server.report();
    const raw = await RawH2.greet(server.port);
    const reset = (index: number): Buffer =>
      Buffer.concat([unaryCall(id(index), SLOW, uint32(60_000)), rstStream(id(index))]);
    await raw.flood((index) => together(reset, index), TIMES / 10);
    const report = await server.report();
    const { answered, cancelled } = await honest.fared();
    assert.ok(report.slowCalls - before.slowCalls <= 384 + answered + cancelled, `${report.slowCalls} calls began`);
    assert.ok(count(report, 'refused_streams') > count(before, 'refused_streams'));
    assert.ok(server.peakBytes() < MAX_BYTES, `it took ${server.peakBytes()} bytes`);
    assert.deepEqual((await honest.fared()).offences, []);
    raw.destroy();
  });

  it('keeps its memory while headers thrash the table', async () => {
    const raw = await RawH2.greet(server.port);
    const thrash = (index: number): Buffer => {
      const fields = Array.from({ length: 12 }, (_, at) => kept(`x-${index}-${at}`, 'v'.repeat(900)));
      const block = Buffer.concat([callHeaders(ECHO), ...fields]);
      return Buffer.concat([
        frame(TYPE.headers, END_HEADERS, id(index), block),
        data(id(index), grpcMessage(NOTHING), END_STREAM),
      ]);
    };
    const ended = await raw.flood(thrash, TIMES);
    assert.equal(ended, false, 'headers within the limits are no offence');
    assert.ok(server.peakBytes() < MAX_BYTES, `it took ${server.peakBytes()} bytes`);
    assert.deepEqual((await honest.fared()).offences, []);
    raw.destroy();
  });

  it('spends next to nothing on a bomb, since it stops reading where the list is full', async () => {
    const before = (await server.report()).cpuMs;
    const bombs = 200;
    for (let index = 0; index < bombs; index += 1) {
      const raw = await RawH2.greet(server.port);
      raw.write(
        frame(TYPE.headers, END_HEADERS, 1, Buffer.concat([kept('x', 'x'.repeat(4000)), Buffer.alloc(12_000, 0xbe)])),
      );
      await raw.closed();
    }
    const perBomb = ((await server.report()).cpuMs - before) / bombs;
    // Each would make 48 MB. The bound is loose: the honest client is at work meanwhile.
    assert.ok(perBomb < 20, `${perBomb} ms of CPU a bomb`);
  });

  it('has answered the honest client all the while', async () => {
    const { answered, offences } = await honest.fared();
    assert.deepEqual(offences, []);
    assert.ok(answered > 100, `${answered} answers`);
  });
});

function count({ abuse }: H2Report, kind: AbuseKind): number {
  return abuse[kind] ?? 0;
}

function together(each: (index: number) => Buffer, index: number): Buffer {
  return Buffer.concat(Array.from({ length: TOGETHER }, (_, at) => each(index * TOGETHER + at)));
}

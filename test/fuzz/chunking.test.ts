import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameReader, type FrameSink } from '../../src/transport/h2/frame-reader.ts';
import { HpackDecoder } from '../../src/transport/h2/hpack/decoder.ts';
import { H2Lab } from '../support/h2-lab.ts';
import { Prng } from '../support/prng.ts';
import { END_STREAM, type Frame, RawH2, TYPE, windowUpdate } from '../support/raw-h2.ts';
import { checkServerFrames } from './server-watch.ts';
import { Fuzz } from './sessions.ts';

const SEED = 20_261_124;
const SESSIONS = 40;

/** How large the pieces are, at most. */
const CUTS = [1, 2, 7, 100, 5000];

describe('bytes that come in other pieces', () => {
  it('are the same frames', () => {
    const fuzz = new Fuzz(new Prng(SEED));
    for (let count = 0; count < SESSIONS; count += 1) {
      const bytes = fuzz.goodSession();
      const whole = eventsOf([bytes]);
      for (const most of CUTS) assert.deepEqual(eventsOf(fuzz.chunks(bytes, most)), whole, `session ${count}, ${most}`);
    }
  });

  it('fail at the same place, the same way', () => {
    const fuzz = new Fuzz(new Prng(SEED));
    for (let count = 0; count < 2 * SESSIONS; count += 1) {
      const bytes = fuzz.session();
      const whole = eventsOf([bytes]);
      for (const most of CUTS) assert.deepEqual(eventsOf(fuzz.chunks(bytes, most)), whole, `session ${count}, ${most}`);
    }
  });

  it('get the same answers', async () => {
    const fuzz = new Fuzz(new Prng(SEED));
    using server = await H2Lab.open();
    for (let count = 0; count < SESSIONS / 2; count += 1) {
      const bytes = fuzz.goodSession();
      const whole = await answersTo(server.port, [bytes]);
      assert.ok(whole.length > 0);
      for (const most of CUTS.filter((cut) => bytes.length / cut < 5000)) {
        assert.deepEqual(await answersTo(server.port, fuzz.chunks(bytes, most)), whole, `session ${count}, ${most}`);
      }
    }
  });
});

/** Each frame, its payload whole, and the error at the end if there is one. */
function eventsOf(chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  let body = '';
  const sink: FrameSink = {
    dataHead: (stream, flags, length) => events.push(`data ${stream} ${flags} ${length}`),
    dataPiece: (chunk, from, to) => (body += chunk.toString('hex', from, to)),
    dataEnd: () => {
      events.push(body);
      body = '';
    },
    frame: (type, flags, stream, payload) =>
      events.push(`${type} ${flags} ${stream} ${payload.length} ${payload.toString('hex')}`),
  };
  const reader = new FrameReader(sink);
  try {
    for (const chunk of chunks) reader.push(chunk);
  } catch (caught) {
    events.push(String(caught));
  }
  events.push(body);
  return events;
}

/** For each stream what came on it: headers, body, and how it ended. */
async function answersTo(port: number, chunks: readonly Buffer[]): Promise<string[]> {
  using raw = await RawH2.dial(port);
  for (const chunk of chunks) {
    raw.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  raw.write(windowUpdate(0, 2 ** 24));
  assert.equal(await raw.closes(), false, raw.farewell);
  raw.socket.end();
  await raw.closed();
  checkServerFrames(raw.frames);
  return streamsOf(raw.frames);
}

function streamsOf(frames: readonly Frame[]): string[] {
  const decoder = new HpackDecoder({ maxTableBytes: 4096, maxListBytes: 65_536, maxFields: 100 });
  const streams = new Map<number, string>();
  for (const { type, flags, stream, payload } of frames) {
    if (stream === 0 || type === TYPE.windowUpdate) continue;
    const before = streams.get(stream) ?? `${stream}:`;
    const end = (flags & END_STREAM) !== 0 && type !== TYPE.rstStream ? ' END' : '';
    if (type === TYPE.headers) {
      const { fields } = decoder.decode(payload);
      streams.set(stream, `${before} ${fields.map(({ name, value }) => `${name}=${value}`).join(' ')}${end} `);
    } else if (type === TYPE.rstStream) {
      streams.set(stream, `${before} RST ${payload.toString('hex')}`);
    } else {
      streams.set(stream, `${before}${payload.toString('hex')}${end}`);
    }
  }
  return [...streams.entries()].sort(([a], [b]) => a - b).map(([, text]) => text);
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { AbuseKind } from '../../src/transport/h2/options.ts';
import { type Certificate, selfSigned } from '../support/certificate.ts';
import { H2Lab } from '../support/h2-lab.ts';
import { CHAT, ECHO } from '../support/h2-routes.ts';
import {
  callHeaders,
  data,
  END_HEADERS,
  frame,
  literal,
  openCall,
  PREFACE,
  RawH2,
  settings,
  TYPE,
  uint32,
  unaryCall,
  windowUpdate,
} from '../support/raw-h2.ts';
import { until } from '../support/until.ts';

const NOTHING = Buffer.alloc(0);
const CODE = { protocol: 1, flowControl: 3, frameSize: 6, compression: 9, calm: 11 };

interface Offence {
  readonly what: string;
  readonly bytes: Buffer;
  readonly code: number;
  readonly kind: AbuseKind;
}

/** After the greeting. h2spec has many more; here is one of each kind that ends a connection. */
const OFFENCES: readonly Offence[] = [
  { what: 'DATA on a stream that was never opened', bytes: data(1, NOTHING), code: CODE.protocol, kind: 'protocol' },
  { what: 'a stream of the server', bytes: openCall(2, ECHO), code: CODE.protocol, kind: 'protocol' },
  {
    what: 'a frame in the middle of a header block',
    bytes: Buffer.concat([frame(TYPE.headers, 0, 1, callHeaders(ECHO)), frame(TYPE.ping, 0, 0, Buffer.alloc(8))]),
    code: CODE.protocol,
    kind: 'protocol',
  },
  { what: 'a PING of 7 bytes', bytes: frame(TYPE.ping, 0, 0, Buffer.alloc(7)), code: CODE.frameSize, kind: 'protocol' },
  {
    what: 'a window of the connection that overflows',
    bytes: windowUpdate(0, 2 ** 31 - 1),
    code: CODE.flowControl,
    kind: 'flow_control',
  },
  {
    what: 'a header block that names an entry that is not there',
    bytes: frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0xff, 0x10])),
    code: CODE.compression,
    kind: 'compression',
  },
  {
    what: 'a header table larger than was announced',
    bytes: frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0x3f, 0xff, 0xff, 0x03])),
    code: CODE.compression,
    kind: 'compression',
  },
  {
    what: 'a header of 17 kB',
    bytes: Buffer.concat([
      frame(TYPE.headers, 0, 1, callHeaders(ECHO)),
      frame(TYPE.continuation, 0, 1, literal('x', 'y'.repeat(17_000)).subarray(0, 9000)),
      frame(TYPE.continuation, END_HEADERS, 1, Buffer.alloc(8010, 'y')),
    ]),
    code: CODE.calm,
    kind: 'continuation',
  },
  {
    what: 'a frame of 16,385 bytes',
    bytes: frame(TYPE.settings, 0, 0, NOTHING, 16_385),
    code: CODE.frameSize,
    kind: 'frame_too_large',
  },
];

describe('a rule that is broken', () => {
  for (const { what, bytes, code, kind } of OFFENCES) {
    it(`ends the connection, is named and counted: ${what}`, async () => {
      using server = await H2Lab.open();
      using raw = await RawH2.greet(server.port);
      raw.write(bytes);
      await raw.closed();
      assert.equal(raw.goaway, code);
      assert.ok((raw.farewell ?? '').length > 10, raw.farewell);
      assert.deepEqual(server.report.abuse, { [kind]: 1 });
    });
  }

  it('ends that connection alone, and the calls on it', async () => {
    using server = await H2Lab.open();
    using other = await RawH2.greet(server.port);
    using raw = await RawH2.greet(server.port);
    other.write(openCall(1, CHAT));
    for (const stream of [1, 3, 5]) raw.write(openCall(stream, CHAT));
    await until(() => server.report.openChats === 4);
    raw.write(data(99, NOTHING));
    await raw.closed();
    await until(() => server.report.openChats === 1);
    assert.equal(other.isClosed, false);
  });

  it('is told when it is the first: HTTP/1.1', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.dial(server.port);
    raw.write(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    await raw.closed();
    assert.match(raw.farewell ?? '', /HTTP\/2/);
    assert.deepEqual(server.report.abuse, { bad_preface: 1 });
  });

  it('is told when it is the first: a preface without SETTINGS', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.dial(server.port);
    raw.write(Buffer.concat([PREFACE, unaryCall(1, ECHO)]));
    await raw.closed();
    assert.equal(raw.goaway, CODE.protocol);
  });

  it('ends the call alone where it concerns one stream', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, CHAT));
    raw.write(openCall(3, CHAT));
    raw.write(windowUpdate(1, 0));
    const { stream, payload } = await raw.next(({ type }) => type === TYPE.rstStream);
    assert.deepEqual([stream, payload.readUInt32BE()], [1, CODE.protocol]);
    await until(() => server.report.openChats === 1);
    assert.equal(await raw.closes(), false);
  });

  it('may be an unknown setting, flag or frame, which is ignored', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(settings([0x99, 1]));
    raw.write(frame(0xfe, 0xff, 7, uint32(1)));
    raw.write(frame(TYPE.ping, 0xfe, 0, Buffer.alloc(8)));
    assert.equal(await raw.closes(), false);
    assert.deepEqual(server.report.abuse, {});
  });
});

describe('a connection over TLS', { concurrency: true }, () => {
  let certificate: Certificate;
  before(async () => {
    certificate = await selfSigned();
  });
  after(() => rm(dirname(certificate.certFile), { recursive: true }));

  it('is closed when its handshake does not come', async () => {
    using server = await H2Lab.open({ headersTimeoutMs: 300 }, certificate);
    using raw = await RawH2.dial(server.port);
    await raw.closed();
    assert.deepEqual(server.report.abuse, { bad_preface: 1 });
  });

  it('is closed when it begins without TLS', async () => {
    using server = await H2Lab.open({}, certificate);
    using raw = await RawH2.dial(server.port);
    raw.write(PREFACE);
    await raw.closed();
    assert.deepEqual(server.report.abuse, { bad_preface: 1 });
  });

  it('is closed when the client does not agree on h2', async () => {
    using server = await H2Lab.open({}, certificate);
    for (const ALPNProtocols of [['http/1.1'], []]) {
      const socket = connectTls({ port: server.port, host: '127.0.0.1', ALPNProtocols, rejectUnauthorized: false });
      socket.on('error', () => undefined);
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    assert.equal(server.report.connections, 0);
  });

  it('is closed when the client has no certificate and needs one', async () => {
    using server = await H2Lab.open({}, { ...certificate, clientCa: certificate.cert });
    const answers = async (own: object): Promise<boolean> => {
      const place = { port: server.port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false };
      const socket = connectTls({ ...place, ...own });
      socket.on('error', () => undefined);
      socket.write(PREFACE);
      const answered = await Promise.race([
        once(socket, 'data').then(
          () => true,
          () => false,
        ),
        new Promise<boolean>((resolve) => socket.once('close', () => resolve(false))),
      ]);
      socket.destroy();
      return answered;
    };
    assert.equal(await answers({}), false);
    assert.equal(await answers({ key: certificate.key, cert: certificate.cert }), true);
  });
});

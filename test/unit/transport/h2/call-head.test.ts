/** What a call's headers may be, and the name of what is wrong with those that may not. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkTrailers, readCallHead } from '../../../../src/transport/h2/call-head.ts';
import { HeaderList } from '../../../../src/transport/h2/hpack/header-list.ts';

type Field = readonly [name: string, value: string];

const METHOD: Field = [':method', 'POST'];
const SCHEME: Field = [':scheme', 'http'];
const PATH: Field = [':path', '/package.Service/Method'];
const GRPC: Field = ['content-type', 'application/grpc'];
const GOOD: readonly Field[] = [METHOD, SCHEME, PATH, [':authority', 'here'], ['te', 'trailers'], GRPC];

function listOf(fields: readonly Field[]): HeaderList {
  return new HeaderList(fields.map(([name, value]) => ({ name, value })));
}

function headOf(...more: readonly Field[]) {
  return readCallHead(listOf([...GOOD, ...more]));
}

/** PROTOCOL_ERROR on the stream alone. */
function malformed(says: string) {
  return { name: 'StreamError', code: 1, message: `the request has ${says}` };
}

suite('the head of a call', () => {
  test('is read from its headers', () => {
    const head = headOf(['grpc-encoding', 'gzip'], ['content-length', '17'], ['x-own', 'a'], ['x-own', 'b']);
    const { metadata, ...rest } = head;
    assert.deepEqual(rest, {
      path: '/package.Service/Method',
      timeoutMs: Infinity,
      encoding: 'gzip',
      contentLength: 17,
      method: 'POST',
      isGrpc: true,
    });
    assert.deepEqual(metadata.fields(), [
      ['content-length', '17'],
      ['x-own', 'a'],
      ['x-own', 'b'],
    ]);
    assert.deepEqual(
      [metadata.get('x-own'), metadata.getter('te'), metadata.get('none')],
      ['a', 'trailers', undefined],
    );
  });

  test('needs neither an authority nor a te', () => {
    assert.equal(readCallHead(listOf([METHOD, SCHEME, PATH, GRPC])).isGrpc, true);
  });

  test('is read once for equal blocks', () => {
    const list = listOf(GOOD);
    const head = readCallHead(list);
    assert.equal(readCallHead(list), head);
    assert.notEqual(readCallHead(listOf(GOOD)), head);
  });

  for (const [what, fields, says] of [
    ['without a method', [SCHEME, PATH], 'a request without :method'],
    ['without a scheme', [METHOD, PATH], 'a request without :scheme'],
    ['without a path', [METHOD, SCHEME], 'a request without :path'],
    ['with an empty path', [METHOD, SCHEME, [':path', '']], 'a request without :path'],
    ['with a path twice', [METHOD, SCHEME, PATH, PATH], ':path twice'],
    ['with an unknown pseudo-header', [METHOD, SCHEME, PATH, [':status', '200']], 'the unknown pseudo-header :status'],
    ['with a pseudo-header after others', [METHOD, SCHEME, GRPC, PATH], ':path after other headers'],
    ['with a name in capitals', [...GOOD, ['X-Own', 'a']], 'a header whose name is not one'],
    ['with an empty name', [...GOOD, ['', 'a']], 'a header whose name is not one'],
    ['with a space in a name', [...GOOD, ['x own', 'a']], 'a header whose name is not one'],
    [
      'with a connection header',
      [...GOOD, ['connection', 'close']],
      'the header connection, which HTTP/2 does not have',
    ],
    ['with keep-alive', [...GOOD, ['keep-alive', '5']], 'the header keep-alive, which HTTP/2 does not have'],
    [
      'with proxy-connection',
      [...GOOD, ['proxy-connection', 'x']],
      'the header proxy-connection, which HTTP/2 does not have',
    ],
    [
      'with transfer-encoding',
      [...GOOD, ['transfer-encoding', 'chunked']],
      'the header transfer-encoding, which HTTP/2 does not have',
    ],
    ['with upgrade', [...GOOD, ['upgrade', 'h2c']], 'the header upgrade, which HTTP/2 does not have'],
    ['with another te', [METHOD, SCHEME, PATH, ['te', 'gzip']], 'a te other than trailers'],
    ['with a line break in a value', [...GOOD, ['x-own', 'a\nb']], 'a line break in the value of x-own'],
    ['with a carriage return', [...GOOD, ['x-own', 'a\rb']], 'a line break in the value of x-own'],
    ['with a NUL', [...GOOD, ['x-own', '\0']], 'a line break in the value of x-own'],
    ['with a length that is none', [...GOOD, ['content-length', '-1']], 'a content-length that is no number'],
    ['with an endless length', [...GOOD, ['content-length', '1'.repeat(16)]], 'a content-length that is no number'],
  ] as const) {
    test(`is malformed ${what}, each time`, () => {
      for (let time = 0; time < 2; time += 1) assert.throws(() => readCallHead(listOf(fields)), malformed(says));
    });
  }

  test('is that of a gRPC call by its method and content type', () => {
    const isGrpc = (method: string, type: string): boolean =>
      readCallHead(listOf([[':method', method], SCHEME, PATH, ['content-type', type]])).isGrpc;
    for (const type of ['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8']) {
      assert.equal(isGrpc('POST', type), true, type);
      assert.equal(isGrpc('GET', type), false, type);
    }
    for (const type of ['application/grpc-web', 'application/json', 'text/application/grpc']) {
      assert.equal(isGrpc('POST', type), false, type);
    }
    assert.equal(readCallHead(listOf([METHOD, SCHEME, PATH])).isGrpc, false);
  });

  test('tells the encoding of messages; identity is none', () => {
    assert.equal(headOf().encoding, '');
    assert.equal(headOf(['grpc-encoding', 'identity']).encoding, '');
    assert.equal(headOf(['grpc-encoding', 'snappy']).encoding, 'snappy');
  });
});

suite('grpc-timeout', () => {
  const timeout = (value: string): number => headOf(['grpc-timeout', value]).timeoutMs;

  for (const [value, ms] of [
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3000],
    ['4m', 4],
    ['5000u', 5],
    ['6000000n', 6],
    ['0m', 0],
    ['00000007S', 7000],
    ['99999999H', 99_999_999 * 3_600_000],
  ] as const) {
    test(`of ${value} is ${ms} ms`, () => {
      assert.equal(timeout(value), ms);
    });
  }

  for (const value of ['', 'S', '5', '5s', '123456789S', '-1S', '1.5S', ' 5S', '5S ', '0x5S', '5HS']) {
    test(`of '${value}' cannot be read`, () => {
      assert.equal(timeout(value), NaN);
    });
  }
});

suite('trailers of a request', () => {
  const check = (...fields: Field[]) => checkTrailers(listOf(fields));

  test('may hold what headers may', () => {
    check(['x-own', 'a'], ['x-own-bin', 'AAA']);
    check();
  });

  test('hold no pseudo-header and nothing malformed', () => {
    assert.throws(() => check(['x', ''], [':path', '/']), malformed(':path among the trailers'));
    assert.throws(() => check(['X', '']), malformed('a header whose name is not one'));
    assert.throws(() => check(['x', 'a\r\nb']), malformed('a line break in the value of x'));
  });
});

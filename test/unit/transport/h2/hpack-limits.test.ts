/** What a header block may not do, at each limit and one past it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { HpackDecoder } from '../../../../src/transport/h2/hpack/decoder.ts';
import type { HpackLimits } from '../../../../src/transport/h2/hpack/decoder.ts';
import { encodeFields } from '../../../../src/transport/h2/hpack/encoder.ts';
import type { HeaderList } from '../../../../src/transport/h2/hpack/header-list.ts';

const MALFORMED = { name: 'HpackError', kind: 'compression' };
const TOO_LARGE = { name: 'HpackError', kind: 'too_large' };
const METHOD_GET = 0x82;
const LITERAL = 0x00;
const LITERAL_TO_KEEP = 0x40;
const NEWEST = 0x80 | 62;
/** It makes any block behind it malformed. */
const NO_INDEX = 0x80;

function decoderOf(limits: Partial<HpackLimits> = {}): HpackDecoder {
  return new HpackDecoder({ maxTableBytes: 4096, maxListBytes: 1e6, maxFields: 1e6, ...limits });
}

function integer(value: number, prefixBits: number): number[] {
  const most = 2 ** prefixBits - 1;
  if (value < most) return [value];
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

function text(value: string): number[] {
  return [...integer(value.length, 7), ...Buffer.from(value, 'latin1')];
}

function literal(kind: number, name: string, value: string): number[] {
  return [kind, ...text(name), ...text(value)];
}

function resize(bytes: number): number[] {
  const [first = 0, ...rest] = integer(bytes, 5);
  return [0x20 | first, ...rest];
}

function packed(...bytes: number[]): number[] {
  return [LITERAL, 1, 0x61, 0x80 | bytes.length, ...bytes];
}

function decode(decoder: HpackDecoder, ...bytes: number[]): HeaderList {
  return decoder.decode(Uint8Array.from(bytes));
}

suite('a header list', () => {
  test('counts names, values and 32 bytes a field, and may be as large as its limit', () => {
    const block = encodeFields([
      [':method', 'GET'],
      ['name', 'value'],
    ]);
    const bytes = ':methodGETnamevalue'.length + 2 * 32;
    assert.equal(decoderOf({ maxListBytes: bytes }).decode(block).fields.length, 2);
    assert.throws(() => decoderOf({ maxListBytes: bytes - 1 }).decode(block), TOO_LARGE);
    const indexed = encodeFields([[':method', 'GET']]);
    assert.equal(decoderOf({ maxListBytes: 42 }).decode(indexed).fields.length, 1);
    assert.throws(() => decoderOf({ maxListBytes: 41 }).decode(indexed), TOO_LARGE);
  });

  test('may have as many fields as its limit', () => {
    const decoder = decoderOf({ maxFields: 3 });
    assert.equal(decode(decoder, METHOD_GET, METHOD_GET, METHOD_GET).fields.length, 3);
    assert.throws(() => decode(decoder, METHOD_GET, METHOD_GET, METHOD_GET, METHOD_GET), TOO_LARGE);
  });

  test('is decoded no further than its limit: what stands behind it is not looked at', () => {
    const bomb = [...literal(LITERAL_TO_KEEP, 'a', 'b'.repeat(4000)), ...new Array<number>(16_000).fill(NEWEST)];
    assert.throws(() => decode(decoderOf({ maxListBytes: 2 * 4033 }), ...bomb, NO_INDEX), TOO_LARGE);
    assert.throws(() => decode(decoderOf({ maxListBytes: 1e9 }), ...bomb, NO_INDEX), MALFORMED);
  });

  test('has no string that is unpacked only to be refused', () => {
    const long = integer(3000, 7);
    const ones = new Array<number>(3000).fill(0xff);
    const block = [LITERAL, 1, 0x61, 0x80 | (long[0] ?? 0), ...long.slice(1), ...ones];
    // 3000 bytes of ones are no Huffman code; that they are at least 800 symbols is known before.
    assert.throws(() => decode(decoderOf({ maxListBytes: 832 }), ...block), TOO_LARGE);
    assert.throws(() => decode(decoderOf({ maxListBytes: 833 }), ...block), MALFORMED);
  });

  test('counts a packed string by what it is unpacked', () => {
    const zeros = packed(0, 0, 0, 0, 0);
    assert.equal(decode(decoderOf({ maxListBytes: 41 }), ...zeros).get('a'), '00000000');
    assert.throws(() => decode(decoderOf({ maxListBytes: 40 }), ...zeros), TOO_LARGE);
  });
});

suite('integers', () => {
  test('have at most four bytes behind their prefix', () => {
    const zeros = [0x7f, 0x80, 0x80, 0x80, 0x00];
    assert.equal(decode(decoderOf(), LITERAL, 1, 0x61, ...zeros, ...new Array<number>(127).fill(98)).fields.length, 1);
    assert.throws(() => decode(decoderOf(), LITERAL, 1, 0x61, 0x7f, 0x80, 0x80, 0x80, 0x80, 0x00), MALFORMED);
    assert.throws(() => decode(decoderOf(), 0xff, 0xff, 0xff, 0xff, 0x7f), MALFORMED);
  });

  test('that name an entry begin at 1 and end with the table', () => {
    assert.throws(() => decode(decoderOf(), NO_INDEX), MALFORMED);
    assert.equal(decode(decoderOf(), 0x80 | 61).fields[0]?.name, 'www-authenticate');
    assert.throws(() => decode(decoderOf(), NEWEST), MALFORMED);
    const decoder = decoderOf();
    decode(decoder, ...literal(LITERAL_TO_KEEP, 'a', 'b'));
    assert.equal(decode(decoder, NEWEST).get('a'), 'b');
    assert.equal(decode(decoder, 0x0f, 62 - 15, ...text('c')).get('a'), 'c');
    assert.throws(() => decode(decoder, NEWEST + 1), MALFORMED);
  });
});

suite('the table', () => {
  test('keeps a field that just fits, and is emptied by one that does not', () => {
    const decoder = decoderOf();
    decode(decoder, ...literal(LITERAL_TO_KEEP, 'a', 'b'.repeat(4096 - 33)));
    assert.equal(decode(decoder, NEWEST).get('a')?.length, 4063);
    decode(decoder, ...literal(LITERAL_TO_KEEP, 'a', 'b'.repeat(4096 - 32)));
    assert.throws(() => decode(decoder, NEWEST), MALFORMED);
  });

  test('holds 128 fields without a byte, and forgets the oldest for the next', () => {
    const decoder = decoderOf();
    for (let at = 0; at < 128; at += 1) decode(decoder, ...literal(LITERAL_TO_KEEP, '', ''));
    assert.equal(decode(decoder, 0xff, 62 + 127 - 127).fields.length, 1);
    decode(decoder, ...literal(LITERAL_TO_KEEP, '', ''));
    assert.throws(() => decode(decoder, 0xff, 62 + 128 - 127), MALFORMED);
  });

  test('forgets the oldest first', () => {
    const decoder = decoderOf();
    decode(decoder, ...resize(2 * 34), ...['a', 'b', 'c'].flatMap((name) => literal(LITERAL_TO_KEEP, name, '1')));
    assert.deepEqual(
      decode(decoder, NEWEST, NEWEST + 1).fields.map(({ name }) => name),
      ['c', 'b'],
    );
    assert.throws(() => decode(decoder, NEWEST + 2), MALFORMED);
  });

  test('lends its name to a field that drives the entry out', () => {
    const decoder = decoderOf();
    decode(decoder, ...resize(40), ...literal(LITERAL_TO_KEEP, 'name', 'old'));
    assert.equal(decode(decoder, 0x40 | 62, ...text('new')).get('name'), 'new');
    assert.equal(decode(decoder, NEWEST).get('name'), 'new');
  });

  test('grows to what was announced and not beyond', () => {
    const decoder = decoderOf({ maxTableBytes: 8192 });
    decode(decoder, ...resize(8192), ...literal(LITERAL_TO_KEEP, 'a', 'b'.repeat(8192 - 33)));
    assert.equal(decode(decoder, NEWEST).fields.length, 1);
    assert.throws(() => decode(decoder, ...resize(8193)), MALFORMED);
  });

  test('has 4,096 bytes until it is told otherwise, whatever was announced', () => {
    const decoder = decoderOf({ maxTableBytes: 8192 });
    decode(decoder, ...literal(LITERAL_TO_KEEP, 'a', 'b'.repeat(4096 - 32)));
    assert.throws(() => decode(decoder, NEWEST), MALFORMED);
  });

  test('is resized at the start of a block, more than once if need be, and nowhere else', () => {
    const decoder = decoderOf();
    assert.deepEqual(decode(decoder, ...resize(0), ...resize(4096), METHOD_GET).fields.length, 1);
    assert.deepEqual(decode(decoder, ...resize(0)).fields, []);
    assert.throws(() => decode(decoder, METHOD_GET, ...resize(0)), MALFORMED);
  });
});

suite('Huffman code', () => {
  test('covers the symbols that have no place in a header, with the codes of RFC 7541', () => {
    for (const [bytes, symbol] of [
      [[0xff, 0xc7], 0],
      [[0xff, 0xff, 0xea], 9],
      [[0xff, 0xff, 0xff, 0xf3], 10],
      [[0xff, 0xff, 0xff, 0xf7], 13],
      [[0xff, 0xff, 0xff, 0xfb], 22],
      [[0xff, 0xff, 0xff, 0xcf], 127],
    ] as const) {
      assert.equal(decode(decoderOf(), ...packed(...bytes)).get('a'), String.fromCharCode(symbol));
    }
  });

  test('is padded by at most seven ones', () => {
    // 'X' has eight bits, 'a' five, ':' seven.
    assert.equal(decode(decoderOf(), ...packed(0xfc)).get('a'), 'X');
    assert.equal(decode(decoderOf(), ...packed(0x1f)).get('a'), 'a');
    assert.equal(decode(decoderOf(), ...packed()).get('a'), '');
    assert.equal(decode(decoderOf(), ...packed(0x18, 0xee, 0x7f)).get('a'), 'aa:');
    for (const bad of [[0xfc, 0xff], [0xff], [0x1e], [0x18], [0x18, 0xee, 0x7f, 0xff]]) {
      assert.throws(() => decode(decoderOf(), ...packed(...bad)), MALFORMED, Buffer.from(bad).toString('hex'));
    }
  });

  test('never has its end in a string', () => {
    assert.throws(() => decode(decoderOf(), ...packed(0xff, 0xff, 0xff, 0xff)), MALFORMED);
    assert.throws(() => decode(decoderOf(), ...packed(0xff, 0xff, 0xff, 0xfc, 0x1f)), MALFORMED);
  });
});

suite('a block', () => {
  test('that breaks off is malformed, wherever it does', () => {
    const fields: [string, string][] = [
      ['x-name', 'v'.repeat(200)],
      [':path', '/a'],
      ['n'.repeat(150), ''],
    ];
    const whole = encodeFields(fields);
    const ends = new Set(fields.map((_, at) => encodeFields(fields.slice(0, at)).length));
    for (let length = 0; length < whole.length; length += 1) {
      const part = whole.subarray(0, length);
      if (ends.has(length)) assert(decoderOf().decode(part).fields.length < fields.length);
      else assert.throws(() => decoderOf().decode(part), MALFORMED, `${length} bytes of it`);
    }
  });

  test('is the last one if it failed', () => {
    const decoder = decoderOf();
    decode(decoder, METHOD_GET);
    assert.throws(() => decode(decoder, NO_INDEX), MALFORMED);
    assert.throws(() => decode(decoder, METHOD_GET), MALFORMED);
  });

  test('gives repeated names in order, and the first by name', () => {
    const list = decoderOf().decode(
      encodeFields([
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ]),
    );
    assert.equal(list.fields.map(({ value }) => value).join(''), '123');
    assert.deepEqual([list.get('a'), list.get('c')], ['1', undefined]);
  });

  test('that comes again gives the same list, with what was kept there', () => {
    const decoder = decoderOf();
    const block = encodeFields([['name', 'v'.repeat(248)]]);
    assert.equal(block.length, 256);
    const list = decoder.decode(block);
    list.memo = 'mine';
    assert.equal(decoder.decode(Buffer.from(block)), list);
    assert.notEqual(decoder.decode(encodeFields([['name', 'w'.repeat(248)]])), list);
    const long = encodeFields([['name', 'v'.repeat(249)]]);
    assert.notEqual(decoder.decode(long), decoder.decode(long));
  });

  test('means something else once the table has changed', () => {
    const decoder = decoderOf();
    decode(decoder, ...literal(LITERAL_TO_KEEP, 'a', '1'));
    const before = decode(decoder, NEWEST);
    assert.equal(decode(decoder, NEWEST), before);
    decode(decoder, ...literal(LITERAL_TO_KEEP, 'a', '2'));
    assert.equal(decode(decoder, NEWEST).get('a'), '2');
    decode(decoder, ...resize(0));
    assert.throws(() => decode(decoder, NEWEST), MALFORMED);
  });

  test('that changes the table does so each time that it comes', () => {
    const decoder = decoderOf();
    const block = literal(LITERAL_TO_KEEP, 'a', 'b');
    for (let at = 0; at < 3; at += 1) {
      decode(decoder, ...block);
      assert.equal(decode(decoder, NEWEST + at).get('a'), 'b');
    }
  });
});

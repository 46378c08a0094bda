/** Every example of RFC 7541, appendix C. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BlockReader } from '../../../../src/transport/h2/hpack/block-reader.ts';
import { HpackDecoder } from '../../../../src/transport/h2/hpack/decoder.ts';
import type { HeaderField } from '../../../../src/transport/h2/hpack/header-list.ts';

const LIMITS = { maxTableBytes: 4096, maxListBytes: 4096, maxFields: 100 };
/** A block that says nothing but "the table has 256 bytes now", with which C.5 and C.6 begin. */
const TABLE_OF_256 = bytes('3fe1 01');

interface Example {
  readonly block: string;
  readonly fields: readonly string[];
  /** What the table holds afterwards, newest first. */
  readonly table: readonly string[];
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
}

function show(fields: readonly HeaderField[]): string[] {
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

/** The table is asked for entry after entry, which leaves it as it is. */
function check(decoder: HpackDecoder, { block, fields, table }: Example): void {
  assert.deepEqual(show(decoder.decode(bytes(block)).fields), fields);
  const indices = table.map((_, at) => 0x80 | (62 + at));
  assert.deepEqual(show(decoder.decode(Buffer.from(indices)).fields), table);
}

/** One entry more than there should be ends the decoder's life. */
function checkSequence(decoder: HpackDecoder, examples: readonly Example[]): void {
  for (const example of examples) check(decoder, example);
  const beyond = 0x80 | (62 + (examples.at(-1)?.table.length ?? 0));
  assert.throws(() => decoder.decode(Buffer.of(beyond)), { kind: 'compression' });
}

suite('C.1: integers', () => {
  for (const [block, prefixBits, value] of [
    ['0a', 5, 10],
    ['ea', 5, 10],
    ['1f9a0a', 5, 1337],
    ['2a', 8, 42],
  ] as const) {
    test(`${block} is ${value} behind a prefix of ${prefixBits} bits`, () => {
      const reader = new BlockReader();
      reader.open(bytes(block));
      assert.equal(reader.readInteger(prefixBits), value);
      assert(reader.isAtEnd);
    });
  }
});

suite('C.2: each kind of field', () => {
  const examples: Record<string, Example> = {
    'literal to be kept': {
      block: '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      fields: ['custom-key: custom-header'],
      table: ['custom-key: custom-header'],
    },
    'literal not to be kept': {
      block: '040c 2f73 616d 706c 652f 7061 7468',
      fields: [':path: /sample/path'],
      table: [],
    },
    'literal never to be kept': {
      block: '1008 7061 7373 776f 7264 0673 6563 7265 74',
      fields: ['password: secret'],
      table: [],
    },
    'an index': { block: '82', fields: [':method: GET'], table: [] },
  };
  for (const [name, example] of Object.entries(examples)) {
    test(name, () => checkSequence(new HpackDecoder(LIMITS), [example]));
  }
});

const REQUESTS: readonly Omit<Example, 'block'>[] = [
  {
    fields: [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
    table: [':authority: www.example.com'],
  },
  {
    fields: [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
    table: ['cache-control: no-cache', ':authority: www.example.com'],
  },
  {
    fields: [
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ],
    table: ['custom-key: custom-value', 'cache-control: no-cache', ':authority: www.example.com'],
  },
];

const FIRST_DATE = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const LAST_DATE = 'date: Mon, 21 Oct 2013 20:13:22 GMT';
const LOCATION = 'location: https://www.example.com';
const COOKIE = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';

const RESPONSES: readonly Omit<Example, 'block'>[] = [
  {
    fields: [':status: 302', 'cache-control: private', FIRST_DATE, LOCATION],
    table: [LOCATION, FIRST_DATE, 'cache-control: private', ':status: 302'],
  },
  {
    fields: [':status: 307', 'cache-control: private', FIRST_DATE, LOCATION],
    table: [':status: 307', LOCATION, FIRST_DATE, 'cache-control: private'],
  },
  {
    fields: [':status: 200', 'cache-control: private', LAST_DATE, LOCATION, 'content-encoding: gzip', COOKIE],
    table: [COOKIE, 'content-encoding: gzip', LAST_DATE],
  },
];

function sequence(expected: readonly Omit<Example, 'block'>[], blocks: readonly string[]): Example[] {
  return expected.map((one, at) => ({ ...one, block: blocks[at]! }));
}

test('C.3: requests without Huffman code', () => {
  const blocks = [
    '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '8286 84be 5808 6e6f 2d63 6163 6865',
    '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
  ];
  checkSequence(new HpackDecoder(LIMITS), sequence(REQUESTS, blocks));
});

test('C.4: requests with Huffman code', () => {
  const blocks = [
    '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
    '8286 84be 5886 a8eb 1064 9cbf',
    '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
  ];
  checkSequence(new HpackDecoder(LIMITS), sequence(REQUESTS, blocks));
});

test('C.5: responses without Huffman code, with a table that overflows', () => {
  const blocks = [
    '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d' +
      '546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '4803 3330 37c1 c0bf',
    '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f' +
      '6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b' +
      '2076 6572 7369 6f6e 3d31',
  ];
  const decoder = new HpackDecoder(LIMITS);
  assert.deepEqual(decoder.decode(TABLE_OF_256).fields, []);
  checkSequence(decoder, sequence(RESPONSES, blocks));
});

test('C.6: responses with Huffman code, with a table that overflows', () => {
  const blocks = [
    '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7' +
      '8f0b 97c8 e9ae 82ae 43d3',
    '4883 640e ffc1 c0bf',
    '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335' +
      'dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
  ];
  const decoder = new HpackDecoder(LIMITS);
  decoder.decode(TABLE_OF_256);
  checkSequence(decoder, sequence(RESPONSES, blocks));
});

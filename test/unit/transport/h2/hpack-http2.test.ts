/** HPACK against another's: what node:http2 encodes we decode alike, what we encode it does, what it refuses we refuse. */
import assert from 'node:assert/strict';
import { sensitiveHeaders } from 'node:http2';
import type { OutgoingHttpHeaders } from 'node:http2';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from '../../../../src/transport/h2/hpack/decoder.ts';
import { encodeFields } from '../../../../src/transport/h2/hpack/encoder.ts';
import type { HeaderList } from '../../../../src/transport/h2/hpack/header-list.ts';
import { HpackError } from '../../../../src/transport/h2/hpack/hpack-error.ts';
import type { HpackErrorKind } from '../../../../src/transport/h2/hpack/hpack-error.ts';
import { BlockSink, BlockSource } from '../../../support/http2-blocks.ts';
import { Prng } from '../../../support/prng.ts';

const MAX_TABLE_BYTES = 65_536;
const LIMITS = { maxTableBytes: MAX_TABLE_BYTES, maxListBytes: 2 ** 20, maxFields: 1000 };
/** nghttp2's server takes no header of more than 64 KiB in all. */
const LONGEST_VALUE = 20_000;

const TOKEN = 'abcdefghijklmnopqrstuvwxyz0123456789-_.';
const tokens = fc.string({ unit: fc.constantFrom(...Array.from(TOKEN)), minLength: 1, maxLength: 20 });
const names = fc.oneof(
  fc.constantFrom('user-agent', 'grpc-timeout', 'content-type', 'accept-encoding', 'authorization', 'date', 'x-a-bin'),
  tokens.map((token) => `x-${token}`),
);
/** Any byte that a header may hold. */
const latin1 = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .filter((byte) => byte !== 0x7f)
    .map((byte) => String.fromCharCode(byte)),
});
const values = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'identity', 'trailers-only', 'application/grpc', '99999u') },
  { weight: 6, arbitrary: latin1 },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: LONGEST_VALUE }).map((length) => 'long'.repeat(length / 4)) },
);
const fields = fc.array(fc.tuple(names, values), { maxLength: 12 });

type Step =
  | { readonly kind: 'allow'; readonly bytes: number }
  | { readonly kind: 'send'; readonly path: string; readonly fields: [string, string][]; readonly secrets: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('allow' as const),
        bytes: fc.constantFrom(0, 60, 300, 4096, 10_000, MAX_TABLE_BYTES),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        path: tokens.map((token) => `/${token}`),
        fields,
        secrets: fc.nat(3),
      }),
    },
  ),
  { minLength: 1, maxLength: 25 },
);

function flat(list: HeaderList): string[] {
  return list.fields.flatMap(({ name, value }) => [name, value]);
}

function headersOf({ path, fields: given, secrets }: Step & { kind: 'send' }): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': path,
    ...Object.fromEntries(given),
    [sensitiveHeaders]: given.slice(0, secrets).map(([name]) => name),
  };
}

test('what the client of node:http2 sends is decoded as its server decodes it, whatever became of its table', async () => {
  const property = fc.asyncProperty(steps, async (script) => {
    await using source = await BlockSource.open(MAX_TABLE_BYTES);
    await using sink = await BlockSink.open(MAX_TABLE_BYTES);
    const decoder = new HpackDecoder(LIMITS);
    for (const step of script) {
      if (step.kind === 'allow') {
        await source.allowTableBytes(step.bytes);
        continue;
      }
      const block = await source.blockOf(headersOf(step));
      const ours = flat(decoder.decode(block));
      assert.deepEqual(ours, await sink.read(block));
      const sent = new Map([...step.fields, [':path', step.path]]);
      for (const [name, value] of sent) assert.equal(ours[ours.indexOf(name) + 1], value);
    }
  });
  await fc.assert(property, { numRuns: 60, seed: 7541 });
});

test('what we encode is what the server of node:http2 reads', async () => {
  await using sink = await BlockSink.open();
  const property = fc.asyncProperty(tokens, fields, async (path, others) => {
    const unique = [...new Map(others)];
    const sent: [string, string][] = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', `/${path}`],
      [':authority', 'localhost'],
      ...unique,
    ];
    const block = encodeFields(sent);
    assert.deepEqual(await sink.read(block), sent.flat());
    assert.deepEqual(flat(new HpackDecoder(LIMITS).decode(block)), sent.flat());
  });
  await fc.assert(property, { numRuns: 200, seed: 9113 });
});

test('we encode any bytes so that we decode them', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some).toString('latin1'));
  const property = fc.property(fc.array(fc.tuple(bytes, bytes)), (sent) => {
    assert.deepEqual(flat(new HpackDecoder(LIMITS).decode(encodeFields(sent))), sent.flat());
  });
  fc.assert(property, { seed: 1 });
});

test('whole fields of the static table take a byte, and names of it one or two', () => {
  assert.deepEqual(encodeFields([[':status', '200']]), Buffer.of(0x88));
  assert.deepEqual(encodeFields([[':status', '404']]), Buffer.of(0x8d));
  assert.deepEqual(encodeFields([[':status', '201']]), Buffer.of(0x08, 3, ...Buffer.from('201')));
  assert.deepEqual(encodeFields([['content-type', 'a']]), Buffer.of(0x0f, 31 - 15, 1, 0x61));
  assert.deepEqual(encodeFields([]), Buffer.of());
});

/** A good block, and ones that were good behind it until one to three bytes were changed, added or left out. */
async function damagedBlocks(random: Prng, count: number): Promise<{ first: Buffer; damaged: Buffer[] }> {
  await using source = await BlockSource.open();
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const blockOf = async (id: number): Promise<Buffer> =>
    // What is sensitive stays out of the table, so that the blocks hang on the first alone.
    await source.blockOf({
      ':path': `/service/${below(3)}`,
      'x-id': `${id}`,
      te: 'trailers',
      [sensitiveHeaders]: ['x-id'],
    });
  const first = await blockOf(0);
  const damaged: Buffer[] = [];
  for (let at = 1; at <= count; at += 1) {
    const bytes = [...(await blockOf(at))];
    for (let changes = 1 + below(3); changes > 0; changes -= 1) {
      const place = below(bytes.length);
      const kind = below(3);
      if (kind === 0) bytes[place] = below(256);
      else if (kind === 1) bytes.splice(place, 1);
      else bytes.splice(place, 0, below(256));
    }
    damaged.push(Buffer.from(bytes));
  }
  return { first, damaged };
}

/** Fields of every kind, with bytes now and then that mean nothing. */
function randomBlock(random: Prng): Buffer {
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const someBytes = (count: number): number[] => Array.from({ length: count }, () => below(256));
  const string = (): number[] => {
    const length = below(12);
    return [length, ...someBytes(length)];
  };
  const bytes: number[] = [];
  for (let fields = below(12); fields > 0; fields -= 1) {
    const kind = below(40);
    if (kind === 0) bytes.push(...someBytes(3));
    else if (kind === 1) bytes.push(0x20 | below(32));
    else if (kind < 20) bytes.push(0x81 + below(64));
    else if (kind < 30) bytes.push([0, 0x10, 0x40][below(3)]!, ...string(), ...string());
    else bytes.push(0x41 + below(61), ...string());
  }
  return Buffer.from(bytes);
}

suite('bytes that nobody meant', () => {
  test('are malformed to us exactly when they are to node:http2', async () => {
    const { first, damaged } = await damagedBlocks(new Prng(42), 400);
    const verdicts = { malformed: 0, good: 0 };
    for (const block of damaged) {
      await using sink = await BlockSink.open();
      await sink.read(first);
      const decoder = new HpackDecoder({ ...LIMITS, maxTableBytes: 4096 });
      decoder.decode(first);
      const ours = verdictOn(decoder, block);
      assert.equal(ours, (await sink.findsMalformed(block)) ? 'compression' : 'good', block.toString('hex'));
      verdicts[ours === 'good' ? 'good' : 'malformed'] += 1;
    }
    assert(verdicts.malformed > 50 && verdicts.good > 50, JSON.stringify(verdicts));
  });

  test('give a list within the limits or an HpackError, and nothing else', () => {
    const random = new Prng(2023);
    const limits = { maxTableBytes: 4096, maxListBytes: 500, maxFields: 8 };
    let decoder = new HpackDecoder(limits);
    const verdicts = { good: 0, compression: 0, too_large: 0 };
    for (let round = 0; round < 10_000; round += 1) {
      const verdict = verdictOn(decoder, randomBlock(random), limits);
      verdicts[verdict] += 1;
      if (verdict !== 'good') decoder = new HpackDecoder(limits);
    }
    assert(Math.min(verdicts.good, verdicts.compression, verdicts.too_large) > 100, JSON.stringify(verdicts));
  });
});

function verdictOn(decoder: HpackDecoder, block: Buffer, limits = LIMITS): 'good' | HpackErrorKind {
  try {
    const { fields: list } = decoder.decode(block);
    const bytes = list.reduce((sum, { name, value }) => sum + name.length + value.length + 32, 0);
    assert(bytes <= limits.maxListBytes && list.length <= limits.maxFields);
    return 'good';
  } catch (caught) {
    assert(caught instanceof HpackError, String(caught));
    return caught.kind;
  }
}

/** Metadata on its way in and out: binary values, lists, and what cannot travel as it is. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { HeaderList } from '../../../../src/transport/h2/hpack/header-list.ts';
import { Metadata, percentEncode, toHeaderFields } from '../../../../src/transport/h2/metadata.ts';

function metadataOf(...fields: (readonly [name: string, value: string])[]): Metadata {
  return new Metadata(new HeaderList(fields.map(([name, value]) => ({ name, value }))));
}

function bytesOf(value: string): string[] {
  return metadataOf(['x-bin', value])
    .fields()
    .map(([, bytes]) => Buffer.from(bytes).toString('hex'));
}

suite('binary metadata that comes', () => {
  test('is base64, with or without its padding', () => {
    assert.deepEqual(bytesOf('AA=='), ['00']);
    assert.deepEqual(bytesOf('AA'), ['00']);
    assert.deepEqual(bytesOf('q83v'), ['abcdef']);
    assert.deepEqual(bytesOf(''), ['']);
  });

  test('may be a list that was joined with commas', () => {
    assert.deepEqual(bytesOf('AA==,AQ, Ag=='), ['00', '01', '02']);
    assert.deepEqual(bytesOf(','), ['', '']);
  });

  test('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (value) => void bytesOf(value)));
  });
});

suite('metadata that comes', () => {
  test("keeps its order and every value of a name, without what is HTTP's or gRPC's own", () => {
    const metadata = metadataOf(
      [':path', '/x'],
      ['b', '2'],
      ['te', 'trailers'],
      ['grpc-timeout', '1S'],
      ['content-type', 'application/grpc'],
      ['a', '1,2'],
      ['b', '3'],
      ['user-agent', 'tests'],
    );
    assert.deepEqual(metadata.fields(), [
      ['b', '2'],
      ['a', '1,2'],
      ['b', '3'],
      ['user-agent', 'tests'],
    ]);
  });
});

suite('metadata that goes', () => {
  test('has its bytes as base64 without padding, and they come back', () => {
    assert.deepEqual(toHeaderFields([['x-bin', Buffer.from([0])]]), [['x-bin', 'AA']]);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const [[, text]] = toHeaderFields([['x-bin', bytes]]) as [[string, string]];
        assert.match(text, /^[A-Za-z0-9+/]*$/);
        assert.deepEqual(bytesOf(text), [Buffer.from(bytes).toString('hex')]);
      }),
    );
  });

  test('has nothing that could begin another header, or cannot be a byte', () => {
    assert.deepEqual(toHeaderFields([['x', 'a\r\nb: c\0 é 😀 ~']]), [['x', 'a??b: c? ? ?? ~']]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const [[, text]] = toHeaderFields([['x', value]]) as [[string, string]];
        assert.match(text, /^[\x20-\x7e]*$/);
      }),
    );
  });
});

suite('the words of a status', () => {
  test('are encoded byte by byte: printable ASCII but % stays', () => {
    for (let code = 0; code < 0x80; code += 1) {
      const plain = code >= 0x20 && code <= 0x7e && code !== 0x25;
      const character = String.fromCharCode(code);
      const hex = code.toString(16).toUpperCase().padStart(2, '0');
      assert.equal(percentEncode(`a${character}`), plain ? `a${character}` : `a%${hex}`);
    }
    assert.equal(percentEncode('é €'), '%C3%A9 %E2%82%AC');
    assert.equal(percentEncode(''), '');
  });

  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = percentEncode(text);
        assert.match(encoded, /^[\x20-\x7e]*$/);
        assert.equal(decodeURIComponent(encoded), text);
      }),
    );
  });

  test('that are no text in any encoding become some', () => {
    assert.equal(percentEncode('\ud800'), '%EF%BF%BD');
  });
});

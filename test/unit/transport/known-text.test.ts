/** Texts that messages repeat are made once, and none is taken for another. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { knownText } from '../../../src/transport/codec/known-text.ts';

/** As from a message, where something stands before and behind. */
function known(bytes: Buffer): string {
  const message = Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]);
  return knownText(message, 1, message.length - 1);
}

it('every text is read as what it is, whichever was read into its slot before', () => {
  for (let index = 0; index < 20_000; index += 1) {
    const text = `input ${index % 7000}`;
    assert.equal(known(Buffer.from(text)), text);
  }
});

it('bytes that are no UTF-8 are never taken for the Latin-1 text that they would be', () => {
  for (let index = 0; index < 400; index += 1) {
    for (let code = 0x80; code < 0x100; code += 1) {
      const text = `${index}${String.fromCharCode(code)}`;
      assert.equal(known(Buffer.from(text)), text);
      assert.equal(known(Buffer.from(text, 'latin1')), `${index}\uFFFD`);
    }
  }
});

/** Unpacks strings of the Huffman code of RFC 7541, appendix B: four bits a step through a table of states. */
import { HpackError } from './hpack-error.ts';

/** Bits of each symbol's code, 0 to 255 and the end (EOS). The code is canonical, so it follows from them. */
// prettier-ignore
const CODE_BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const EOS = 256;
const MAX_CODE_BITS = 30;
/** Padding is the beginning of EOS's code, all ones, and less than a byte. */
const MAX_PADDING_BITS = 7;
const MIN_CODE_BITS = 5;
/** A byte of packed text is between so many of plain text. */
export const MIN_EXPANSION = 8 / MAX_CODE_BITS;
export const MAX_EXPANSION = 8 / MIN_CODE_BITS;

/** A step's entry, from the lowest bit: the symbol that it completes, whether it completes one, and the next state. */
const STEP_BITS = 4;
const SYMBOL_BITS = 8;
const STATE_SHIFT = 9;
/** No code has it: EOS was completed. Its state is the last, and is never left. */
const REFUSED = 256;

interface Tree {
  /** Children of inner node n at 2n and 2n + 1: another inner node, or ~symbol. */
  readonly children: Int16Array;
  /** Whether a text may end at the inner node, having read only ones since the last symbol. */
  readonly isEnd: Uint8Array;
}

function buildTree(): Tree {
  const children = new Int16Array(2 * EOS);
  const isEnd = new Uint8Array(EOS + 1);
  let nodes = 1;
  const insert = (symbol: number, code: number, bits: number): void => {
    let node = 0;
    for (let left = bits - 1; left > 0; left -= 1) {
      const side = 2 * node + ((code >>> left) & 1);
      if (children[side] === 0) {
        children[side] = nodes;
        nodes += 1;
      }
      node = children[side] ?? 0;
      if (symbol === EOS && bits - left <= MAX_PADDING_BITS) isEnd[node] = 1;
    }
    children[2 * node + (code & 1)] = ~symbol;
  };
  let code = 0;
  for (let bits = 1; bits <= MAX_CODE_BITS; bits += 1) {
    code *= 2;
    for (const [symbol, itsBits] of CODE_BITS.entries()) {
      if (itsBits !== bits) continue;
      insert(symbol, code, bits);
      code += 1;
    }
  }
  isEnd[0] = 1;
  return { children, isEnd };
}

/** Entry of state s and next bits b at s × 16 + b. No code is shorter than a step, so a step completes one symbol. */
function buildSteps({ children }: Tree): Int32Array {
  const steps = new Int32Array((REFUSED + 1) << STEP_BITS).fill(REFUSED << STATE_SHIFT);
  for (let state = 0; state < REFUSED; state += 1) {
    for (let bits = 0; bits < 1 << STEP_BITS; bits += 1) {
      let node = state;
      let symbol = 0;
      for (let left = STEP_BITS - 1; left >= 0 && node !== REFUSED; left -= 1) {
        const child = children[2 * node + ((bits >>> left) & 1)] ?? 0;
        if (child >= 0) node = child;
        else if (~child === EOS) node = REFUSED;
        else {
          symbol = (1 << SYMBOL_BITS) | ~child;
          node = 0;
        }
      }
      steps[(state << STEP_BITS) | bits] = (node << STATE_SHIFT) | symbol;
    }
  }
  return steps;
}

const TREE = buildTree();
const IS_END = TREE.isEnd;
const STEPS = buildSteps(TREE);

/**
 * Unpacks bytes `start` to `end` into the beginning of `into`, and returns how many it wrote. `into` has room for
 * MAX_EXPANSION times as many, and one more.
 */
export function unpackHuffman(bytes: Uint8Array, start: number, end: number, into: Uint8Array): number {
  let state = 0;
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    // A byte without a symbol is overwritten by the next: cheaper than a branch that nobody can predict.
    const high = STEPS[(state << STEP_BITS) | (byte >>> STEP_BITS)] ?? 0;
    into[length] = high;
    length += (high >>> SYMBOL_BITS) & 1;
    const low = STEPS[((high >>> STATE_SHIFT) << STEP_BITS) | (byte & 15)] ?? 0;
    into[length] = low;
    length += (low >>> SYMBOL_BITS) & 1;
    state = low >>> STATE_SHIFT;
  }
  if (IS_END[state] === 0) {
    throw new HpackError('compression', 'a Huffman-coded string of a header block does not end as RFC 7541, 5.2 asks');
  }
  return length;
}

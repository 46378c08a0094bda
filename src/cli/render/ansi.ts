/** Text on a terminal: colours, how wide it is, where to cut it, and nothing in it that moves the cursor. */

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** How things are to look; a terminal has a width, may have colours, and gets bars. */
export interface Look {
  /** Columns; Infinity where the output is no terminal. */
  readonly width: number;
  readonly colour: boolean;
  readonly bars: boolean;
  /** Epoch ms, for "3m ago". */
  readonly now: number;
}

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** Control and format characters (bidirectional overrides, zero-width ones), lone surrogates, line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** What paint() writes around a text. */
const COLOURS = /\u001b\[\d+m/g;
const COLOUR_OR_CHARACTER = /\u001b\[\d+m|[^]/gu;

const MARK = /\p{M}/u;
/** East Asian scripts and emoji, which take two columns each. */
const WIDE_RANGES = [
  String.raw`\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6`,
  String.raw`\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}`,
];
const WIDE = new RegExp(`[${WIDE_RANGES.join('')}]`, 'u');

export function paint(text: string, style: Style, colour: boolean): string {
  return colour && text !== '' ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/** The text with what cannot be seen written out: a newline as \n, the escape character as \x1b. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\n') return String.raw`\n`;
    if (character === '\t') return String.raw`\t`;
    const hex = code.toString(16);
    return code < 0x1_00 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
  });
}

/** Columns that a text without control characters takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most so many columns of it, the last one an ellipsis where something is left out. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** The same of a text that has colours in it. */
export function cutPainted(text: string, width: number): string {
  const plain = text.replace(COLOURS, '');
  if (displayWidth(plain) <= width) return text;
  const short = cut(plain, width).slice(0, -1);
  let at = 0;
  let kept = '';
  for (const [token] of text.matchAll(COLOUR_OR_CHARACTER)) {
    if (token.length > 2) kept += token;
    else if (at < short.length) {
      kept += token;
      at += token.length;
    }
  }
  return `${kept}…`;
}

function characterWidth(character: string): number {
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

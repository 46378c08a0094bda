/** The table of options in docs/options.md, as Markdown made from the one table in code. */
import assert from 'node:assert/strict';
import { OPTIONS, OPTION_FIELDS, envOf, flagOf, printDefault } from './options.ts';

const START = '<!-- config -->';
const END = '<!-- /config -->';

/** The table alone; formatters leave it as it is. */
export function configTable(): string {
  const rows = OPTION_FIELDS.map((field) => [
    `\`${flagOf(field)}\``,
    `\`${envOf(field)}\``,
    `\`${printDefault(field)}\``,
    OPTIONS[field].kind.allowed,
    OPTIONS[field].why,
  ]);
  const lines = [['Flag', 'Environment', 'Default', 'Allowed', 'What it does'], ['-', '-', '-', '-', '-'], ...rows];
  return [
    '<!-- prettier-ignore-start -->',
    ...lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
    '<!-- prettier-ignore-end -->',
  ].join('\n');
}

/** The document with the table between its two markers, which it must have. */
export function withConfigTable(markdown: string): string {
  const start = markdown.indexOf(START);
  const end = markdown.indexOf(END);
  assert(start >= 0 && end > start, `the document has no ${START} before ${END}`);
  return `${markdown.slice(0, start)}${START}\n\n${configTable()}\n\n${markdown.slice(end)}`;
}

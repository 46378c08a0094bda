/** The scripts of the shells in bin/completions, with the rows put in. */
import { readFile } from 'node:fs/promises';
import type { CompletionRow } from './completion-rows.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

const PLACE = '@TABLE@';

export async function completionScript(shell: Shell, rows: readonly CompletionRow[]): Promise<string> {
  const file = new URL(`../../bin/completions/sluice.${shell}`, import.meta.url);
  const script = await readFile(file, 'utf8');
  const table = rows.map(({ behind, kind, word, help }) => {
    const columns = [behind, kind, word];
    return [...columns, ...(shell === 'bash' ? [] : [help])].join('|');
  });
  return script.replace(PLACE, () => quoted(shell, table.join('\n')));
}

/** Inside of single quotes. */
function quoted(shell: Shell, text: string): string {
  if (shell === 'fish') return text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`);
  return text.replaceAll("'", String.raw`'\''`);
}

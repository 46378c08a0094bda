/** Where the command finds the token that says who its user is: a flag, a variable, or a file. */
import { readFile } from 'node:fs/promises';
import { describeError } from '../domain/errors.ts';
import type { Args } from './command.ts';
import { usageError } from './exit.ts';
import { TOKEN, TOKEN_ENV, TOKEN_FILE_ENV } from './flags.ts';

/** undefined where none was given. What is wrong with one is told without showing it. */
export async function tokenFor(
  args: Args,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const given = args.get(TOKEN);
  if (given !== undefined) return given;
  const { [TOKEN_ENV]: text = '', [TOKEN_FILE_ENV]: path = '' } = env;
  if (text !== '') return checked(TOKEN_ENV, text);
  return path === '' ? undefined : checked(`the file of ${TOKEN_FILE_ENV}, ${path},`, await readToken(path));
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (caught) {
    throw usageError(`cannot read the file of ${TOKEN_FILE_ENV}: ${describeError(caught)}`);
  }
}

function checked(source: string, text: string): string {
  const token = TOKEN.kind.parse(text);
  if (token === undefined) throw usageError(`${source} holds no token; give ${TOKEN.kind.allowed}`);
  return token;
}

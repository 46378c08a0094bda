/** A JSON object that the user names: a file, or "-" for standard input. */
import { readFile } from 'node:fs/promises';
import { describeError } from '../domain/errors.ts';
import { usageError } from './exit.ts';
import { bytesText } from './render/bar.ts';

const MAX_JSON_BYTES = 2 ** 20;

export interface JsonSource {
  /** A path, or "-". */
  readonly source: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** What one might look like, for who gives something else. */
  readonly example: string;
}

export async function readJsonObject({ source, stdin, example }: JsonSource): Promise<Record<string, unknown>> {
  const text = source === '-' ? await readAll(stdin) : await readLocal(source);
  const where = jsonSourceName(source);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (caught) {
    throw usageError(`${where} is not JSON (${describeError(caught)})`);
  }
  throw usageError(`${where} is no JSON object; give one such as ${example}`);
}

export function jsonSourceName(source: string): string {
  return source === '-' ? 'standard input' : source;
}

async function readAll(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stdin) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > MAX_JSON_BYTES) throw usageError(`what came is larger than ${bytesText(MAX_JSON_BYTES)}; give less`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function readLocal(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (caught) {
    throw usageError(`${path} cannot be read (${describeError(caught)}); name a JSON file, or - for standard input`);
  }
}

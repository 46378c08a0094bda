/** Pages of lists: how many items are asked for, and the opaque token that says where the next page begins. */
import { createHash } from 'node:crypto';
import { ServerError } from '../domain/errors.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;
const MAX_TOKEN_CHARACTERS = 1000;

export interface PageRequest {
  /** 0 = 100. */
  readonly pageSize: number;
  /** Of the page before; '' = the first page. */
  readonly pageToken: string;
}

export interface Page {
  readonly limit: number;
  /** Key of the last item of the page before. */
  readonly after: string | undefined;
}

/** `list` names the list with its filters: a token is good for the list that it came from alone. */
export function readPage(list: readonly string[], { pageSize, pageToken }: PageRequest): Page {
  if (!Number.isSafeInteger(pageSize) || pageSize < 0 || pageSize > MAX_PAGE) {
    throw new ServerError(
      'invalid_argument',
      `page_size ${pageSize} is not within 0 to ${MAX_PAGE}; 0 = ${DEFAULT_PAGE}`,
    );
  }
  return { limit: pageSize || DEFAULT_PAGE, after: pageToken === '' ? undefined : decode(list, pageToken) };
}

/** As readPage, for lists whose items have numbers. */
export function readNumberedPage(
  list: readonly string[],
  request: PageRequest,
): { readonly limit: number; readonly after: number | undefined } {
  const { limit, after } = readPage(list, request);
  const number = after === undefined ? undefined : Number(after);
  if (number !== undefined && !Number.isSafeInteger(number)) throw badToken();
  return { limit, after: number };
}

/** What a list method of the store takes to give one item more than the page holds: it tells whether there are more. */
export function onePast<Key>({ limit, after }: { readonly limit: number; readonly after: Key | undefined }): {
  readonly limit: number;
  readonly after?: Key;
} {
  return { limit: limit + 1, ...(after === undefined ? {} : { after }) };
}

/** Cuts what `onePast` asked for to the page. */
export function cutPage<Item>(
  list: readonly string[],
  { items, limit, keyOf }: { items: readonly Item[]; limit: number; keyOf: (item: Item) => string | number },
): { readonly items: readonly Item[]; readonly nextPageToken: string } {
  const last = items[limit - 1];
  if (items.length <= limit || last === undefined) return { items, nextPageToken: '' };
  return { items: items.slice(0, limit), nextPageToken: encode(list, String(keyOf(last))) };
}

function encode(list: readonly string[], key: string): string {
  return Buffer.from(`${markOf(list)}${key}`).toString('base64url');
}

function decode(list: readonly string[], token: string): string {
  const text = token.length > MAX_TOKEN_CHARACTERS ? '' : Buffer.from(token, 'base64url').toString();
  const mark = markOf(list);
  if (!text.startsWith(mark)) throw badToken();
  return text.slice(mark.length);
}

function markOf(list: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12);
}

function badToken(): ServerError {
  const message =
    'page_token is not one that this list gave; pass next_page_token of the page before, with the same filters';
  return new ServerError('invalid_argument', message);
}

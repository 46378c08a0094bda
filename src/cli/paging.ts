/** Lists that the server gives in pages, put together. */

export interface Page<Item> {
  readonly items: readonly Item[];
  /** '' where nothing follows. */
  readonly nextPageToken: string;
}

export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

const MAX_PAGE = 1000;

/** The first `limit` items; a token says that there are more. */
export async function collect<Item>(
  limit: number,
  read: (request: PageRequest) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let pageToken = '';
  do {
    const page = await read({ pageSize: Math.min(MAX_PAGE, limit - items.length), pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && items.length < limit);
  return { items, nextPageToken: pageToken };
}

/** The sentence under a list that does not have all. */
export function moreLine(page: Page<unknown>, advice: string): string[] {
  return page.nextPageToken === '' ? [] : [`These are the first ${page.items.length}; ${advice}.`];
}

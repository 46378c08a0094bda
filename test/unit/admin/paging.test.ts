import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutPage, onePast, readNumberedPage, readPage } from '../../../src/admin/paging.ts';

const LIST = ['numbers', 'even'];
const ITEMS = [10, 8, 6, 4, 2];

/** Everything, page by page. */
function walk(pageSize: number): number[][] {
  const pages: number[][] = [];
  for (let pageToken = ''; ;) {
    const { limit, after } = readNumberedPage(LIST, { pageSize, pageToken });
    const found = ITEMS.filter((item) => after === undefined || item < after).slice(0, onePast({ limit, after }).limit);
    const { items, nextPageToken } = cutPage(LIST, { items: found, limit, keyOf: (item) => item });
    pages.push([...items]);
    if (nextPageToken === '') return pages;
    pageToken = nextPageToken;
  }
}

test('pages follow each other without a gap, and the last says that it is the last', () => {
  assert.deepEqual(walk(2), [[10, 8], [6, 4], [2]]);
  assert.deepEqual(walk(5), [ITEMS]);
  assert.deepEqual(walk(0), [ITEMS]);
});

test('a page has 100 items unless told otherwise, and 1,000 at most', () => {
  const limitOf = (pageSize: number): number => readPage(LIST, { pageSize, pageToken: '' }).limit;
  assert.deepEqual([limitOf(0), limitOf(1), limitOf(1000)], [100, 1, 1000]);
  for (const pageSize of [1001, -1, 0.5]) assert.throws(() => limitOf(pageSize), { code: 'invalid_argument' });
});

test('a token is refused that is none, is of another list, or is of a list with other filters', () => {
  const { nextPageToken } = cutPage(LIST, { items: ITEMS, limit: 1, keyOf: (item) => item });
  const read = (list: string[], pageToken: string) => () => readNumberedPage(list, { pageSize: 1, pageToken });
  assert.deepEqual(read(LIST, nextPageToken)(), { limit: 1, after: 10 });
  for (const refused of [
    read(LIST, 'nonsense'),
    read(LIST, 'x'.repeat(5000)),
    read(['numbers', 'odd'], nextPageToken),
    read(LIST, cutPage(LIST, { items: ['a', 'b'], limit: 1, keyOf: (item) => item }).nextPageToken),
  ]) {
    assert.throws(refused, { code: 'invalid_argument' });
  }
});

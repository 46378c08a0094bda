/** Every relative link in the documents leads to a file that there is, and every anchor to a heading. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchor } from './api-reference.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DOCUMENTS = ['*.md', 'docs/**/*.md', 'examples/**/*.md', 'benchmarks/*.md', 'deploy/**/*.md', 'test/models/*.md'];
const LINK = /\]\(([^)\s]+)\)/g;

const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** As GitHub makes them; the second heading of a name gets "-1". */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = anchor(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    let name = plain;
    for (let again = 1; anchors.has(name); again += 1) name = `${plain}-${String(again)}`;
    anchors.add(name);
  }
  return anchors;
}

/** The links of a text that lead nowhere. */
function broken(text: string, folder: string, itself: string): string[] {
  return [...withoutCode(text).matchAll(LINK)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', hash] = link.split('#');
    const file = path === '' ? itself : join(folder, path);
    if (!existsSync(file)) return [link];
    if (hash === undefined) return [];
    return !statSync(file).isDirectory() && anchorsOf(readFileSync(file, 'utf8')).has(hash) ? [] : [link];
  });
}

test('every relative link and every anchor of a document leads somewhere', () => {
  const documents = globSync(DOCUMENTS, { cwd: ROOT, exclude: ['**/node_modules/**', 'benchmarks/out/**'] });
  assert.ok(documents.length > 15, `${String(documents.length)} documents`);
  const nowhere = documents.flatMap((document) => {
    const path = join(ROOT, document);
    return broken(readFileSync(path, 'utf8'), dirname(path), path).map((link) => `${document}: ${link}`);
  });
  assert.deepEqual(nowhere, []);
});

test('a link to a file or a heading that there is not is found; code is no link', () => {
  const text =
    '# One two\n[a](links.test.ts) [b](gone.md) [c](#one-two) [d](#three) `[e](f)` [g](https://example.org/h)\n';
  const file = join(import.meta.dirname, 'links.test.ts');
  assert.deepEqual(broken(text, import.meta.dirname, file), ['gone.md', '#one-two', '#three']);
  assert.deepEqual([...anchorsOf(text)], ['one-two']);
  assert.deepEqual([...anchorsOf('# `a.b`, c!\n## x\n## x\n```\n# y\n```\n')], ['ab-c', 'x', 'x-1']);
});

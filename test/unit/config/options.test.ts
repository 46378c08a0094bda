/** The table of options, and what is made from it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OPTIONS, OPTION_FIELDS, envOf, flagOf, printDefault } from '../../../src/config/options.ts';
import { configTable, withConfigTable } from '../../../src/config/table.ts';

const DOCUMENT = new URL('../../../docs/options.md', import.meta.url);

test('names, flags and variables are made from one another and are given once', () => {
  assert.deepEqual([flagOf('maxRunMs'), envOf('maxRunMs')], ['--max-run', 'SLUICE_MAX_RUN']);
  const names = OPTION_FIELDS.map((field) => OPTIONS[field].name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
});

test('every default is a value that may be given', () => {
  for (const field of OPTION_FIELDS) {
    assert.deepEqual(OPTIONS[field].kind.parse(printDefault(field)), OPTIONS[field].default, field);
  }
});

test('every option says in a sentence why one would change it', () => {
  for (const field of OPTION_FIELDS) assert.match(OPTIONS[field].why, /^[A-Z0-9].{20,160}\.$/, field);
});

test('the table has one row per option and stands between the markers, whatever was there', () => {
  assert.equal(configTable().split('\n').length, OPTION_FIELDS.length + 4);
  const once = withConfigTable('# Sluice\n<!-- config -->old<!-- /config -->\nend\n');
  assert.equal(once, `# Sluice\n<!-- config -->\n\n${configTable()}\n\n<!-- /config -->\nend\n`);
  assert.equal(withConfigTable(once), once);
  assert.throws(() => withConfigTable('# Sluice\n'), /has no <!-- config -->/);
});

test('docs/options.md has the table as it is now; else run "npm run gen:config-table"', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  assert.equal(document, withConfigTable(document), 'run npm run gen:config-table');
});

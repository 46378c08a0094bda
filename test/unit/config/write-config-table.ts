/** Writes the table of options into docs/options.md, between its markers: `npm run gen:config-table`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withConfigTable } from '../../../src/config/table.ts';

const document = new URL('../../../docs/options.md', import.meta.url);
writeFileSync(document, withConfigTable(readFileSync(document, 'utf8')));

/** Writes the table of options into README.md, between its markers: `npm run gen:config-table`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withConfigTable } from '../../../src/config/table.ts';

const readme = new URL('../../../README.md', import.meta.url);
writeFileSync(readme, withConfigTable(readFileSync(readme, 'utf8')));

/** Writes docs/api.md: `npm run gen:api`. */
import { writeFileSync } from 'node:fs';
import { DOCUMENT, apiReference, readProtos } from './api-reference.ts';

writeFileSync(DOCUMENT, apiReference(readProtos()));

/** Writes sluice.json beside it: `npm run gen:dashboard`. */
import { writeFileSync } from 'node:fs';
import { dashboard } from './dashboard.ts';

writeFileSync(new URL('./sluice.json', import.meta.url), `${JSON.stringify(dashboard(), null, 2)}\n`);

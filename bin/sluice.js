#!/usr/bin/env node
/** The `sluice` command: the same entry as `npm start`. */
const OLDEST_NODE = 24;

const [major] = process.versions.node.split('.');
if (Number(major) >= OLDEST_NODE) {
  await import('../src/main.ts');
} else {
  const advice = 'use "npx sluice" inside the project, which brings its own, or install a newer one';
  process.stderr.write(`sluice: needs Node ${OLDEST_NODE}, and this is ${process.versions.node}; ${advice}\n`);
  process.exitCode = 2;
}

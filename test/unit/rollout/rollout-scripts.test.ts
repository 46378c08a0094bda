/**
 * Rollouts by their golden scripts, test/golden/rollout/*.txt; see rollout-script.ts for how to read them.
 * `UPDATE_GOLDEN=1` writes what the reducer decides now, to be read before it is kept.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { suite, test } from 'node:test';
import { play } from './rollout-script.ts';

const FOLDER = new URL('../../golden/rollout/', import.meta.url);

suite('rollout scripts', () => {
  for (const name of readdirSync(FOLDER).sort()) {
    const file = new URL(name, FOLDER);
    const script = readFileSync(file, 'utf8');
    const title = script.slice(2, script.indexOf('\n'));
    test(title, () => {
      const played = play(script);
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, played);
      else assert.equal(played, script);
    });
  }
});

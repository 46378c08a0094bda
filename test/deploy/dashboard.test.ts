/** The dashboard for Grafana is what its script makes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dashboard } from '../../deploy/grafana/dashboard.ts';
import { DEPLOY } from '../support/deployment.ts';

interface Placed {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const { panels } = dashboard() as { panels: readonly Placed[] };

test('deploy/grafana/sluice.json is up to date: npm run gen:dashboard', () => {
  const written: unknown = JSON.parse(readFileSync(join(DEPLOY, 'grafana/sluice.json'), 'utf8'));
  assert.deepEqual(written, dashboard());
});

test('no two panels lie on each other, and all within the width', () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    assert(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.equal(taken.get(`${String(x)} ${String(y)}`), undefined, `${title} at ${String(x)} ${String(y)}`);
        taken.set(`${String(x)} ${String(y)}`, title);
      }
    }
  }
});

test('every panel but rows says what it shows, and its id is its own', () => {
  for (const { type, title, description } of panels) assert(type === 'row' || description !== undefined, title);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
});

/** A short soak: everything that can be broken and changed, at least once, under traffic. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { complaintsOf, passed, writeReport } from '../soak/report.ts';
import { soak } from '../soak/soak.ts';

const SECONDS = 75;
const PER_SECOND = 120;
const SEED = 20261124;

it(`answers every call once and rightly, and loses no change, through ${SECONDS} s of chaos`, async () => {
  const parent = await mkdtemp(join(tmpdir(), 'sluice-soak-out-'));
  const directory = join(parent, 'soak');
  const findings = await soak({ seconds: SECONDS, seed: SEED, perSecond: PER_SECOND, postgres: false, directory });
  await writeReport(directory, findings);
  assert.ok(passed(findings), `${complaintsOf(findings)}\nthe whole of it: ${directory}`);
  assert.ok(findings.calls.length > (SECONDS * PER_SECOND) / 2, `only ${findings.calls.length} calls`);
  await rm(parent, { recursive: true });
});

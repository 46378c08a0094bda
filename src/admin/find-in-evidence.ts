/** Looks once at what serve processes counted of one model. */
import type { SampleRatio } from '../experiment/sample-ratios.ts';
import type { DriftVerdict } from './drift-verdict.ts';
import { experimentFrom } from './experiment-codec.ts';
import { sampleRatios } from './experiment-results.ts';
import { getDrift } from './get-drift.ts';
import type { DriftContext } from './get-drift.ts';
import { addUpPairs } from './shadow-pairs.ts';

export type FindingKind = Finding['kind'];

export type Finding =
  | { readonly kind: 'drift'; readonly version: string; readonly verdict: DriftVerdict['verdict'] }
  | {
      readonly kind: 'shadow';
      readonly version: string;
      readonly live: string;
      readonly pairs: number;
      /** Share of the pairs. */
      readonly disagreement: number;
    }
  | {
      readonly kind: 'experiment';
      readonly experiment: string;
      readonly ratio: 'exposures' | 'reporting';
      readonly found: SampleRatio;
    };

/** Versions with traffic, experiments and compared pairs of one model: no more of each are looked at. */
const MAX_EACH = 8;

export async function findInEvidence(
  context: DriftContext,
  { kind, model }: { readonly kind: FindingKind; readonly model: string },
): Promise<readonly Finding[]> {
  switch (kind) {
    case 'drift':
      return await findDrift(context, model);
    case 'shadow':
      return await findDisagreement(context, model);
    case 'experiment':
      return await findRatios(context, model);
  }
}

async function findDrift(context: DriftContext, model: string): Promise<readonly Finding[]> {
  const epoch = await context.store.epoch(model);
  const arms = epoch?.policy.arms.filter(({ weight }) => weight > 0) ?? [];
  const versions = [...new Set(arms.map(({ version }) => version))].slice(0, MAX_EACH);
  const findings: Finding[] = [];
  for (const version of versions) {
    const { verdict } = await getDrift(context, { model, version, against: '', windowMs: undefined });
    findings.push({ kind: 'drift', version, verdict });
  }
  return findings;
}

/** Of the shadows that the traffic has now. */
async function findDisagreement({ store, evidence }: DriftContext, model: string): Promise<readonly Finding[]> {
  const shadows = new Set((await store.epoch(model))?.policy.shadows.map(({ version }) => version));
  const pairs = addUpPairs(await evidence.rows('comparison', model)).filter(({ shadow }) => shadows.has(shadow));
  return pairs.slice(0, MAX_EACH).map(({ live, shadow, totals }) => ({
    kind: 'shadow',
    version: shadow,
    live,
    pairs: totals.pairs,
    disagreement: totals.pairs === 0 ? 0 : totals.disagreed / totals.pairs,
  }));
}

async function findRatios(context: DriftContext, model: string): Promise<readonly Finding[]> {
  const running = await context.store.documents({ kind: 'experiment', model, open: true }, { limit: MAX_EACH });
  const findings: Finding[] = [];
  for (const document of running) {
    const record = experimentFrom(document);
    const { exposures, reporting } = await sampleRatios(context, record);
    const experiment = record.plan.name;
    findings.push({ kind: 'experiment', experiment, ratio: 'exposures', found: exposures });
    findings.push({ kind: 'experiment', experiment, ratio: 'reporting', found: reporting });
  }
  return findings;
}

/** The comparisons that serve processes made of one model's versions, added up by pair of versions. */
import type { ComparisonTotals } from '../domain/comparison.ts';
import { ServerError } from '../domain/errors.ts';
import { comparisonFromJson } from '../monitor/comparison-codec.ts';
import { mergeComparisons } from '../monitor/comparison-totals.ts';
import type { StoreReader } from '../registry/store.ts';
import type { EvidenceReader, EvidenceRow } from './evidence.ts';
import { findModel } from './resolve-version.ts';

export interface ShadowContext {
  readonly store: StoreReader;
  readonly evidence: EvidenceReader;
}

/** Empty = to be found. */
export interface ShadowQuery {
  readonly model: string;
  readonly shadow: string;
  readonly live: string;
}

export interface ComparedVersions {
  readonly live: string;
  readonly shadow: string;
  readonly totals: ComparisonTotals;
}

/**
 * The pair that is asked for. Without a name the shadow is the one of the traffic policy, or else the last one that
 * began; the live version is the one that was compared most. NOT_FOUND: no such model, or nothing was compared.
 */
export async function findPair({ store, evidence }: ShadowContext, query: ShadowQuery): Promise<ComparedVersions> {
  const { model } = query;
  await findModel(store, model);
  const pairs = addUpPairs(await evidence.rows('comparison', model));
  const shadows = (await store.epoch(model))?.policy.shadows.map(({ version }) => version) ?? [];
  const shadow = query.shadow === '' ? chooseShadow(pairs, shadows) : query.shadow;
  const fitting = pairs.filter((pair) => pair.shadow === shadow && (query.live === '' || pair.live === query.live));
  const [most] = fitting.toSorted((a, b) => b.totals.pairs - a.totals.pairs);
  if (most !== undefined) return most;
  const known = pairs.map((pair) => `${pair.live}/${pair.shadow}`).slice(0, 10);
  const advice =
    known.length === 0
      ? 'give it a shadow with SetTraffic and send it calls'
      : `there are (live/shadow) ${known.join(', ')}`;
  throw new ServerError('not_found', `no answers of model "${model}" were compared for this question; ${advice}`);
}

function chooseShadow(pairs: readonly ComparedVersions[], ofPolicy: readonly string[]): string | undefined {
  const compared = ofPolicy.find((version) => pairs.some(({ shadow }) => shadow === version));
  return compared ?? pairs.toSorted((a, b) => b.totals.since - a.totals.since)[0]?.shadow;
}

export function addUpPairs(rows: readonly EvidenceRow[]): readonly ComparedVersions[] {
  const byName = Map.groupBy(rows, ({ name }) => name);
  return [...byName].map(([name, group]) => {
    const [live = '', shadow = ''] = name.split('/');
    return { live, shadow, totals: mergeComparisons(group.flatMap(readRow)) };
  });
}

/** What a serve process of another release wrote is not the others' fault: it is left out. */
function readRow({ body }: EvidenceRow): readonly ComparisonTotals[] {
  try {
    return [comparisonFromJson(body)];
  } catch {
    return [];
  }
}

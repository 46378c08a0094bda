/** The pairs of a shadow and a live version that differ most, of all serve processes. */
import type { SettingsOf } from '../domain/registry.ts';
import { examplesFromJson } from '../monitor/comparison-codec.ts';
import { worstOf } from '../monitor/comparison-examples.ts';
import type { ComparisonExample } from '../monitor/comparison-examples.ts';
import type { EvidenceRow } from './evidence.ts';
import { findModel } from './resolve-version.ts';
import { findPair } from './shadow-pairs.ts';
import type { ShadowContext, ShadowQuery } from './shadow-pairs.ts';

export interface ExamplesContext extends ShadowContext {
  readonly settingsOf: SettingsOf;
}

/** The worst first. */
export async function listExamples(
  context: ExamplesContext,
  query: ShadowQuery,
): Promise<{ readonly note: string; readonly examples: readonly ComparisonExample[] }> {
  const { config } = await findModel(context.store, query.model);
  if (context.settingsOf(config).shadow?.private === true) {
    return { note: `the config of model "${query.model}" says that its values are private`, examples: [] };
  }
  const { live, shadow, totals } = await findPair(context, query);
  const rows = await context.evidence.rows('examples', query.model);
  const examples = worstOf(rows.filter(({ name }) => name === `${live}/${shadow}`).flatMap(readRow));
  const none = totals.disagreed === 0 ? `all ${totals.pairs} pairs agree` : 'no example was reported yet';
  return { note: examples.length === 0 ? none : '', examples };
}

/** As in shadow-pairs.ts. */
function readRow({ body }: EvidenceRow): readonly ComparisonExample[] {
  try {
    return examplesFromJson(body);
  } catch {
    return [];
  }
}

/** What the tests of a drift report say together: did the world change, or does the model differ? Pure. */
import type { DriftTest } from './drift-tests.ts';

export interface FeatureDrift {
  readonly feature: string;
  readonly kind: 'numeric' | 'label';
  /** Against the version's own reference; undefined where there is none. */
  readonly reference: DriftTest | undefined;
  /** Against the version that answers beside it; undefined where there is none. */
  readonly concurrent: DriftTest | undefined;
  /** The two versions differed like this in their references already: it is how they are. */
  readonly differedBefore: boolean;
}

export interface DriftVerdict {
  readonly verdict: 'none' | 'world' | 'model' | 'both' | 'insufficient';
  readonly summary: string;
}

/** Names of features in a sentence. */
const MAX_NAMED = 5;

/**
 * Both versions get the same kind of calls, so the concurrent version shows what the world does: where only the outputs
 * differ, it is the model. Where the inputs themselves differ between the versions, their outputs prove nothing.
 */
export function judgeDrift(
  features: readonly FeatureDrift[],
  { version, against }: { version: string; against: string },
): DriftVerdict {
  const inputs = features.filter(({ feature }) => feature.startsWith('input '));
  const outputs = features.filter(({ feature }) => feature.startsWith('output '));
  if (!features.some((feature) => isDecided(feature.reference) || isDecided(feature.concurrent))) {
    return { verdict: 'insufficient', summary: insufficient(features, { version, against }) };
  }
  const moved = inputs.filter(({ reference }) => reference?.verdict === 'drift');
  const unlike = inputs.filter(({ concurrent }) => concurrent?.verdict === 'drift');
  const differing = outputs.filter(
    ({ concurrent, differedBefore }) => concurrent?.verdict === 'drift' && !differedBefore,
  );
  const isWorld = moved.length > 0;
  const isModel = differing.length > 0 && unlike.length === 0;
  const sentences = [
    isWorld ? `${namesOf(moved)} moved away from the reference` : noMove(inputs),
    ...(isModel
      ? [`${namesOf(differing)} of version ${version} differs from version ${against} on the same kind of calls`]
      : []),
    ...(unlike.length > 0
      ? [`version ${against} gets other calls (${namesOf(unlike)}), so the outputs of the two are not compared`]
      : []),
    ...movedOutputs(outputs, isWorld),
  ];
  const verdict = isWorld ? (isModel ? 'both' : 'world') : isModel ? 'model' : 'none';
  return { verdict, summary: `${sentences.join('; ')}.` };
}

function noMove(inputs: readonly FeatureDrift[]): string {
  return inputs.some(({ reference }) => isDecided(reference))
    ? 'the inputs are as in the reference'
    : 'whether the inputs moved is not known without a reference of enough rows';
}

/** A version answers equal inputs equally: the inputs moved together, or the reference is of rows of its training. */
function movedOutputs(outputs: readonly FeatureDrift[], isWorld: boolean): readonly string[] {
  const moved = outputs.filter(({ reference }) => reference?.verdict === 'drift');
  if (moved.length === 0 || isWorld) return [];
  return [
    `${namesOf(moved)} is not as in the reference although no input is: look at inputs together, and at the reference`,
  ];
}

function insufficient(
  features: readonly FeatureDrift[],
  { version, against }: { version: string; against: string },
): string {
  if (features.length === 0) return `no calls of version ${version} were sampled in this time.`;
  const hasReference = features.some(({ reference }) => reference !== undefined);
  if (!hasReference && against === '') {
    return `version ${version} has neither a reference nor a version beside it to compare with; put a reference.json beside its model.`;
  }
  return 'there are too few calls yet to say anything.';
}

function isDecided(test: DriftTest | undefined): boolean {
  return test !== undefined && test.verdict !== 'insufficient';
}

function namesOf(features: readonly FeatureDrift[]): string {
  const names = features.slice(0, MAX_NAMED).map(({ feature }) => feature);
  const more = features.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

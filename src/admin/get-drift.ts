/** Whether what a version is sent, and what it answers, is still what it was, from the sketches of serve processes. */
import { ServerError } from '../domain/errors.ts';
import type { Epoch } from '../domain/registry.ts';
import type { SketchTotals } from '../domain/sketch.ts';
import { slotFromJson } from '../monitor/sketch-codec.ts';
import type { SketchSlot } from '../monitor/sketch-codec.ts';
import { SLOT_MS } from '../monitor/sketch-slots.ts';
import { mergeSketches } from '../monitor/sketch.ts';
import type { StoreReader } from '../registry/store.ts';
import { testFeatures } from './drift-tests.ts';
import { judgeDrift } from './drift-verdict.ts';
import type { DriftVerdict, FeatureDrift } from './drift-verdict.ts';
import type { EvidenceReader, EvidenceRow } from './evidence.ts';
import { findModel, findVersion } from './resolve-version.ts';

export interface DriftContext {
  readonly store: StoreReader;
  readonly evidence: EvidenceReader;
  /** Epoch ms. */
  readonly now: () => number;
}

export interface DriftQuery {
  readonly model: string;
  /** '' = the version with the most traffic. */
  readonly version: string;
  /** '' = the one with the most traffic besides, or the shadow. */
  readonly against: string;
  /** undefined = 1 h. */
  readonly windowMs: number | undefined;
}

export interface DriftView extends DriftVerdict {
  readonly model: string;
  readonly version: string;
  /** '' = there is none. */
  readonly against: string;
  /** Of whole slots, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly referenceSamples: number;
  readonly features: readonly FeatureDrift[];
}

const DEFAULT_WINDOW_MS = 3_600_000;
const MIN_WINDOW_MS = 600_000;
const MAX_WINDOW_MS = 86_400_000;

export async function getDrift(context: DriftContext, query: DriftQuery): Promise<DriftView> {
  const { store, evidence, now } = context;
  const { model, windowMs = DEFAULT_WINDOW_MS } = query;
  if (windowMs < MIN_WINDOW_MS || windowMs > MAX_WINDOW_MS) {
    throw new ServerError(
      'invalid_argument',
      `a window of ${windowMs / 1000} s is not possible; choose 10 minutes to 24 h`,
    );
  }
  await findModel(store, model);
  const to = now();
  const first = Math.floor((to - windowMs) / SLOT_MS);
  const slots = readSlots(await evidence.rows('sketch', model)).filter(({ slot }) => slot >= first);
  const names = chooseVersions(await store.epoch(model), slots, query);
  const version = await findVersion(store, model, names.version);
  const against = names.against === '' ? undefined : await findVersion(store, model, names.against);
  const current = mergeOf(slots, names.version);
  const reference = version.report?.reference;
  const features = compareFeatures(current.features, {
    reference: reference?.features,
    concurrent: against === undefined ? undefined : mergeOf(slots, names.against).features,
    concurrentReference: against?.report?.reference?.features,
  });
  return {
    ...names,
    ...judgeDrift(features, names),
    model,
    from: first * SLOT_MS,
    to,
    samples: current.calls,
    referenceSamples: reference?.rows ?? 0,
    features,
  };
}

type VersionSlot = SketchSlot & { readonly version: string };

/** As in shadow-pairs.ts, what cannot be read is left out. */
function readSlots(rows: readonly EvidenceRow[]): readonly VersionSlot[] {
  return rows.flatMap(({ name, body }) => {
    try {
      return [{ ...slotFromJson(body), version: name.split('@')[0] ?? '' }];
    } catch {
      return [];
    }
  });
}

/** By the traffic policy; where it does not say, by the calls that were sampled. */
function chooseVersions(
  epoch: Epoch | undefined,
  slots: readonly VersionSlot[],
  query: DriftQuery,
): { readonly version: string; readonly against: string } {
  const arms = epoch?.policy.arms.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight) ?? [];
  const shadows = epoch?.policy.shadows.map((shadow) => shadow.version) ?? [];
  const sampled = [...Map.groupBy(slots, (slot) => slot.version)]
    .map(([version, group]) => ({ version, calls: group.reduce((sum, { calls }) => sum + calls, 0) }))
    .sort((a, b) => b.calls - a.calls);
  const order = [...arms.map((arm) => arm.version), ...shadows, ...sampled.map(({ version }) => version)];
  const version = query.version === '' ? order[0] : query.version;
  if (version === undefined) {
    const message = `model "${query.model}" has no traffic, and no call of it was sampled; name a version`;
    throw new ServerError('not_found', message);
  }
  if (query.against !== '') return { version, against: query.against };
  const others = new Set(sampled.map((each) => each.version));
  return { version, against: order.find((other) => other !== version && others.has(other)) ?? '' };
}

function mergeOf(slots: readonly VersionSlot[], version: string): { calls: number; features: SketchTotals } {
  const own = slots.filter((slot) => slot.version === version);
  return {
    calls: own.reduce((sum, { calls }) => sum + calls, 0),
    features: mergeSketches(own.map(({ features }) => features)),
  };
}

interface Others {
  readonly reference: SketchTotals | undefined;
  readonly concurrent: SketchTotals | undefined;
  readonly concurrentReference: SketchTotals | undefined;
}

function compareFeatures(current: SketchTotals, others: Others): readonly FeatureDrift[] {
  const { reference, concurrent, concurrentReference } = others;
  const against = (other: SketchTotals | undefined) => testFeatures({ reference: other ?? {}, current });
  const [ofReference, ofConcurrent] = [against(reference), against(concurrent)];
  const before = testFeatures({ reference: concurrentReference ?? {}, current: reference ?? {} });
  return Object.entries(current).map(([feature, { kind }]) => ({
    feature,
    kind,
    reference: ofReference.get(feature),
    concurrent: ofConcurrent.get(feature),
    differedBefore: before.get(feature)?.verdict === 'drift',
  }));
}

/**
 * What is found in the evidence while nobody asks: drift, the disagreement of shadows, and whether experiments' arms
 * got their shares. One look a second at most, since each reads much; nothing where no evidence comes.
 */
import { findInEvidence } from './find-in-evidence.ts';
import type { Finding, FindingKind } from './find-in-evidence.ts';
import type { EvidenceReader, EvidenceRow } from './evidence.ts';
import type { AdminContext } from './context.ts';

export interface FindingsOptions {
  readonly context: Pick<AdminContext, 'store' | 'now'>;
  readonly evidence: EvidenceReader;
  readonly onFault: (what: string, cause: unknown) => void;
  /** Between two looks, and between two looks at the same. */
  readonly everyMs?: number;
  readonly freshMs?: number;
}

const EVERY_MS = 1_000;
const FRESH_MS = 30_000;
/** What nothing came for since is told no longer. */
const KEEP_MS = 3_600_000;

/** What rows of evidence of this kind tell about. */
const LOOKS: Readonly<Record<EvidenceRow['kind'], FindingKind | undefined>> = {
  sketch: 'drift',
  comparison: 'shadow',
  arm: 'experiment',
  examples: undefined,
};

interface Place {
  readonly kind: FindingKind;
  readonly model: string;
  isDue: boolean;
  lookedAt: number;
  findings: readonly Finding[];
}

export class Findings {
  readonly #options: FindingsOptions;
  readonly #places = new Map<string, Place>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  constructor(options: FindingsOptions) {
    this.#options = options;
    this.#stop = options.evidence.listen((rows) => {
      for (const { kind, model } of rows) this.#due(LOOKS[kind], model);
    });
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    }, options.everyMs ?? EVERY_MS);
    this.#timer.unref();
  }

  all(): readonly (Finding & { readonly model: string })[] {
    return [...this.#places.values()].flatMap(({ model, findings }) => findings.map((found) => ({ ...found, model })));
  }

  /** Waits for the look that is under way. */
  async close(): Promise<void> {
    this.#stop();
    clearInterval(this.#timer);
    await this.#looking;
  }

  #due(kind: FindingKind | undefined, model: string): void {
    if (kind === undefined) return;
    const key = `${kind} ${model}`;
    const place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, { kind, model, isDue: true, lookedAt: 0, findings: [] });
    else place.isDue = true;
  }

  /** Looks at the place that waits longest. */
  async #look(): Promise<void> {
    const { context, evidence, onFault, freshMs = FRESH_MS } = this.#options;
    const now = context.now();
    for (const [key, { lookedAt, isDue }] of this.#places) {
      if (!isDue && lookedAt < now - KEEP_MS) this.#places.delete(key);
    }
    const due = [...this.#places.values()].filter(({ isDue, lookedAt }) => isDue && lookedAt <= now - freshMs);
    const [place] = due.sort((a, b) => a.lookedAt - b.lookedAt);
    if (place === undefined) return;
    place.isDue = false;
    place.lookedAt = now;
    const { kind, model } = place;
    try {
      place.findings = await findInEvidence({ ...context, evidence }, { kind, model });
    } catch (caught) {
      onFault(`the evidence of model "${model}" could not be looked at (${kind})`, caught);
    }
  }
}

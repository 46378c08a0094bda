/** The shared layouts of versions that are in use here: made and removed by a thread, since that takes the disk. */
import { join } from 'node:path';
import { describeError } from '../domain/errors.ts';
import type { QualificationReport, VersionSpec } from '../domain/version.ts';
import { FileThread } from './file-thread.ts';

export interface SharedWeightsOptions {
  /** The layouts of this process, `<dir>/<digest>`. */
  readonly dir: string;
  /** The weights of all processes that share this one's disk. */
  readonly pool: string;
  /** A version is served as it was exported although another layout was chosen, or something could not be removed. */
  readonly onFault: (what: string, cause: unknown) => void;
}

interface Prepared {
  readonly spec: VersionSpec;
  readonly report: QualificationReport;
}

export class SharedWeights {
  readonly #options: SharedWeightsOptions;
  readonly #thread = new FileThread();
  /** Digests of versions whose layouts this process has read through. */
  readonly #checked = new Set<string>();

  constructor(options: SharedWeightsOptions) {
    this.#options = options;
  }

  /**
   * The version with the path of the model file to load. Where the layout that was chosen cannot be made here, it is
   * the version's own, and the report says why.
   */
  async prepare({ spec, report }: Prepared): Promise<Prepared> {
    const { weights } = report;
    if (weights?.layout !== 'shared' || weights.digest === '') return { spec, report };
    const { dir, pool, onFault } = this.#options;
    const folder = join(dir, spec.digest);
    try {
      const checked = this.#checked.has(spec.digest);
      await this.#thread.bringLayout({ place: { model: spec.path, folder, pool }, digest: weights.digest, checked });
      this.#checked.add(spec.digest);
      return { spec: { ...spec, path: join(folder, 'model.onnx') }, report };
    } catch (caught) {
      const reason = `the weights of ${spec.model} ${spec.version} could not be laid out: ${describeError(caught)}`;
      onFault(reason, caught);
      return { spec, report: asExported(report, reason) };
    }
  }

  /** Never rejects: a layout too many costs disk space only. */
  async drop(digest: string): Promise<void> {
    const { dir, pool } = this.#options;
    this.#checked.delete(digest);
    await this.#tidy(this.#thread.removeLayout({ folder: join(dir, digest), pool }));
  }

  /** Removes every layout but those of these digests, and weights that nobody uses. Never rejects. */
  async keepOnly(digests: ReadonlySet<string>): Promise<void> {
    const { dir, pool } = this.#options;
    for (const digest of this.#checked) if (!digests.has(digest)) this.#checked.delete(digest);
    await this.#tidy(this.#thread.keepLayouts({ dir, pool, digests }));
  }

  async #tidy(removal: Promise<void>): Promise<void> {
    try {
      await removal;
    } catch (caught) {
      this.#options.onFault('weights that are not needed could not be removed', caught);
    }
  }
}

function asExported(report: QualificationReport, reason: string): QualificationReport {
  const { weights } = report;
  if (weights === undefined) return report;
  const { loadMs, memoryBytes } = weights.exported;
  return { ...report, loadMs, memoryBytes, weights: { ...weights, layout: 'exported', reason } };
}

/** Serving a models directory as it is, without a registry: `--control-address=off`. */
import type { DesiredState } from '../domain/desired-state.ts';
import { describeError } from '../domain/errors.ts';
import { versionKey } from '../domain/version.ts';
import type { QualificationReport, VersionSpec, VersionStatus } from '../domain/version.ts';
import type { ModelDefaults } from '../config/model-config.ts';
import { policyOf } from '../lifecycle/directory-policy.ts';
import { DirectoryReader } from '../registry/directory-reader.ts';
import type { SharedWeights } from '../registry/shared-weights.ts';
import type { Prepared, ServeSource } from './serve-source.ts';

export interface DirectorySourceOptions {
  readonly modelsDir: string;
  readonly defaults: ModelDefaults;
  readonly qualify: (spec: VersionSpec) => Promise<QualificationReport>;
  readonly weights: SharedWeights;
  /** Versions that failed are tried again. */
  readonly apply: (desired: DesiredState) => void;
  readonly onUnreadable: (failure: { reason: string; cause: unknown }) => void;
}

export class DirectorySource implements ServeSource {
  readonly control = undefined;
  readonly keepOutcomes = undefined;
  readonly guard = undefined;
  readonly #options: DirectorySourceOptions;
  readonly #directory: DirectoryReader;
  /** Of what is here, by model and version. */
  readonly #digests = new Map<string, string>();
  #revision = 0;

  constructor(options: DirectorySourceOptions) {
    this.#options = options;
    this.#directory = new DirectoryReader(options.modelsDir, options.defaults);
  }

  /** Fails with a sentence when the directory cannot be read at all. */
  async start(): Promise<void> {
    const listing = await this.#directory.read();
    this.#revision += 1;
    this.#options.apply({
      revision: this.#revision,
      models: listing.models.map(({ model, specs, traffic }) => ({
        model,
        specs,
        policy: traffic === undefined ? undefined : policyOf(model, traffic),
        aliases: new Map(),
        others: new Map(),
        rejected: new Set(),
      })),
      broken: listing.problems,
      starting: false,
    });
  }

  /** What cannot be read leaves everything as it is. */
  async reload(): Promise<void> {
    try {
      await this.start();
    } catch (caught) {
      this.#options.onUnreadable({ reason: describeError(caught), cause: caught });
    }
  }

  async prepare(spec: VersionSpec): Promise<Prepared> {
    const report = await this.#options.qualify(spec);
    return await this.#options.weights.prepare({ spec, report });
  }

  /** Files may be replaced: then versions of one name are here side by side for a while. */
  onState({ model, version, digest, state }: VersionStatus): void {
    if (state === 'qualifying') this.#digests.set(versionKey(model, version), digest);
    if (state === 'unloaded') this.#dropUnused(digest);
  }

  onForget(model: string, version: string): void {
    const key = versionKey(model, version);
    const digest = this.#digests.get(key);
    this.#digests.delete(key);
    if (digest !== undefined) this.#dropUnused(digest);
  }

  onPolicy(): void {
    // Nobody else wants to know.
  }

  /** The files stay where they are; of the layouts of weights those go that a former process left. */
  settled(): void {
    void this.#options.weights.keepOnly(new Set(this.#digests.values()));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #dropUnused(digest: string): void {
    if (![...this.#digests.values()].includes(digest)) void this.#options.weights.drop(digest);
  }
}

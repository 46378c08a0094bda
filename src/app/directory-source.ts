/** Serving a models directory as it is, without a registry: `--control-address=off`. */
import type { DesiredState } from '../domain/desired-state.ts';
import { describeError } from '../domain/errors.ts';
import type { QualificationReport, VersionSpec } from '../domain/version.ts';
import type { ModelDefaults } from '../config/model-config.ts';
import { policyOf } from '../lifecycle/directory-policy.ts';
import { DirectoryReader } from '../registry/directory-reader.ts';
import type { Prepared, ServeSource } from './serve-source.ts';

export interface DirectorySourceOptions {
  readonly modelsDir: string;
  readonly defaults: ModelDefaults;
  readonly qualify: (spec: VersionSpec) => Promise<QualificationReport>;
  /** Versions that failed are tried again. */
  readonly apply: (desired: DesiredState) => void;
  readonly onUnreadable: (failure: { reason: string; cause: unknown }) => void;
}

export class DirectorySource implements ServeSource {
  readonly control = undefined;
  readonly keepOutcomes = undefined;
  readonly #options: DirectorySourceOptions;
  readonly #directory: DirectoryReader;
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
    return { spec, report: await this.#options.qualify(spec) };
  }

  onState(): void {
    // Nobody else wants to know.
  }

  onForget(): void {
    // Nobody else wants to know.
  }

  onPolicy(): void {
    // Nobody else wants to know.
  }

  settled(): void {
    // The files stay where they are.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A file of a version, by its content. */
export interface RegistryFile {
  /** Relative to the version's folder, with '/' between the parts. */
  readonly path: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

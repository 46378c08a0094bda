/** What the doors may ask; see domain/catalog.ts. */
export type { Catalog, ModelStatus } from '../domain/catalog.ts';

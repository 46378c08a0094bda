/** What health tells on the Predict port: the whole server, each service and each model, by the catalog. */
import type { Catalog } from '../../domain/catalog.ts';
import { readyVersions } from '../services/repository.ts';
import type { HealthSource } from './health.ts';

/** Names that stand or fall with the whole server. */
const WHOLE_SERVER = ['', 'sluice.v1.PredictService', 'inference.GRPCInferenceService'];

export interface CatalogHealthOptions {
  readonly catalog: Catalog;
  /** As ServerReady of the Open Inference Protocol. */
  readonly ready: () => boolean;
}

export function catalogHealth({ catalog, ready }: CatalogHealthOptions): HealthSource {
  return {
    serving: () => {
      const models = catalog.models().map((model) => [model.model, readyVersions(model).length > 0] as const);
      const whole = ready() && catalog.settled();
      return new Map([...models, ...WHOLE_SERVER.map((name) => [name, whole] as const)]);
    },
    onChange: (listener) => catalog.onChange(listener),
  };
}

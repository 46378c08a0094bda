/** What health tells on the Predict port: the whole server, each service and each model, by the catalog. */
import type { Catalog } from '../../domain/catalog.ts';
import { readyVersions } from '../services/repository.ts';
import type { HealthSource } from './health.ts';

/** Names that stand or fall with the whole server. */
const WHOLE_SERVER = ['', 'sluice.v1.PredictService', 'inference.GRPCInferenceService'];

/** Says whether the admin process is there; calls go on without it. */
const CONTROL_PLANE = 'sluice.control.v1.ControlPlane';

/** The connection to the admin process. */
export interface ControlHealth {
  readonly connected: () => boolean;
  /** Calls back whenever that changed. Returns the way to stop it. */
  readonly onChange: (listener: () => void) => () => void;
}

export interface CatalogHealthOptions {
  readonly catalog: Catalog;
  /** As ServerReady of the Open Inference Protocol. */
  readonly ready: () => boolean;
  /** undefined where there is no admin process to be connected to. */
  readonly control: ControlHealth | undefined;
}

export function catalogHealth({ catalog, ready, control }: CatalogHealthOptions): HealthSource {
  /** Of these models and the server; one that has gone does not serve. */
  const servingOf = (models: readonly string[]): Map<string, boolean> => {
    const names = new Map<string, boolean>();
    for (const name of models) {
      const model = catalog.model(name);
      names.set(name, model !== undefined && readyVersions(model).length > 0);
    }
    const whole = ready() && catalog.settled();
    for (const name of WHOLE_SERVER) names.set(name, whole);
    return control === undefined ? names : names.set(CONTROL_PLANE, control.connected());
  };
  return {
    serving: () => servingOf(catalog.models().map(({ model }) => model)),
    onChange: (listener) => {
      const tell = (models: readonly string[]): void => {
        listener(servingOf(models));
      };
      const stops = [
        catalog.onChange(tell),
        control?.onChange(() => {
          tell([]);
        }),
      ];
      return () => {
        for (const stop of stops) stop?.();
      };
    },
  };
}

/** What a serve process is given: its configuration, and what the process lends to the rooms, which know no process. */
import type { ProcessReadings } from '../monitor/process-vitals.ts';
import type { Events } from '../telemetry/events.ts';
import type { OtlpOptions } from '../telemetry/otlp-env.ts';
import type { ServeMessage } from './messages.ts';
import type { Place, PlacedConfig } from './place.ts';
import type { Tls } from './tls.ts';

interface ServeHost {
  /** That may be used, by all serve processes together. */
  readonly cores: number;
  /** Of the machine. */
  readonly name: string;
  readonly nodeVersion: string;
  readonly instanceId: string;
  readonly readings: ProcessReadings;
  /** Memory that may still be taken without the machine running short. */
  readonly availableMemory: () => number;
  /** Of the program that runs this. */
  readonly nodePath: string;
  /** To the supervisor, where there is one. */
  readonly tell: (message: ServeMessage) => void;
  readonly place: Place;
  /** Resolves when all processes of the machine are ready: until then this one does not say that it is. */
  readonly allReady: Promise<void>;
  /** The process is to end: a start that still waits need not wait any longer. */
  readonly ending: AbortSignal;
}

export interface ServeOptions {
  readonly config: PlacedConfig;
  readonly otlp: OtlpOptions;
  readonly events: Events;
  /** undefined = connections are in the clear. */
  readonly tls?: Tls | undefined;
  readonly host: ServeHost;
}

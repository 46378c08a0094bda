/** Which of the serve processes of one `sluice up` a process is; the supervisor hands it down in one variable. */
import assert from 'node:assert/strict';
import { metricsAddressOf } from '../config/listen-addresses.ts';
import { connectionAgeMs } from '../config/placement.ts';
import type { Config } from '../config/options.ts';

export interface Place {
  /** From 1 on. */
  readonly number: number;
  /** How many there are; 1 also where there is no supervisor. */
  readonly of: number;
  /** Others serve already: its ports open only when everything is ready. */
  readonly late: boolean;
  /** Where all of them listen; 0 = as configured. */
  readonly predictPort: number;
}

/** Of a serve process that was started alone. */
export const ALONE: Place = Object.freeze({ number: 1, of: 1, late: false, predictPort: 0 });

/** Not an option of people. */
export const PLACE_VARIABLE = 'SLUICE_INTERNAL_PLACE';

const PLACE = /^(\d+)\/(\d+) (late|first) (\d+)$/;

export function placeToText({ number, of, late, predictPort }: Place): string {
  return `${String(number)}/${String(of)} ${late ? 'late' : 'first'} ${String(predictPort)}`;
}

export function placeFromText(text: string | undefined): Place {
  if (text === undefined) return ALONE;
  const [, number, of, when, predictPort] = PLACE.exec(text) ?? [];
  assert(number !== undefined && of !== undefined, `${PLACE_VARIABLE} is not to be set by people`);
  return Object.freeze({
    number: Number(number),
    of: Number(of),
    late: when === 'late',
    predictPort: Number(predictPort),
  });
}

/** What several processes of one machine call themselves apart from each other; '' for a lone one. */
export function placeSuffix({ number, of }: Pick<Place, 'number' | 'of'>): string {
  return of === 1 ? '' : `#${String(number)}`;
}

/** The configuration as one of so many serve processes has it. */
export type PlacedConfig = Config & { readonly maxConnectionAgeMs: number | 'off' };

export function placedConfig(config: Config, { number, of, predictPort }: Place): PlacedConfig {
  const { predictAddress, metricsAddress, maxConnectionAgeMs } = config;
  return Object.freeze({
    ...config,
    serveProcesses: of,
    predictAddress: predictPort === 0 ? predictAddress : { ...predictAddress, port: predictPort },
    metricsAddress: metricsAddress === 'off' ? 'off' : metricsAddressOf(metricsAddress, number),
    maxConnectionAgeMs: connectionAgeMs(maxConnectionAgeMs, of),
  });
}

/** The flags that every scenario takes. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SERVER_KINDS } from './servers.ts';
import type { ServerKind } from './servers.ts';

export interface ScenarioSettings {
  /** Length of one measurement. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** In this order, which is turned round after every round. */
  readonly servers: readonly ServerKind[];
}

export function parseSettings(
  args: readonly string[],
  defaults: { readonly seconds: number; readonly rounds: number },
): ScenarioSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: String(defaults.seconds) },
      rounds: { type: 'string', default: String(defaults.rounds) },
      connections: { type: 'string', default: '4' },
      servers: { type: 'string', default: SERVER_KINDS.join(',') },
    },
  });
  const number = (flag: 'seconds' | 'rounds' | 'connections'): number => {
    const value = Number(values[flag]);
    if (!(value > 0)) throw new Error(`--${flag} is a number above 0, not ${values[flag]}`);
    return value;
  };
  const servers = values.servers.split(',').map((name) => {
    const kind = SERVER_KINDS.find((known) => known === name);
    if (kind === undefined) throw new Error(`--servers takes ${SERVER_KINDS.join(', ')}, not ${name}`);
    return kind;
  });
  return { seconds: number('seconds'), rounds: number('rounds'), connections: number('connections'), servers };
}

/** One line above the tables, since the figures are this machine's alone. */
export function describeMachine(): string {
  return `Node ${process.version}, ${availableParallelism()} cores; the load generator runs on the same ones.`;
}

/** Events of the control plane and of the admin process. */
import { describeError } from '../domain/errors.ts';
import { causeFields, type WriteEvent } from './event-writer.ts';
import { LineLimit } from './line-limit.ts';

export interface ControlEvents {
  /** A serve process has reached its admin process, or lost it and serves on with what it knows. */
  controlConnection(fields: { readonly connected: boolean; readonly reason: string }): void;
  /** The admin process hears of a serve process, or no more. */
  instanceConnection(fields: { readonly instance: string; readonly connected: boolean }): void;
  /** The console's usual port is taken, and no other was asked for. */
  consoleLeftOut(fields: { readonly reason: string }): void;
  /** The models directory was brought into the registry. */
  imported(fields: { readonly registered: number; readonly problems: number; readonly ms: number }): void;
  /** The registry or the control plane could not do something, and tries again. At most one line per second. */
  controlFault(fields: { readonly what: string; readonly cause: unknown }): void;
  /** A call of Admin that was not let in, never with what it brought. At most one line per second. */
  adminCallRefused(fields: { readonly reason: string; readonly method: string }): void;
  /** A metric of a rollout fails that is only to be told of. */
  rolloutAlert(fields: { readonly model: string; readonly rollout: number; readonly summary: string }): void;
}

/** Of lines that callers, or a fault that lasts, could make many of. */
const INTERVAL_MS = 1_000;

export function controlEvents(write: WriteEvent, now: () => number): ControlEvents {
  const faultLimit = new LineLimit({ intervalMs: INTERVAL_MS, now });
  const refusalLimit = new LineLimit({ intervalMs: INTERVAL_MS, now });
  return {
    controlConnection: (fields) => {
      if (fields.connected) write('info', 'controlConnection', fields, 'the admin process is connected');
      else write('warn', 'controlConnection', fields, `no admin process, what serves goes on: ${fields.reason}`);
    },
    instanceConnection: (fields) => {
      const what = fields.connected ? 'is connected' : 'is gone';
      write(
        fields.connected ? 'info' : 'warn',
        'instanceConnection',
        fields,
        `serve process ${fields.instance} ${what}`,
      );
    },
    consoleLeftOut: (fields) => {
      write('warn', 'consoleLeftOut', fields, `there is no console: ${fields.reason}`);
    },
    imported: (fields) => {
      const message = `the models directory is imported: ${String(fields.registered)} new versions, ${String(fields.problems)} problems`;
      write('info', 'imported', fields, message);
    },
    adminCallRefused: (fields) => {
      const suppressed = refusalLimit.take();
      if (suppressed === undefined) return;
      write('warn', 'adminCallRefused', { ...fields, suppressed }, `${fields.method} was refused: ${fields.reason}`);
    },
    rolloutAlert: (fields) => {
      const message = `rollout ${String(fields.rollout)} of model ${fields.model}: ${fields.summary}`;
      write('warn', 'rolloutAlert', fields, message);
    },
    controlFault: ({ what, cause }) => {
      const suppressed = faultLimit.take();
      if (suppressed === undefined) return;
      const because = cause === undefined ? '' : `: ${describeError(cause)}`;
      write('error', 'controlFault', { what, suppressed, ...causeFields(cause) }, `${what}${because}`);
    },
  };
}

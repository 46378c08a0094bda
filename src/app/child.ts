/** A child process as the one that keeps it holds it. */
import type { SupervisorMessage } from './messages.ts';

export interface ChildProcess {
  readonly pid: number | undefined;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when it has ended, also when it could not be started. */
  onEnd(listener: (how: string) => void): void;
  send(message: SupervisorMessage): void;
  signal(name: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): void;
}

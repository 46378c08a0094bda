/** The hub as the control door sees it: who connects, what it is told, and what it tells. */
import type { DesiredUpdate, Hello, InstanceReport } from './messages.ts';

/** One stream of one serve process. */
export interface HubConnection {
  receive(report: InstanceReport): void;
  /** Called once, however the stream ended; nothing may be sent after it. */
  disconnected(): void;
}

export interface ControlHub {
  /** `send` may be called at once. A ServerError that is thrown refuses the connection. */
  connect(hello: Hello, send: (update: DesiredUpdate) => void): HubConnection;
}

/** A server of the lean transport with methods for tests, and what its hooks and routes have seen. */
import type { TlsOptions } from '../../src/transport/h2/listener.ts';
import type { AbuseKind, Limits } from '../../src/transport/h2/options.ts';
import { type H2Server, serve } from '../../src/transport/h2/serve.ts';
import { testService } from '../interop/test-service.ts';
import { labRoutes, type Seen } from './h2-routes.ts';

export interface H2Report extends Seen {
  /** How often each limit was hit, as the hooks were told. */
  readonly abuse: Readonly<Partial<Record<AbuseKind, number>>>;
  readonly connections: number;
}

export class H2Lab {
  readonly server: H2Server;
  readonly #seen: Seen;
  readonly #abuse: Partial<Record<AbuseKind, number>>;

  private constructor(server: H2Server, seen: Seen, abuse: Partial<Record<AbuseKind, number>>) {
    this.server = server;
    this.#seen = seen;
    this.#abuse = abuse;
  }

  static async open(limits: Partial<Limits> = {}, tls?: TlsOptions): Promise<H2Lab> {
    const seen: Seen = { slowCalls: 0, slowAtWork: 0, openChats: 0 };
    const abuse: Partial<Record<AbuseKind, number>> = {};
    const onAbuse = (kind: AbuseKind): void => {
      abuse[kind] = (abuse[kind] ?? 0) + 1;
    };
    const routes = new Map([...testService(), ...labRoutes(seen)]);
    const options = { host: '127.0.0.1', port: 0, limits, hooks: { onAbuse } };
    const server = await serve(routes, tls === undefined ? options : { ...options, tls });
    return new H2Lab(server, seen, abuse);
  }

  get port(): number {
    return this.server.port;
  }

  get report(): H2Report {
    return { ...this.#seen, abuse: this.#abuse, connections: this.server.connections };
  }

  close(): void {
    this.server.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

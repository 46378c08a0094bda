/** A server of the lean transport: its services before it listens, its calls until it has drained. */
import { HostedServer } from '../grpc-js/hosted-server.ts';
import type { TlsMaterial } from '../h2/listener.ts';
import { type H2Server, serve, type ServeOptions } from '../h2/serve.ts';
import { OpenStreams } from '../open-streams.ts';

export class LeanServer {
  /** To put services on, before the first connection. */
  readonly hosted = new HostedServer();
  readonly openStreams = new OpenStreams();
  #server: H2Server | undefined;

  /** Resolves with the port; rejects with the system's error. */
  async listen(options: ServeOptions): Promise<number> {
    this.#server = await serve(this.hosted.routes, options);
    return this.#server.port;
  }

  /** Connections from now on are met with these. Throws on bad ones, and changes nothing. */
  setTls(material: TlsMaterial): void {
    this.#server?.setTls(material);
  }

  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void {
    this.#server?.stopAccepting();
  }

  /** Asks every connection to go and waits for its calls; after `graceMs` cuts the rest. True when nothing was cut. */
  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    this.openStreams.leaveAll();
    return (await this.#server?.drain(graceMs)) ?? true;
  }

  /** Cuts what is still open. */
  close(): void {
    this.#server?.close();
  }
}

/** An OTLP receiver on a port of its own that answers, refuses, says nothing, or is not there. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { freePort } from '../support/sluice.ts';

export type Mood = 'takes' | 'refuses' | 'hangs' | 'is away';

export class FaultyReceiver {
  readonly port: number;
  /** That it took. */
  taken = 0;
  #mood: Mood = 'is away';
  #server: Server | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async open(): Promise<FaultyReceiver> {
    const receiver = new FaultyReceiver(await freePort());
    await receiver.become('takes');
    return receiver;
  }

  async become(mood: Mood): Promise<void> {
    const wasAway = this.#server === undefined;
    this.#mood = mood;
    if (mood === 'is away') await this.#leave();
    else if (wasAway) await this.#come();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
  }

  async #come(): Promise<void> {
    this.#server = createServer((request, response) => {
      request.resume();
      if (this.#mood === 'hangs') return;
      this.taken += this.#mood === 'takes' ? 1 : 0;
      response.writeHead(this.#mood === 'takes' ? 200 : 500).end();
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async #leave(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

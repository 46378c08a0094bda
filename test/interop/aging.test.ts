import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { describe, it } from 'node:test';
import { type ChannelOptions, Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { H2Lab } from '../support/h2-lab.ts';
import { ECHO, SLOW } from '../support/h2-routes.ts';
import { uint32 } from '../support/raw-h2.ts';

const IN_FLIGHT = 20;
const CONNECTIONS = 4;
const asItIs = (bytes: Buffer): Buffer => bytes;

describe("a client of grpc-js's making", () => {
  it('loses no call while its connections are asked to leave for their age', async () => {
    using server = await H2Lab.open({ maxConnectionAgeMs: 100, connectionAgeGraceMs: 5000 });
    let opened = 0;
    const way = createServer((near) => {
      opened += 1;
      const far = connect(server.port, '127.0.0.1');
      pipeline(near, far, near, () => undefined);
    });
    way.listen(0, '127.0.0.1');
    await once(way, 'listening');
    using client = new EchoClient((way.address() as AddressInfo).port);
    let calls = 0;
    const run = async (): Promise<void> => {
      while (opened < CONNECTIONS) {
        const payload = Buffer.from(`call ${calls}`);
        calls += 1;
        assert.deepEqual(await client.call(ECHO, payload), payload);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, run));
    way.close();
  });

  it('gets the answers to all that is in flight when the server drains', async () => {
    using server = await H2Lab.open();
    using client = new EchoClient(server.port);
    const calls = Array.from({ length: IN_FLIGHT }, () => client.call(SLOW, uint32(300)));
    await client.call(ECHO, Buffer.from('all have come'));
    const drained = server.server.drain(10_000);
    await Promise.all(calls);
    assert.equal(await drained, true);
    assert.equal(server.report.connections, 0);
  });
});

class EchoClient {
  readonly #client: Client;

  constructor(port: number) {
    const options: ChannelOptions = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  }

  call(path: string, payload: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, asItIs, asItIs, payload, (error: ServiceError | null, reply?: Buffer) => {
        if (error === null && reply !== undefined) resolve(reply);
        else reject(error ?? new Error('no reply'));
      });
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/transport/h2/options.ts';
import { H2Process } from '../support/h2-process.ts';
import type { Fared } from '../support/honest-client.ts';
import { HonestProcess } from '../support/honest-process.ts';

const CALLS = 2000;

describe('an honest client with 100 calls in flight and 50 ms deadlines', () => {
  let server: H2Process;
  before(async () => {
    server = await H2Process.start();
  });
  after(() => server.stop());

  it('is never cut off when half of its calls take longer and are cancelled', async () => {
    const { answered, cancelled, offences } = await run({ meanMs: 50 });
    assert.deepEqual(offences, []);
    assert.ok(cancelled > CALLS / 10, `${cancelled} of ${CALLS} calls were cancelled`);
    assert.ok(answered > CALLS / 10, `${answered} of ${CALLS} calls were answered`);
  });

  it('is never cut off when the server is so slow that cancelled calls fill it', async () => {
    const { cancelled, refused, offences } = await run({ meanMs: 2000 });
    assert.deepEqual(offences, []);
    assert.ok(cancelled > 0 && refused > 0, 'both ways to fare badly were seen');
    const { slowAtWork } = await server.report();
    assert.ok(slowAtWork <= DEFAULT_LIMITS.maxConcurrentStreams, `${slowAtWork} calls are at work for it`);
  });

  async function run({ meanMs }: { readonly meanMs: number }): Promise<Fared> {
    const client = await HonestProcess.start({ port: server.port, meanMs, seed: 7 });
    const fared = await client.until(({ answered, cancelled, refused }) => answered + cancelled + refused >= CALLS);
    await client.stop();
    return fared;
  }
});

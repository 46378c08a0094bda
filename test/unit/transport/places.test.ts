import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Places } from '../../../src/transport/grpc-js/places.ts';

describe('places', () => {
  it('are taken up to their number; one more is refused, and has its place once another ends, well or badly', async () => {
    const places = new Places(2, 'downloads');
    const ends = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
    const taken = ends.map(({ promise }) => places.within(() => promise));
    const refusal = {
      code: 'resource_exhausted',
      message: '2 downloads are open, as many as there may be; end one',
    };
    const work = (): Promise<string> => Promise.resolve('done');
    await assert.rejects(places.within(work), refusal);
    ends[0].resolve('done');
    await taken[0];
    assert.equal(await places.within(work), 'done');
    ends[1].reject(new Error('broke off'));
    await assert.rejects(taken[1] ?? Promise.resolve(), /broke off/);
    const again = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const both = again.map(({ promise }) => places.within(() => promise));
    await assert.rejects(places.within(work), refusal);
    for (const { resolve } of again) resolve('done');
    assert.deepEqual(await Promise.all(both), ['done', 'done']);
  });
});

/** The versions that rollouts are tested with: all qualify, all answer alike, and one fails where it is said to. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toBlock, toTensor } from '../../../src/batching/join-and-split.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { qualify } from '../../../src/runtime/qualify.ts';
import { OnnxSession } from '../../../src/runtime/session.ts';
import { fixture, qualifyTools, settings, tensor } from '../../support/builders.ts';
import { CANARY_VERSIONS, failsFlaky, flower } from '../../support/canary-models.ts';

/** Reproducible, and even over 100 draws: the multiples of the golden ratio. */
function evenly(): () => number {
  let turn = 0;
  return () => {
    turn += 1;
    return (turn * 0.618_033_988_749_895) % 1;
  };
}

const random = evenly();
const FLOWERS = Array.from({ length: 100 }, () => flower(random));

/** What each flower is answered, one row a run; undefined where the run fails. */
async function answers(version: string): Promise<(readonly Tensor[] | undefined)[]> {
  const session = await OnnxSession.open((await fixture('canary', {}, version)).path, { ...settings(), prepack: true });
  const found: (readonly Tensor[] | undefined)[] = [];
  for (const row of FLOWERS) {
    const input = toBlock(tensor('X', 'FP32', [1, 4], row));
    const run = session.run([input], []).then(({ outputs }) => outputs.map(toTensor));
    found.push(await run.catch(() => undefined));
  }
  await session.close();
  return found;
}

suite('the versions of canary', () => {
  for (const version of CANARY_VERSIONS) {
    test(`${version} qualifies, and its rows may be batched`, async () => {
      const { batchable, batchingReason } = await qualify(await fixture('canary', {}, version), qualifyTools());
      assert.deepEqual([batchable, batchingReason], [true, '']);
    });
  }

  test('they answer alike to the bit, and flaky fails a fifth of the flowers: those that are said to', async () => {
    const base = await answers('base');
    assert(base.every((outputs) => outputs !== undefined));
    assert.deepEqual(await answers('same'), base);
    assert.deepEqual(await answers('slow'), base);
    const expected = base.map((outputs, at) => (failsFlaky(FLOWERS[at] ?? []) ? undefined : outputs));
    assert.deepEqual(await answers('flaky'), expected);
    const failed = expected.filter((outputs) => outputs === undefined).length;
    assert(failed >= 15 && failed <= 25, `${String(failed)} of 100 fail`);
  });
});

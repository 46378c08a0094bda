/** Golden examples: a version that does not give the answers it was shipped with must not serve. */
import { toBlock, toTensor } from '../batching/join-and-split.ts';
import { ServerError } from '../domain/errors.ts';
import type { Golden } from '../domain/version.ts';
import { compareOutputs } from './compare.ts';
import type { OnnxSession } from './session.ts';

/** Runs every example and fails with the first difference. */
export async function checkGolden(session: OnnxSession, golden: Golden): Promise<void> {
  for (const [index, example] of golden.examples.entries()) {
    const run = await session.run(example.inputs.map(toBlock), []);
    const difference = compareOutputs(run.outputs.map(toTensor), example.outputs, golden.tolerance);
    if (difference === undefined) continue;
    throw new ServerError('invalid_argument', `golden example ${String(index + 1)} is answered wrongly: ${difference}`);
  }
}

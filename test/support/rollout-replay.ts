/**
 * Holds what the store kept of a rollout against the pure reducer: each entry of the journal has to be what it decides.
 */
import assert from 'node:assert/strict';
import { entryFrom } from '../../src/admin/rollout-codec.ts';
import type { RolloutEntry, RolloutRecord } from '../../src/admin/rollout-body.ts';
import type { Store } from '../../src/registry/store.ts';
import { begin, next } from '../../src/rollout/reducer.ts';
import type { Look, RolloutEvent, RolloutState, Step } from '../../src/rollout/state.ts';
import { ITSELF } from '../../src/rollout/steps.ts';

/** Whether a promotion with this reason was all the way. */
type IsFull = (reason: string) => boolean;

/** @returns the journal. */
export async function checkReplay(
  store: Store,
  record: RolloutRecord,
  isFull: IsFull,
): Promise<readonly RolloutEntry[]> {
  const { document, state: last } = record;
  const entries: RolloutEntry[] = (await store.journal('rollout', document.id, 1000)).map(entryFrom);
  const [first] = entries;
  assert(first !== undefined);
  const { model, stable, candidate, candidateDigest, strategy, startedBy: actor, holdDownMs } = last;
  const names = { model, stable, candidate, candidateDigest, strategy, actor, holdDownMs };
  let step: Step = begin({ ...names, reason: '' }, last.startedAt);
  for (const [index, entry] of entries.entries()) {
    if (index > 0) step = next(step.state, eventOf(step.state, entry, isFull), entry.at);
    assert.equal(entry.generation, index + 1, `generations of rollout ${document.id} without gaps`);
    assert.deepEqual(step.transitions.map(shapeOf), [shapeOf(entry)], `entry ${index + 1} of rollout ${document.id}`);
  }
  const { phase, weight, stage, generation } = step.state;
  assert.deepEqual(
    { phase, weight, stage, generation },
    pick(last),
    `rollout ${document.id} is where its journal ends`,
  );
  return entries;
}

function pick({ phase, weight, stage, generation }: RolloutState): object {
  return { phase, weight, stage, generation };
}

function shapeOf({ kind, at, fromPhase, toPhase, stage, weight, actor }: RolloutEntry | Step['transitions'][number]) {
  return { kind, at, fromPhase, toPhase, stage, weight, actor };
}

/** What must have been told to the reducer. */
function eventOf(state: RolloutState, entry: RolloutEntry, isFull: IsFull): RolloutEvent {
  const { kind, actor, reason, verdicts } = entry;
  const by = { actor, reason, expectedGeneration: 0 };
  if (actor === ITSELF) {
    const counted = /^.*?(\d+) calls in /.exec(reason)?.[1] ?? 0;
    const look: Look = {
      applied: kind === 'holding',
      waitingFor: '',
      verdicts,
      overall: verdicts.some(({ verdict, onFail }) => verdict === 'fail' && onFail !== 'alert')
        ? 'fail'
        : verdicts.some(({ verdict, metric }) => verdict === 'insufficient' && !metric.startsWith('guardrail:'))
          ? 'insufficient'
          : 'pass',
      candidateCalls: state.stageCallsBefore + Number(counted),
      shadowPairs: 0,
      budget: undefined,
    };
    return { kind: 'tick', look };
  }
  switch (kind) {
    case 'paused':
      return { kind: 'pause', by };
    case 'resumed':
      return { kind: 'resume', by };
    case 'aborted':
      return { kind: 'abort', by };
    case 'stage':
    case 'promoted':
      return { kind: 'promote', full: isFull(reason), by };
    default:
      return assert.fail(`nobody asked for "${kind}"`);
  }
}

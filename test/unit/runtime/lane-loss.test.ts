/** Lanes that are lost: runs that never end and threads that die. Each scene has a process; see lane-scenes.ts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import process from 'node:process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SCENES = fileURLToPath(new URL('../../support/lane-scenes.ts', import.meta.url));
const PRELOAD = new URL('../../support/felled-thread.ts', import.meta.url).href;
/** A scene that does not end is killed, and then its test fails. */
const SCENE_MS = 30_000;

async function play(scene: string): Promise<unknown> {
  const child = spawn(process.execPath, ['--import', PRELOAD, SCENES, scene], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: SCENE_MS,
    killSignal: 'SIGKILL',
  });
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.notEqual(out, '', `scene ${scene} told nothing; ${errors}`);
  return JSON.parse(out);
}

const OVERSTAYED = 'a run of model "slow_on_demand" version "1" did not end within 300 ms (max-run)';

suite('a run that does not end', () => {
  test('is answered in time, costs its version nothing the first time and its life the second, and no other version anything', async () => {
    assert.deepEqual(await play('overstay'), {
      first: `deadline_exceeded: ${OVERSTAYED}`,
      between: 'ok',
      second: `deadline_exceeded: ${OVERSTAYED}`,
      after: `unavailable: ${OVERSTAYED}, 2 times`,
      others: ['ok'],
      faults: [`${OVERSTAYED}, 2 times`],
      lost: [1, 2].map(() => ({ reason: OVERSTAYED, stuck: true })),
    });
  });

  test('does not keep its version from being unloaded from the other lanes, stuck ones included', async () => {
    assert.deepEqual(await play('everywhere'), {
      outcomes: [1, 2].map(() => `deadline_exceeded: ${OVERSTAYED}`),
      freed: ['fulfilled', 'fulfilled'],
      faults: 2,
      other: 'ok',
    });
  });

  test('is given up as well while a successor takes its lane over', async () => {
    assert.deepEqual(await play('succession'), {
      outcome: `deadline_exceeded: ${OVERSTAYED}`,
      other: 'ok',
      again: 'ok',
      lost: [{ reason: OVERSTAYED, stuck: true }],
    });
  });

  test('counts as well when it was for a copy: the shadow is the same model', async () => {
    const gone = `${OVERSTAYED}, 2 times`;
    assert.deepEqual(await play('shadow'), {
      outcomes: [
        `deadline_exceeded: ${OVERSTAYED}`,
        'ok',
        `deadline_exceeded: ${OVERSTAYED}`,
        `resource_exhausted: ${gone}`,
        `unavailable: ${gone}`,
      ],
      others: ['ok'],
      faults: [gone],
      dropped: 1,
    });
  });
});

suite('a thread that dies', () => {
  test('is replaced with all its versions; who was on it is told to try again', async () => {
    const lost = { reason: 'the thread was felled', stuck: false };
    const { during, ...rest } = (await play('death')) as { during: string };
    assert.deepEqual(rest, { after: 'ok', again: 'ok', lost: [lost, lost] });
    const known = [
      'ok',
      'unavailable: lane n was lost: the thread was felled while running model "simple" version "1"; retry',
    ];
    assert(known.includes(during), during);
  });
});

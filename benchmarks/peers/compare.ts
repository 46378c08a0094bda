/** The run: every peer is started anew in every round, and whoever costs nothing while idle is measured turn about. */
import { availableParallelism, cpus, release } from 'node:os';
import { othersCpuSeconds } from '../support/processes.ts';
import { MEASURED } from './cells.ts';
import type { Cell } from './cells.ts';
import { installed } from './install.ts';
import type { Peer } from './peers.ts';
import type { PeerResult, Results } from './results.ts';
import { saveResults } from './results.ts';
import { RunningPeer } from './running-peer.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { measureTinyVersions } from './tiny-versions.ts';

export interface CompareSettings {
  readonly cells: readonly Cell[];
  readonly rounds: number;
  readonly seconds: number;
  /** When they are over no further server is started. */
  readonly minutes: number;
}

/** A peer that can be started, and where its figures go. */
interface Entry {
  readonly peer: Peer;
  readonly program: string;
  readonly result: PeerResult;
}

export async function compare(peers: readonly Peer[], settings: CompareSettings): Promise<Results> {
  const [startMs, othersSeconds] = [performance.now(), othersCpuSeconds()];
  const giveUpMs = startMs + settings.minutes * 60_000;
  const results: Results = {
    startedAt: new Date().toISOString(),
    machine: describeMachine(),
    seconds: settings.seconds,
    roundsDone: 0,
    othersCores: NaN,
    peers: [],
  };
  await withScene(MEASURED, async (scene) => {
    const entries = await rehearse(peers, scene, results);
    for (let round = 0; round < settings.rounds && performance.now() < giveUpMs; round += 1) {
      for (const turn of turnsOf(entries)) {
        if (performance.now() > giveUpMs) break;
        await measureTurn(round % 2 === 0 ? turn : turn.toReversed(), scene, settings);
        results.othersCores = (othersCpuSeconds() - othersSeconds) / ((performance.now() - startMs) / 1000);
        saveResults(results);
      }
      results.roundsDone = round + 1;
    }
    const left = entries.filter(({ result }) => result.failure === undefined).map(({ peer }) => peer);
    results.tinyVersions = await measureTinyVersions(left, scene.scratch);
  });
  saveResults(results);
  return results;
}

/** Starts each once: that fills caches and registries, and whoever is not there or answers wrongly does not come along. */
async function rehearse(peers: readonly Peer[], scene: Scene, results: Results): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const peer of peers) {
    const { name, title, isPython, wire } = peer;
    const result: PeerResult = { name, title, isPython, wire, rounds: [] };
    results.peers.push(result);
    try {
      const found = installed(peer);
      if ('missing' in found) throw new Error(found.missing);
      await using running = await RunningPeer.start(peer, found.program, scene);
      result.firstStartMs = running.firstAnswerMs;
      entries.push({ peer, program: found.program, result });
      console.error(`${peer.name} answers rightly, first after ${(running.firstAnswerMs / 1000).toFixed(2)} s`);
    } catch (caught) {
      recordFailure(result, caught);
    }
  }
  return entries;
}

/** Those that cost nothing while idle are up together, next to each other in time; the others alone. */
function turnsOf(entries: readonly Entry[]): Entry[][] {
  const left = entries.filter(({ result }) => result.failure === undefined);
  const quiet = left.filter(({ peer }) => peer.isQuiet);
  const loud = left.filter(({ peer }) => !peer.isQuiet).map((entry) => [entry]);
  return quiet.length === 0 ? loud : [quiet, ...loud];
}

async function measureTurn(turn: readonly Entry[], scene: Scene, settings: CompareSettings): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const up: { readonly running: RunningPeer; readonly result: PeerResult }[] = [];
  for (const { peer, program, result } of turn) {
    try {
      up.push({ running: stack.use(await RunningPeer.start(peer, program, scene)), result });
    } catch (caught) {
      recordFailure(result, caught);
    }
  }
  for (const { running } of up) await running.watchIdle();
  for (const cell of settings.cells) {
    for (const { running, result } of up) {
      if (result.failure !== undefined || !running.canMeasure(cell)) continue;
      try {
        await running.measure(cell, settings.seconds);
      } catch (caught) {
        recordFailure(result, new Error(`${cell.name}: ${String(caught)}; it said:\n${running.family.lastOutput}`));
      }
    }
  }
  for (const { running, result } of up) {
    result.rounds.push(running.finish());
    console.error(`${result.name}: round ${result.rounds.length} measured`);
  }
}

function recordFailure(result: PeerResult, caught: unknown): void {
  result.failure = caught instanceof Error ? caught.message : String(caught);
  console.error(`${result.name} is left out: ${result.failure}`);
}

function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  return `${availableParallelism()} cores of ${model}, Linux ${release()}, Node ${process.version}`;
}

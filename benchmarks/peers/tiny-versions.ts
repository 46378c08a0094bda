/** What a serve process of Sluice takes with iris alone, and what each further version of that size adds. */
import { join } from 'node:path';
import { MODELS } from '../support/bench-models.ts';
import { chooseCells } from './cells.ts';
import type { Peer } from './peers.ts';
import type { TinyVersions } from './results.ts';
import { RunningPeer } from './running-peer.ts';
import { makeScene } from './scene.ts';

const COPIES = 20;
const LOAD_SECONDS = 1;
/** What a serve process calls itself. */
const SERVE = 'sluice serve';

/** By the name of the peer. */
export async function measureTinyVersions(
  peers: readonly Peer[],
  scratch: string,
): Promise<Readonly<Record<string, TinyVersions>>> {
  const found: Record<string, TinyVersions> = {};
  for (const peer of peers.filter(({ name }) => name.startsWith('sluice-'))) {
    const alone = await serveMemory(peer, scratch, 1);
    const together = await serveMemory(peer, scratch, 1 + COPIES);
    found[peer.name] = {
      serveMb: alone.residentMb / alone.processes,
      copies: COPIES,
      serveWithCopiesMb: together.residentMb / together.processes,
      serveProcesses: alone.processes,
    };
  }
  return found;
}

/** Once each has answered, and iris has been called for a while. */
async function serveMemory(
  peer: Peer,
  scratch: string,
  count: number,
): Promise<{ readonly residentMb: number; readonly processes: number }> {
  const models = Array.from({ length: count }, (_, at) => ({
    ...MODELS.iris,
    name: at === 0 ? MODELS.iris.name : `${MODELS.iris.name}-${at}`,
  }));
  const scene = await makeScene(join(scratch, `tiny-${count}`), models);
  await using running = await RunningPeer.start(peer, process.execPath, scene);
  for (const cell of chooseCells(`${MODELS.iris.name}:32:1`)) await running.measure(cell, LOAD_SECONDS);
  return running.family.memory(SERVE);
}

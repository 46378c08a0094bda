/** How the cores of a machine are shared out to serve processes, their lanes and the threads of a run. */
import type { Config } from './options.ts';

/**
 * Cores that one serve process is given when nobody says how many there are to be. A process has one thread for the
 * transport, which can feed about so many lanes; and a caller's connection stays in one process, so more of them would
 * leave a caller with few connections fewer of the lanes.
 */
const CORES_PER_PROCESS = 8;

/**
 * A process with a share of so many cores leaves one of them to its transport. Not where runs use several threads:
 * those are runs of large models, which leave a transport little to do.
 */
const CORES_TO_SHARE = 4;

/** Long-lived connections stay where the kernel put them, so with several processes they are renewed this often. */
const CONNECTION_AGE_MS = 300_000;

export interface Placement {
  readonly processes: number;
  /** Of each process: its equal share, whole cores. */
  readonly cores: number;
  /** Of each process. */
  readonly lanes: number;
}

/** The one rule. @param cores that may be used: less than the machine has under a CPU quota or an affinity mask. */
export function placement(wish: Pick<Config, 'serveProcesses' | 'lanes' | 'intraOpThreads'>, cores: number): Placement {
  const processes =
    wish.serveProcesses === 0 ? Math.max(1, Math.floor(cores / CORES_PER_PROCESS)) : wish.serveProcesses;
  const share = Math.max(1, Math.floor(cores / processes));
  const forLanes = share < CORES_TO_SHARE || wish.intraOpThreads > 1 ? share : share - 1;
  const lanes = wish.lanes === 0 ? Math.max(1, Math.floor(forLanes / wish.intraOpThreads)) : wish.lanes;
  return { processes, cores: share, lanes };
}

/** Of several processes that share a port. */
export function connectionAgeMs(wish: Config['maxConnectionAgeMs'], processes: number): number | 'off' {
  if (wish !== 'auto') return wish;
  return processes > 1 ? CONNECTION_AGE_MS : 'off';
}

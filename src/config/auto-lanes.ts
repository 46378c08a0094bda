/** How many lanes a machine gets when nobody says. */

/** Cores from which the transport gets one of its own. */
const CORES_TO_SHARE = 4;

/** One per core, less one for the transport where there are enough: threads never outnumber cores. */
export function autoLanes(cores: number): number {
  return cores < CORES_TO_SHARE ? Math.max(1, cores) : cores - 1;
}

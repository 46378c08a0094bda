/** The resident memory of another process that is its own, where the system tells it. */
import { readFileSync } from 'node:fs';

/** Every Linux that Node 24 supports has 4 KiB pages on x64 and on the usual arm64 kernels. */
const PAGE_BYTES = 4096;

/**
 * Bytes in RAM, without those of mapped files, which the system takes back when it needs them; 0 where there is no
 * /proc, or the process is gone.
 */
export function residentBytesOf(pid: number): number {
  try {
    const [, resident = 0, ofFiles = 0] = readFileSync(`/proc/${String(pid)}/statm`, 'utf8')
      .split(' ')
      .map(Number);
    return (resident - ofFiles) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

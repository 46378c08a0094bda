/** The resident memory of another process, where the system tells it. */
import { readFileSync } from 'node:fs';

/** Every Linux that Node 24 supports has 4 KiB pages on x64 and on the usual arm64 kernels. */
const PAGE_BYTES = 4096;

/** Bytes in RAM; 0 where there is no /proc, or the process is gone. */
export function residentBytesOf(pid: number): number {
  try {
    const pages = readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')[1];
    return Number(pages ?? 0) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

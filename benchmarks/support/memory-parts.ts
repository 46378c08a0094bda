/** What the memory of one process is made of, from /proc. */
import { readFileSync } from 'node:fs';

export interface MemoryParts {
  readonly residentBytes: number;
  /** What processes share, divided among them. */
  readonly proportionalBytes: number;
  /** Pages of programs, libraries and other files. */
  readonly fileBytes: number;
  /** glibc's heaps: the first thread's, and those of others, which begin at multiples of 64 MiB. */
  readonly mallocBytes: number;
  /** All other memory: V8's heaps and code, stacks, large blocks. */
  readonly mappedBytes: number;
}

const ARENA_BYTES = 2 ** 26;
const MAPPING = /^([0-9a-f]+)-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$/;
const FIELD = /^(Rss|Pss): +(\d+) kB$/;

export function memoryParts(pid: number): MemoryParts {
  const parts = { residentBytes: 0, proportionalBytes: 0, fileBytes: 0, mallocBytes: 0, mappedBytes: 0 };
  let kind: 'fileBytes' | 'mallocBytes' | 'mappedBytes' = 'mappedBytes';
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'latin1').split('\n')) {
    const [, start, name = ''] = MAPPING.exec(line) ?? [];
    if (start !== undefined) kind = kindOf(Number.parseInt(start, 16), name);
    const [, field, kilobytes] = FIELD.exec(line) ?? [];
    const bytes = Number(kilobytes ?? 0) * 1024;
    if (field === 'Pss') parts.proportionalBytes += bytes;
    if (field !== 'Rss') continue;
    parts.residentBytes += bytes;
    parts[kind] += bytes;
  }
  return parts;
}

function kindOf(start: number, name: string): 'fileBytes' | 'mallocBytes' | 'mappedBytes' {
  if (name.startsWith('/')) return 'fileBytes';
  if (name === '[heap]' || (name === '' && start % ARENA_BYTES === 0)) return 'mallocBytes';
  return 'mappedBytes';
}

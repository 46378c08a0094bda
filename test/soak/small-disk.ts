/** A disk of its own for the server's data, small enough to be filled: a tmpfs, where one may mount one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEGABYTES = 256;
const PIECES = [2 ** 20, 4096] as const;

export class SmallDisk {
  readonly path: string;
  /** Why it cannot be filled; '' where it can. */
  readonly refusal: string;

  private constructor(path: string, refusal: string) {
    this.path = path;
    this.refusal = refusal;
  }

  static open(): SmallDisk {
    const path = mkdtempSync(join(tmpdir(), 'sluice-soak-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', path], { stdio: 'pipe' });
      return new SmallDisk(path, '');
    } catch (caught) {
      return new SmallDisk(path, `no tmpfs can be mounted here (${String(caught).split('\n')[1] ?? String(caught)})`);
    }
  }

  /** Takes all that is left, in large pieces and then in small ones. */
  async fill(): Promise<void> {
    await using file = await open(this.#filler, 'w');
    for (const bytes of PIECES) {
      const piece = Buffer.alloc(bytes);
      while (await hasRoom(file, piece));
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  [Symbol.dispose](): void {
    if (this.refusal === '') execFileSync('umount', ['--lazy', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }
}

async function hasRoom(file: FileHandle, piece: Buffer): Promise<boolean> {
  try {
    return (await file.write(piece)).bytesWritten === piece.length;
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw caught;
  }
}

/** The files of one registration on their way into the blobs: written aside, then kept all at once, or not at all. */
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { BlobWriter } from './blob-writer.ts';
import type { BlobFacts } from './blob-writer.ts';
import { hashOpenFile } from './digest.ts';
import { cloneFile, removeIfThere } from './write-file.ts';

/** What the blobs do for a batch. */
export interface BlobHome {
  /** A name for a file that is being written, in the same file system. */
  readonly newPath: () => string;
  /** Holds the blob and puts the file in its place. */
  readonly settle: (temporary: string, sha256: string) => Promise<void>;
  readonly letGo: (sha256: string) => void;
}

interface Draft extends BlobFacts {
  readonly temporary: string;
}

/** Close it in any case: before `keep` that removes all of it, after the commit it ends the hold. */
export class BlobBatch implements AsyncDisposable {
  readonly #home: BlobHome;
  readonly #drafts: Draft[] = [];
  readonly #held: string[] = [];
  #writer: BlobWriter | undefined;

  constructor(home: BlobHome) {
    this.#home = home;
  }

  /** Begins a file; the former one must have been ended. */
  async write(): Promise<BlobWriter> {
    assert(this.#writer === undefined, 'one file is written after the other');
    const temporary = this.#home.newPath();
    this.#writer = await BlobWriter.open(temporary, (facts) => {
      this.#drafts.push({ ...facts, temporary });
      this.#writer = undefined;
    });
    return this.#writer;
  }

  /** Takes a copy of a file, which others may change meanwhile and afterwards. */
  async importFile(path: string): Promise<BlobFacts> {
    const temporary = this.#home.newPath();
    await cloneFile(path, temporary);
    const draft = { temporary, ...(await digestAndSync(temporary)) };
    this.#drafts.push(draft);
    return { sha256: draft.sha256, size: draft.size };
  }

  /** Puts every file in its place, and holds it there until the batch is closed. */
  async keep(): Promise<void> {
    assert(this.#writer === undefined, 'the last file has been ended');
    for (let draft = this.#drafts.at(-1); draft !== undefined; draft = this.#drafts.at(-1)) {
      await this.#home.settle(draft.temporary, draft.sha256);
      this.#drafts.pop();
      this.#held.push(draft.sha256);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sha256 of this.#held.splice(0)) this.#home.letGo(sha256);
    await this.#writer?.abort();
    for (const { temporary } of this.#drafts.splice(0)) await removeIfThere(temporary);
  }
}

async function digestAndSync(path: string): Promise<BlobFacts> {
  const handle = await open(path, 'r');
  try {
    const facts = await hashOpenFile(handle);
    await handle.sync();
    return facts;
  } catch (caught) {
    await removeIfThere(path);
    throw caught;
  } finally {
    await handle.close();
  }
}

/** A Unix socket to listen on: what a dead process left there is replaced, and a sentence says why there is none. */
import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { describeError, ServerError } from '../../domain/errors.ts';
import { codeOf } from '../grpc-js/listen.ts';

/** What fits into the kernel's sockaddr_un. Bytes. */
const MAX_PATH_BYTES = 107;

/** `listen` rejects with the system's error where the socket cannot be had; it is called again once that is mended. */
export async function listenOnSocket(path: string, listen: () => Promise<unknown>): Promise<void> {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    throw cannot(path, `its path has ${bytes} bytes, and at most ${MAX_PATH_BYTES} are possible; choose a shorter one`);
  }
  try {
    await listen();
    return;
  } catch (caught) {
    if (codeOf(caught) !== 'EADDRINUSE') throw cannot(path, whyNot(caught), caught);
  }
  await removeStale(path);
  try {
    await listen();
  } catch (caught) {
    throw cannot(path, whyNot(caught), caught);
  }
}

/** Removes a socket on which nobody listens; anything else at its place is left alone, and told. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw cannot(path, 'another file is there; remove it or choose another path');
  if (await isAnswered(path)) {
    throw cannot(path, 'another process listens there; stop it or choose another path');
  }
  await rm(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const tell = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => {
      tell(true);
    });
    // Refused: nobody listens. Anything else (no permission, a full backlog) is somebody.
    socket.once('error', (error) => {
      tell(codeOf(error) !== 'ECONNREFUSED');
    });
  });
}

function whyNot(caught: unknown): string {
  switch (codeOf(caught)) {
    // libuv says EACCES where the directory is missing, too.
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'its directory does not exist, or this user may not write there; choose another path';
    default:
      return describeError(caught);
  }
}

function cannot(path: string, why: string, cause?: unknown): ServerError {
  return new ServerError('unavailable', `cannot listen on the socket ${path}: ${why}`, { cause });
}

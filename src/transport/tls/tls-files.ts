/** The PEM files of TLS, read and checked as a whole: a sentence says which file is not good, and why. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { describeError, ServerError } from '../../domain/errors.ts';
import { namesOf } from '../h2/peer.ts';

export interface TlsPaths {
  /** A certificate, and behind it those that lead to the authority. */
  readonly cert: string;
  readonly key: string;
  /** Whose signature on the other side's certificate counts. */
  readonly ca: string | undefined;
}

export interface TlsContents {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
  /** DNS names, URIs and e-mail addresses that the certificate was made for; its common name where it names none. */
  readonly names: readonly string[];
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** A chain has a few kB, the authorities of a whole system some 200. Bytes. */
const MAX_FILE_BYTES = 2 ** 20;

const BEGIN = '-----BEGIN CERTIFICATE-----';

/** @param now epoch ms. Throws ServerError. */
export async function readTlsFiles({ cert, key, ca }: TlsPaths, now: number): Promise<TlsContents> {
  const contents = {
    cert: await read(cert, 'certificate'),
    key: await read(key, 'key'),
    ca: ca === undefined ? undefined : await readAuthorities(ca),
  };
  const certificate = certificateIn(contents.cert, cert);
  const expiresAt = Date.parse(certificate.validTo);
  if (expiresAt <= now) {
    throw bad(`the certificate ${cert} expired on ${new Date(expiresAt).toISOString()}; renew it`);
  }
  if (!certificate.checkPrivateKey(keyIn(contents.key, key))) {
    throw bad(`the key ${key} does not fit the certificate ${cert}; give the two that were made together`);
  }
  checkTogether(contents, cert);
  return { ...contents, names: namesOf(certificate), expiresAt };
}

/** Throws ServerError. */
export async function readAuthorities(path: string): Promise<Buffer> {
  const pem = await read(path, 'authority');
  for (const piece of pem.toString('latin1').split(BEGIN).slice(1)) certificateIn(Buffer.from(BEGIN + piece), path);
  // Also where there is no piece.
  certificateIn(pem, path);
  return pem;
}

async function read(path: string, what: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes, and at most ${MAX_FILE_BYTES} are taken`);
    return await file.readFile();
  } catch (caught) {
    throw new ServerError('invalid_argument', `cannot read the ${what} ${path}: ${whyNot(caught)}`, { cause: caught });
  }
}

function whyNot(caught: unknown): string {
  switch (caught instanceof Error && 'code' in caught ? caught.code : undefined) {
    case 'ENOENT':
      return 'it is not there';
    case 'EACCES':
      return 'this user may not read it';
    case 'EISDIR':
      return 'it is a directory; name the file';
    default:
      return describeError(caught);
  }
}

/** The first, where there are several. */
function certificateIn(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (caught) {
    throw bad(`${path} has no certificate in PEM form that can be read; it has to begin with ${BEGIN}`, caught);
  }
}

function keyIn(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (caught) {
    if (pem.includes('ENCRYPTED')) throw bad(`the key ${path} is locked by a passphrase; give one that is not`);
    throw bad(`${path} has no private key in PEM form that can be read`, caught);
  }
}

/** What OpenSSL still finds, such as a broken chain or a key that is too short for it. */
function checkTogether({ cert, key, ca }: Pick<TlsContents, 'cert' | 'key' | 'ca'>, path: string): void {
  try {
    createSecureContext({ cert, key, ...(ca === undefined ? {} : { ca }) });
  } catch (caught) {
    throw bad(`the certificate ${path} cannot be used: ${describeError(caught)}`, caught);
  }
}

function bad(message: string, cause?: unknown): ServerError {
  return new ServerError('invalid_argument', message, { cause });
}

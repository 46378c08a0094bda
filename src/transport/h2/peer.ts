/** Who is at the other end of a connection: the names of the certificate that it showed and that was verified. */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface Peer {
  /**
   * The DNS names, URIs and e-mail addresses that the certificate was made for; its common name where it names none.
   * Empty without TLS, and where no certificate was shown.
   */
  readonly certificateNames: readonly string[];
}

const NOBODY: Peer = Object.freeze({ certificateNames: Object.freeze([]) });

/** More than any honest certificate has. */
const MAX_NAMES = 100;

export function peerOf(socket: Socket): Peer {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return NOBODY;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? NOBODY : Object.freeze({ certificateNames: namesOf(certificate) });
}

export function namesOf(certificate: X509Certificate): readonly string[] {
  const { subjectAltName } = certificate;
  if (subjectAltName !== undefined) return parseAltNames(subjectAltName).slice(0, MAX_NAMES);
  const name: unknown = certificate.toLegacyObject().subject.CN;
  return typeof name === 'string' && name !== '' ? [name] : [];
}

/** One entry of Node's text: what could be taken for two entries is quoted, as JSON quotes. */
const ENTRY = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;

const KINDS: ReadonlySet<string> = new Set(['DNS', 'URI', 'email']);

/** Reads up to the first thing that is no entry: what comes behind it cannot be relied on. */
function parseAltNames(text: string): string[] {
  const names: string[] = [];
  const entry = new RegExp(ENTRY);
  while (entry.lastIndex < text.length) {
    const [, kind, value] = entry.exec(text) ?? [];
    if (kind === undefined || value === undefined) break;
    if (KINDS.has(kind)) names.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return names;
}

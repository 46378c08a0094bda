/** A certificate authority in memory: signs certificates for servers and clients, with keys on the curve P-256. */
import './reflection.ts';
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Both in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Wanted extends Validity {
  /** DNS names, IP addresses, URIs or e-mail addresses; the first is its common name, too. */
  readonly names: readonly string[];
  /** A server's can be shown to another server as well. */
  readonly use: 'server' | 'client';
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const USES = {
  server: [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth],
  client: [ExtendedKeyUsage.clientAuth],
};

export class Authority {
  /** PEM: what others are to trust. */
  readonly cert: string;
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.cert = toPem(certificate);
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async create(name: string, validity: Validity): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      ...validity,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(certificate, keys);
  }

  async issue({ names, use, notBefore, notAfter }: Wanted): Promise<Issued> {
    const keys = await newKeys();
    const [first = ''] = names;
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: [first] }],
      issuer: this.#certificate.subjectName.toJSON(),
      notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension(USES[use]),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: kindOf(value), value }))),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ],
    });
    return { cert: toPem(certificate), key: await keyToPem(keys.privateKey) };
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function toPem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyToPem(key: webcrypto.CryptoKey): Promise<string> {
  const lines =
    Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

function kindOf(name: string): 'ip' | 'url' | 'email' | 'dns' {
  if (isIP(name) !== 0) return 'ip';
  if (name.includes('://')) return 'url';
  return name.includes('@') ? 'email' : 'dns';
}

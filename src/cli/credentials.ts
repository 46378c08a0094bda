/** How the command and the server know each other on the wire: in the clear, or by the PEM files that are named. */
import { getCACertificates } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { readAuthorities, readTlsFiles } from '../transport/tls/tls-files.ts';
import type { Args, Flag } from './command.ts';
import { usageError } from './exit.ts';
import { CA, CA_ENV, CERT, CERT_ENV, CERT_KEY, CERT_KEY_ENV, SYSTEM_CA } from './flags.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** @param now epoch ms. */
export async function channelCredentials(args: Args, env: Environment, now: number): Promise<ChannelCredentials> {
  const ca = given(args, CA, env[CA_ENV]);
  const cert = given(args, CERT, env[CERT_ENV]);
  const key = given(args, CERT_KEY, env[CERT_KEY_ENV]);
  if ((cert === undefined) !== (key === undefined)) {
    throw usageError('--cert and --cert-key go together: the certificate to show, and its key');
  }
  if (ca === undefined) {
    if (cert === undefined) return credentials.createInsecure();
    throw usageError(`--cert is shown over TLS only; give --ca FILE, or --ca ${SYSTEM_CA}, too`);
  }
  const authorities = ca === SYSTEM_CA ? systemAuthorities() : await readAuthorities(ca);
  if (cert === undefined || key === undefined) return credentials.createSsl(authorities);
  const pair = await readTlsFiles({ cert, key, ca: undefined }, now);
  return credentials.createSsl(authorities, pair.key, pair.cert);
}

/** An empty variable is as one that is not set. */
function given(args: Args, wanted: Flag<string>, variable: string | undefined): string | undefined {
  const path = args.get(wanted) ?? variable;
  return path === '' ? undefined : path;
}

function systemAuthorities(): Buffer {
  return Buffer.from([...getCACertificates('bundled'), ...getCACertificates('system')].join('\n'));
}

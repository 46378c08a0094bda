/** The certificate of the ports: that it can be read, fits its key, and how long it is good. */
import type { Config } from '../../config/options.ts';
import { describeError } from '../../domain/errors.ts';
import { readTlsFiles } from '../../transport/tls/tls-files.ts';
import { fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 21;

/** @param now epoch ms. */
export async function certificateFinding(
  { tlsCert, tlsKey, tlsClientCa }: Pick<Config, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>,
  now: number,
): Promise<Finding> {
  const name = 'certificates';
  if (tlsCert === 'off' && tlsKey === 'off' && tlsClientCa === 'off') return ok(name, 'the ports speak without TLS');
  if (tlsCert === 'off' || tlsKey === 'off') {
    return fail(name, 'only a part of TLS is configured', 'give --tls-cert and --tls-key together');
  }
  try {
    const ca = tlsClientCa === 'off' ? undefined : tlsClientCa;
    const { expiresAt, names } = await readTlsFiles({ cert: tlsCert, key: tlsKey, ca }, now);
    const days = Math.floor((expiresAt - now) / DAY_MS);
    const found = `${tlsCert} for ${names.join(', ')}, good for ${days} days`;
    return days < SOON_DAYS ? warn(name, found, 'renew it; the server takes the new files by itself') : ok(name, found);
  } catch (caught) {
    return fail(name, describeError(caught), '');
  }
}

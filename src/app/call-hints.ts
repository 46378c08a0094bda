/** How a person who tries a port names it and its certificates, in the words of grpcurl and of `sluice`. */
import { type Address, formatAddress } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import type { Tls } from './tls.ts';

export interface CallHints {
  readonly address: string;
  /** Flags, each with a space behind it. */
  readonly grpcurl: string;
  /** Flags, each with a space before it. */
  readonly command: string;
}

const PLAIN = { grpcurl: '-plaintext ', command: '' };

export function callHints(
  address: Address,
  config: Pick<Config, 'tlsCert' | 'tlsClientCa'>,
  tls: Pick<Tls, 'hostName'> | undefined,
  clientAuth: Config['tlsAdminClientAuth'],
): CallHints {
  if (tls === undefined) return { address: formatAddress(address), ...PLAIN };
  const { tlsCert, tlsClientCa } = config;
  const ca = tlsClientCa === 'off' ? tlsCert : tlsClientCa;
  const asks = tlsClientCa !== 'off' && clientAuth === 'required';
  return {
    // Under the name that the certificate is for.
    address: formatAddress({ host: tls.hostName ?? address.host, port: address.port }),
    grpcurl: `-cacert ${ca} ${asks ? '-cert CLIENT.pem -key CLIENT-KEY.pem ' : ''}`,
    command: ` --ca ${ca}${asks ? ' --cert CLIENT.pem --cert-key CLIENT-KEY.pem' : ''}`,
  };
}

/** Every address that a server listens on, with the option that says so. */
import type { Address } from './address.ts';
import type { Config } from './options.ts';

export interface ListenAddress {
  readonly flag: string;
  readonly address: Address;
}

type Addresses = Pick<
  Config,
  'predictAddress' | 'metricsAddress' | 'adminAddress' | 'adminMetricsAddress' | 'consoleAddress' | 'controlAddress'
>;

/** @param processes serve processes there are to be. */
export function listenAddresses(config: Addresses, processes: number): ListenAddress[] {
  const { predictAddress, metricsAddress, adminAddress, adminMetricsAddress, consoleAddress, controlAddress } = config;
  const wanted: ListenAddress[] = [{ flag: '--predict-address', address: predictAddress }];
  if (controlAddress !== 'off') wanted.push({ flag: '--admin-address', address: adminAddress });
  if (controlAddress !== 'off' && adminMetricsAddress !== 'off') {
    wanted.push({ flag: '--admin-metrics-address', address: adminMetricsAddress });
  }
  if (controlAddress !== 'off' && consoleAddress !== 'off' && consoleAddress !== 'auto') {
    wanted.push({ flag: '--console-address', address: consoleAddress });
  }
  if (metricsAddress === 'off') return wanted;
  for (let number = 1; number <= processes; number += 1) {
    wanted.push({ flag: '--metrics-address', address: metricsAddressOf(metricsAddress, number) });
  }
  return wanted;
}

/** Each process has metrics of its own, so each has a port of its own for them: the next ones. */
export function metricsAddressOf<A extends { readonly port: number }>(address: A, number: number): A {
  return address.port === 0 ? address : { ...address, port: address.port + number - 1 };
}

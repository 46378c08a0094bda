/** What the checks of `sluice doctor` are called with. */
import { credentials } from '@grpc/grpc-js';
import type { Port } from '../../src/cli/call-failure.ts';
import { AdminClient } from '../../src/cli/client.ts';
import { compileOptions } from '../../src/config/compile-options.ts';
import type { ModelDefaults } from '../../src/config/model-config.ts';

export function clientOf(address: string, port: Port): AdminClient {
  return new AdminClient({
    address,
    port,
    credentials: credentials.createInsecure(),
    timeoutMs: 5000,
    actor: 'ann@desk',
    token: undefined,
    signal: new AbortController().signal,
  });
}

/** Those of a server without options. */
export function modelDefaults(): ModelDefaults {
  const compiled = compileOptions({ argv: [], env: {} });
  if (compiled.kind !== 'config') throw new Error('no option is needed');
  return compiled.config;
}

/** Tries again while the server cannot be reached, as a client with a retry policy does. */
import type { ServiceError } from '@grpc/grpc-js';

const UNAVAILABLE = 14;
const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;

export async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (caught) {
      const code: number = (caught as ServiceError).code;
      if (code !== UNAVAILABLE || Date.now() > deadline) throw caught;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

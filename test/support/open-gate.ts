/** Identities of a registry, as the admin process keeps them; nobody has to have one unless the test makes it so. */
import { AccessKeeper, type AccessKeeperOptions } from '../../src/admin/access-keeper.ts';
import type { Store } from '../../src/registry/store.ts';
import { AdminGuard } from '../../src/transport/admin-guard.ts';

export async function openAccess(
  { store, now }: { readonly store: Store; readonly now: () => number },
  over: Partial<AccessKeeperOptions> = {},
) {
  const refusals: string[] = [];
  const access = await AccessKeeper.open({
    store,
    now,
    clientRoles: new Map(),
    isLocal: true,
    onRefusal: (reason) => refusals.push(reason),
    onFault: (what, cause) => {
      throw new Error(what, { cause });
    },
    ...over,
  });
  return { access, guard: new AdminGuard({ gate: access.gate, store }), refusals };
}

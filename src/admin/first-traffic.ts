/** The first qualified version of a model takes all of its traffic; later ones take none until told. */
import type { RegisteredVersion } from '../domain/registry.ts';
import type { StoreWriter } from '../registry/store.ts';
import { applyTraffic } from './apply-traffic.ts';
import type { AdminContext } from './context.ts';

/** In the transaction that makes the version qualified, after its row was put. Does nothing where there is a policy. */
export async function beginFirstTraffic(
  writer: StoreWriter,
  context: Pick<AdminContext, 'now' | 'newSalt'>,
  { model, version, createdBy }: RegisteredVersion,
): Promise<void> {
  if ((await writer.epoch(model)) !== undefined) return;
  const wanted = {
    arms: [{ version, arm: '', weight: 10_000 }],
    rules: [],
    shadows: [],
    failOverTo: '',
    sticky: true,
    routingKeyHeader: '',
    salt: '',
  };
  await applyTraffic(
    writer,
    context,
    {
      model,
      wanted: () => wanted,
      cause: 'first',
      expectedEpoch: 0,
      reshuffle: false,
      force: false,
      subject: version,
    },
    { actor: createdBy, reason: 'the first qualified version of the model', idempotencyKey: '' },
  );
}

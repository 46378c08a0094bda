/** The server that runs already, by what its ports say. */
import type { AdminClient } from '../client.ts';
import { CommandError, EXIT } from '../exit.ts';
import { loadPredictService } from '../schema-codec.ts';
import { fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** Whose traffic is looked at. */
const MAX_MODELS = 64;

export async function adminFindings(admin: AdminClient, address: string): Promise<Finding[]> {
  const name = 'admin process';
  try {
    const { instances } = await admin.ask(admin.monitor.ListInstances, {});
    const connected = instances.filter((each) => each.connected);
    const unsettled = connected.filter((each) => !each.settled).map(({ instance }) => instance);
    const releases = [...new Set(connected.map(({ serverVersion }) => serverVersion))];
    const behind = await behindFindings(admin);
    const found = `${address} answers, with ${connected.length} serve ${connected.length === 1 ? 'process' : 'processes'}, release ${releases.join(' and ')}`;
    if (connected.length === 0) {
      return [
        warn(name, `${address} answers, and no serve process is connected`, 'look into the log of the serve processes'),
      ];
    }
    return [
      releases.length > 1 ? warn(name, found, 'bring all to one release') : ok(name, found),
      ...(unsettled.length === 0
        ? []
        : [warn('serve processes', `${unsettled.join(', ')} still loads`, 'wait, or see sluice instances')]),
      ...behind,
    ];
  } catch (caught) {
    return [unanswered(name, address, caught)];
  }
}

/** Models whose policy is not in force everywhere. */
async function behindFindings(admin: AdminClient): Promise<Finding[]> {
  const { models } = await admin.ask(admin.registry.ListModels, { pageSize: MAX_MODELS });
  const served = models.filter(({ epoch }) => !epoch.isZero());
  const replies = await Promise.all(served.map(({ model }) => admin.ask(admin.traffic.GetTraffic, { model })));
  return replies.flatMap(({ applied, epoch, instances }, at) => {
    if (applied) return [];
    const behind = instances.filter((each) => epoch !== null && each.epoch.notEquals(epoch.epoch));
    const why = behind.map(({ instance, reason }) => `${instance}${reason === '' ? '' : ` (${reason})`}`).join(', ');
    return [
      warn('traffic', `the policy of ${served[at]?.model ?? ''} is not in force on ${why}`, 'see sluice traffic show'),
    ];
  });
}

export async function predictFinding(predict: AdminClient, address: string): Promise<Finding> {
  const name = 'serve process';
  try {
    const { models } = await predict.ask(loadPredictService().ListModels, {});
    const ready = models.filter(({ latest }) => latest !== '').length;
    const found = `${address} answers, ${ready} of ${models.length} models are ready`;
    return ready < models.length ? warn(name, found, 'see sluice versions MODEL for why') : ok(name, found);
  } catch (caught) {
    return unanswered(name, address, caught);
  }
}

function unanswered(name: string, address: string, caught: unknown): Finding {
  if (!(caught instanceof CommandError)) throw caught;
  if (caught.exitCode === EXIT.refused) {
    return warn(
      name,
      `${address} answers and refuses: ${caught.message}`,
      'give --token, or --ca, --cert and --key, to see more',
    );
  }
  return fail(name, `${address} is held and does not answer`, 'look into its log; where it speaks TLS give --ca');
}

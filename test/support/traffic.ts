/** Policies and orders of traffic, short enough for tests to be about one thing. */
import type { WantedPolicy } from '../../src/admin/apply-traffic-check.ts';
import type { TrafficView } from '../../src/admin/get-traffic.ts';
import { rollbackTraffic } from '../../src/admin/rollback-traffic.ts';
import { setTraffic } from '../../src/admin/set-traffic.ts';
import { switchTraffic } from '../../src/admin/switch-traffic.ts';
import type { Epoch } from '../../src/domain/registry.ts';
import { order } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

interface Over {
  readonly expectedEpoch?: number;
  readonly reshuffle?: boolean;
  readonly force?: boolean;
  readonly waitMs?: number;
  readonly reason?: string;
  readonly idempotencyKey?: string;
}

export function policy(weightsByVersion: Record<string, number>, over: Partial<WantedPolicy> = {}): WantedPolicy {
  return {
    arms: Object.entries(weightsByVersion).map(([version, weight]) => ({ version, arm: '', weight })),
    rules: [],
    shadows: [],
    failOverTo: '',
    sticky: true,
    routingKeyHeader: '',
    salt: '',
    ...over,
  };
}

/** SetTraffic of iris. */
export function send(scene: Scene, wanted: WantedPolicy, over: Over = {}): Promise<TrafficView> {
  const { reason = 'because', idempotencyKey = '', ...rest } = over;
  const input = { model: 'iris', policy: wanted, expectedEpoch: 0, reshuffle: false, force: false, waitMs: 0, ...rest };
  return setTraffic(scene.context, input, order({ reason, idempotencyKey }));
}

/** SwitchTraffic of iris. */
export function switchTo(
  scene: Scene,
  version: string,
  over: Pick<Over, 'force' | 'expectedEpoch'> = {},
): Promise<TrafficView> {
  const input = { model: 'iris', version, expectedEpoch: 0, force: false, waitMs: 0, ...over };
  return switchTraffic(scene.context, input, order());
}

/** RollbackTraffic of iris. */
export function rollBack(scene: Scene, toEpoch = 0, expectedEpoch = 0): Promise<TrafficView> {
  return rollbackTraffic(scene.context, { model: 'iris', toEpoch, expectedEpoch, waitMs: 0 }, order());
}

export function weights({ policy: { arms } }: Epoch): Record<string, number> {
  return Object.fromEntries(arms.map(({ version, weight }) => [version, weight]));
}

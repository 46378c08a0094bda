/** What each method of the Admin services needs, and how its request tells which model it is about. */
import type { Need } from './role.ts';

/**
 * Where the model of a request is. `prediction`: as `model`, but a prediction id may be of any model. `server`: it is
 * about no one model, so an identity that has some models only is refused. `own models`: the reply leaves out the
 * models that the identity does not have. `self`: it is about the identity.
 */
export type Subject =
  'model' | 'transition' | 'rollout' | 'experiment' | 'prediction' | 'server' | 'own models' | 'self';

export interface Permission {
  readonly need: Need;
  readonly subject: Subject;
}

const read = (subject: Subject): Permission => ({ need: 'read', subject });
const operate = (subject: Subject): Permission => ({ need: 'operate', subject });
const approve = (subject: Subject): Permission => ({ need: 'approve', subject });
const administer = (subject: Subject): Permission => ({ need: 'administer', subject });

/** By service and method of sluice.admin.v1. */
const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'Registry/RegisterVersion': operate('model'),
  'Registry/ListModels': read('own models'),
  'Registry/ListVersions': read('model'),
  'Registry/GetVersion': read('model'),
  'Registry/WatchVersion': read('model'),
  'Registry/UpdateMetadata': operate('model'),
  'Registry/ConfigureModel': operate('model'),
  'Registry/SetAlias': operate('model'),
  'Registry/DeleteAlias': operate('model'),
  'Registry/ListAliases': read('model'),
  'Registry/RequestTransition': operate('model'),
  'Registry/ApproveTransition': approve('transition'),
  'Registry/RejectTransition': approve('transition'),
  'Registry/ListTransitions': read('model'),
  'Registry/DeleteVersion': operate('model'),
  'Registry/DownloadVersion': read('model'),
  'Registry/GarbageCollect': administer('server'),

  'Traffic/GetTraffic': read('model'),
  'Traffic/SetTraffic': operate('model'),
  'Traffic/SwitchTraffic': operate('model'),
  'Traffic/RollbackTraffic': operate('model'),
  'Traffic/ListEpochs': read('model'),
  'Traffic/WatchTraffic': read('model'),

  'Rollouts/Start': operate('model'),
  'Rollouts/Get': read('rollout'),
  'Rollouts/List': read('model'),
  'Rollouts/Pause': operate('rollout'),
  'Rollouts/Resume': operate('rollout'),
  'Rollouts/Promote': operate('rollout'),
  'Rollouts/Abort': operate('rollout'),
  'Rollouts/Approve': approve('rollout'),
  'Rollouts/Watch': read('rollout'),

  'Experiments/Create': operate('model'),
  'Experiments/Start': operate('experiment'),
  'Experiments/Stop': operate('experiment'),
  'Experiments/Conclude': operate('experiment'),
  'Experiments/Get': read('experiment'),
  'Experiments/List': read('model'),
  'Experiments/GetResults': read('experiment'),
  'Experiments/WatchResults': read('experiment'),

  'Shadows/GetComparison': read('model'),
  'Shadows/WatchComparison': read('model'),
  'Shadows/ListExamples': read('model'),
  'Drift/GetDrift': read('model'),

  'Monitor/GetStats': read('model'),
  'Monitor/WatchStats': read('model'),
  'Monitor/CheckHealth': read('model'),
  'Monitor/ListInstances': read('server'),

  'Audit/ListEvents': read('model'),
  'Audit/VerifyChain': read('server'),
  'Audit/WhoServed': read('prediction'),

  'Access/CreateToken': administer('server'),
  'Access/ListTokens': administer('server'),
  'Access/RevokeToken': administer('server'),
  'Access/WhoAmI': read('self'),
};

const PACKAGE = 'sluice.admin.v1.';

/** A method that nobody thought of is an admin's alone. */
const UNLISTED = administer('server');

/** @param method "sluice.admin.v1.Traffic/SetTraffic". */
export function permissionOf(method: string): Permission {
  const name = method.startsWith(PACKAGE) ? method.slice(PACKAGE.length) : '';
  return Object.hasOwn(PERMISSIONS, name) ? (PERMISSIONS[name] ?? UNLISTED) : UNLISTED;
}

/** Every method that has a permission of its own, as `permissionOf` takes it. */
export const LISTED_METHODS: readonly string[] = Object.keys(PERMISSIONS).map((name) => `${PACKAGE}${name}`);

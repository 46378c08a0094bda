/** sluice.admin.v1.Registry over its use cases. */
import { configureModel } from '../../../admin/configure-model.ts';
import type { AdminContext } from '../../../admin/context.ts';
import { approveTransition, rejectTransition } from '../../../admin/decide-transition.ts';
import { deleteAlias } from '../../../admin/delete-alias.ts';
import { deleteVersion } from '../../../admin/delete-version.ts';
import { downloadVersion } from '../../../admin/download-version.ts';
import { garbageCollect } from '../../../admin/garbage-collect.ts';
import { listModels } from '../../../admin/list-models.ts';
import { listTransitions } from '../../../admin/list-transitions.ts';
import { listVersions } from '../../../admin/list-versions.ts';
import { registerVersion, type RegistrationDeps } from '../../../admin/register-version.ts';
import { requestTransition } from '../../../admin/request-transition.ts';
import { findModel, findVersion, resolveVersion } from '../../../admin/resolve-version.ts';
import { setAlias } from '../../../admin/set-alias.ts';
import { updateMetadata } from '../../../admin/update-metadata.ts';
import { viewOf } from '../../../admin/version-view.ts';
import { formatAlias, formatTransition } from '../../codec/admin/decision-codec.ts';
import { fromStruct } from '../../codec/admin/from-struct.ts';
import { parseOrder } from '../../codec/admin/order.ts';
import { parseUpload } from '../../codec/admin/upload-codec.ts';
import { formatModel, formatVersion, parseState } from '../../codec/admin/version-codec.ts';
import { wholeNumber } from '../../codec/admin/whole-numbers.ts';
import type { Version } from '../../gen/sluice/admin/v1/Version.ts';
import { isOwn } from '../own-models.ts';
import type { RegistryService } from './admin-services.ts';
import { watch, type Watched } from './watch.ts';

export function registryService(context: AdminContext, registration: RegistrationDeps): RegistryService {
  return {
    ...versionCalls(context, registration),
    ...aliasCalls(context),
    ...transitionCalls(context),
    listModels: async (request, call) => {
      const { models, nextPageToken } = await listModels(context, request);
      return { models: models.filter(({ model }) => isOwn(call, model)).map(formatModel), nextPageToken };
    },
    configureModel: async ({ model, config, ...order }, call) => {
      const input = { model, config: fromStruct('config', config) };
      return formatModel(await configureModel(context, input, parseOrder(call, order)));
    },
    garbageCollect: async ({ confirm, reason }, call) => {
      const { removed, ...report } = await garbageCollect(
        context,
        registration.blobs,
        { confirm },
        parseOrder(call, { reason }),
      );
      return { ...report, removed: [...removed] };
    },
  };
}

type VersionCalls = Pick<
  RegistryService,
  | 'registerVersion'
  | 'listVersions'
  | 'getVersion'
  | 'watchVersion'
  | 'updateMetadata'
  | 'deleteVersion'
  | 'downloadVersion'
>;

function versionCalls(context: AdminContext, registration: RegistrationDeps): VersionCalls {
  return {
    registerVersion: async (messages, call) => {
      const { input, order, files } = await parseUpload(messages);
      const registered = await registerVersion(context, registration, parseOrder(call, order), input, files);
      const { version, created } = registered;
      return { version: formatVersion(await viewOf(context, version)), created };
    },
    listVersions: async ({ state, ...query }) => {
      const { versions, nextPageToken } = await listVersions(context, { ...query, state: parseState(state) });
      return { versions: versions.map(formatVersion), nextPageToken };
    },
    getVersion: async ({ model, version }) => {
      const found = await resolveVersion(context.store, model, version);
      return formatVersion(await viewOf(context, found));
    },
    watchVersion: async ({ model, version, untilSettled }, call, send) => {
      const { version: name } = await resolveVersion(context.store, model, version);
      await watch(watchedVersion(context, { model, name, untilSettled }), call, send);
    },
    updateMetadata: async ({ model, version, description, tags, ...order }, call) => {
      const input = { model, version, description, tags };
      return formatVersion(await updateMetadata(context, input, parseOrder(call, order)));
    },
    deleteVersion: async ({ model, version, ...order }, call) =>
      formatVersion(await deleteVersion(context, { model, version }, parseOrder(call, order))),
    downloadVersion: async ({ model, version }, _call, send) => {
      for await (const piece of downloadVersion(context, registration.blobs, { model, version })) await send(piece);
    },
  };
}

interface WantedVersion {
  readonly model: string;
  readonly name: string;
  readonly untilSettled: boolean;
}

/** There is one key: the version's name. */
function watchedVersion(context: AdminContext, { model, name, untilSettled }: WantedVersion): Watched<Version> {
  return {
    listen: (touch) =>
      context.changes.listen((changed) => {
        if (changed === model) touch(name);
      }),
    first: () => Promise.resolve([name]),
    read: async () => formatVersion(await viewOf(context, await findVersion(context.store, model, name))),
    isLast: ({ state }) => state === 'REJECTED' || state === 'DELETED' || (untilSettled && state === 'QUALIFIED'),
  };
}

function aliasCalls(context: AdminContext): Pick<RegistryService, 'setAlias' | 'deleteAlias' | 'listAliases'> {
  return {
    setAlias: async ({ model, alias, version, expectedVersion, ...order }, call) => {
      const input = { model, alias, version, expectedVersion };
      return formatAlias(await setAlias(context, input, parseOrder(call, order)));
    },
    deleteAlias: async ({ model, alias, ...order }, call) => {
      await deleteAlias(context, { model, alias }, parseOrder(call, order));
      return {};
    },
    listAliases: async ({ model }) => {
      if (model !== '') await findModel(context.store, model);
      const aliases = await context.store.aliases(model === '' ? undefined : model);
      return { aliases: aliases.map(formatAlias) };
    },
  };
}

type TransitionCalls = Pick<
  RegistryService,
  'requestTransition' | 'approveTransition' | 'rejectTransition' | 'listTransitions'
>;

function transitionCalls(context: AdminContext): TransitionCalls {
  return {
    requestTransition: async ({ model, version, stage, ...order }, call) => {
      const input = { model, version, stage };
      return formatTransition(await requestTransition(context, input, parseOrder(call, order)));
    },
    approveTransition: async ({ id, ...order }, call) =>
      formatTransition(await approveTransition(context, { id: wholeNumber('id', id) }, parseOrder(call, order))),
    rejectTransition: async ({ id, ...order }, call) =>
      formatTransition(await rejectTransition(context, { id: wholeNumber('id', id) }, parseOrder(call, order))),
    listTransitions: async (request) => {
      const { transitions, nextPageToken } = await listTransitions(context, request);
      return { transitions: transitions.map(formatTransition), nextPageToken };
    },
  };
}

/** Puts the Admin services on a grpc-js server. */
import type { AdminServices } from '../services/admin/admin-services.ts';
import type { AdminSchema } from './codec.ts';
import { rememberingEvents } from './event-bytes.ts';
import { addClientStream, addServerStream, addUnary, type Registrar } from './methods.ts';
import { Places } from './places.ts';

/** Each costs a little memory and a look at the store per change. */
const MAX_WATCHES = 256;
/** Each reads a file while its caller takes it. */
const MAX_DOWNLOADS = 16;

export interface AdminRegistration {
  readonly registrar: Registrar;
  readonly schema: AdminSchema;
  readonly services: AdminServices;
  /** An upload that is silent for longer is given up. */
  readonly uploadIdleMs: number;
}

export function registerAdmin({ registrar, schema, services, uploadIdleMs }: AdminRegistration): void {
  const { Registry, Traffic, Rollouts, Experiments, Monitor, Audit, Access } = schema.sluice.admin.v1;
  const watches = { places: new Places(MAX_WATCHES, 'watches'), leaves: true };
  registerRegistry(registrar, Registry.service, services, { watches, uploadIdleMs });

  const { traffic, rollouts, experiments, monitor, audit, access } = services;
  addUnary(registrar, Traffic.service.GetTraffic, traffic.getTraffic);
  addUnary(registrar, Traffic.service.SetTraffic, traffic.setTraffic);
  addUnary(registrar, Traffic.service.SwitchTraffic, traffic.switchTraffic);
  addUnary(registrar, Traffic.service.RollbackTraffic, traffic.rollbackTraffic);
  addUnary(registrar, Traffic.service.ListEpochs, traffic.listEpochs);
  addServerStream(registrar, Traffic.service.WatchTraffic, watches, traffic.watchTraffic);

  addUnary(registrar, Rollouts.service.Start, rollouts.start);
  addUnary(registrar, Rollouts.service.Get, rollouts.get);
  addUnary(registrar, Rollouts.service.List, rollouts.list);
  addUnary(registrar, Rollouts.service.Pause, rollouts.pause);
  addUnary(registrar, Rollouts.service.Resume, rollouts.resume);
  addUnary(registrar, Rollouts.service.Promote, rollouts.promote);
  addUnary(registrar, Rollouts.service.Abort, rollouts.abort);
  addUnary(registrar, Rollouts.service.Approve, rollouts.approve);
  addServerStream(registrar, Rollouts.service.Watch, watches, rollouts.watch);

  addUnary(registrar, Experiments.service.Create, experiments.create);
  addUnary(registrar, Experiments.service.Start, experiments.start);
  addUnary(registrar, Experiments.service.Stop, experiments.stop);
  addUnary(registrar, Experiments.service.Conclude, experiments.conclude);
  addUnary(registrar, Experiments.service.Get, experiments.get);
  addUnary(registrar, Experiments.service.List, experiments.list);
  addUnary(registrar, Experiments.service.GetResults, experiments.getResults);
  addServerStream(registrar, Experiments.service.WatchResults, watches, experiments.watchResults);

  addUnary(registrar, Monitor.service.GetStats, monitor.getStats);
  addServerStream(registrar, Monitor.service.WatchStats, watches, monitor.watchStats);
  addUnary(registrar, Monitor.service.CheckHealth, monitor.checkHealth);
  addUnary(registrar, Monitor.service.ListInstances, monitor.listInstances);

  registerComparisons(registrar, schema, services, watches);

  const { ListEvents } = Audit.service;
  const responseSerialize = rememberingEvents(ListEvents.responseSerialize);
  addUnary(registrar, { ...ListEvents, responseSerialize }, audit.listEvents);
  addUnary(registrar, Audit.service.VerifyChain, audit.verifyChain);
  addUnary(registrar, Audit.service.WhoServed, audit.whoServed);

  addUnary(registrar, Access.service.CreateToken, access.createToken);
  addUnary(registrar, Access.service.ListTokens, access.listTokens);
  addUnary(registrar, Access.service.RevokeToken, access.revokeToken);
  addUnary(registrar, Access.service.WhoAmI, access.whoAmI);
}

function registerComparisons(
  registrar: Registrar,
  schema: AdminSchema,
  { shadows, drift }: AdminServices,
  watches: { places: Places; leaves: boolean },
): void {
  const { Shadows, Drift } = schema.sluice.admin.v1;
  addUnary(registrar, Shadows.service.GetComparison, shadows.getComparison);
  addServerStream(registrar, Shadows.service.WatchComparison, watches, shadows.watchComparison);
  addUnary(registrar, Shadows.service.ListExamples, shadows.listExamples);
  addUnary(registrar, Drift.service.GetDrift, drift.getDrift);
}

function registerRegistry(
  registrar: Registrar,
  methods: AdminSchema['sluice']['admin']['v1']['Registry']['service'],
  { registry }: AdminServices,
  { watches, uploadIdleMs }: { watches: { places: Places; leaves: boolean }; uploadIdleMs: number },
): void {
  const downloads = { places: new Places(MAX_DOWNLOADS, 'downloads'), leaves: false };
  addClientStream(registrar, methods.RegisterVersion, uploadIdleMs, registry.registerVersion);
  addUnary(registrar, methods.ListModels, registry.listModels);
  addUnary(registrar, methods.ListVersions, registry.listVersions);
  addUnary(registrar, methods.GetVersion, registry.getVersion);
  addServerStream(registrar, methods.WatchVersion, watches, registry.watchVersion);
  addUnary(registrar, methods.UpdateMetadata, registry.updateMetadata);
  addUnary(registrar, methods.ConfigureModel, registry.configureModel);
  addUnary(registrar, methods.SetAlias, registry.setAlias);
  addUnary(registrar, methods.DeleteAlias, registry.deleteAlias);
  addUnary(registrar, methods.ListAliases, registry.listAliases);
  addUnary(registrar, methods.RequestTransition, registry.requestTransition);
  addUnary(registrar, methods.ApproveTransition, registry.approveTransition);
  addUnary(registrar, methods.RejectTransition, registry.rejectTransition);
  addUnary(registrar, methods.ListTransitions, registry.listTransitions);
  addUnary(registrar, methods.DeleteVersion, registry.deleteVersion);
  addServerStream(registrar, methods.DownloadVersion, downloads, registry.downloadVersion);
  addUnary(registrar, methods.GarbageCollect, registry.garbageCollect);
}

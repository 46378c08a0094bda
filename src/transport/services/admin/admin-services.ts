/** The functions of the Admin services, as a door serves them. */
import type { Handler } from '../../call.ts';
import type { ClientStreamHandler, ServerStreamHandler } from '../../long-call.ts';
import type { ChangeRolloutRequest__Output as ChangeRolloutRequest } from '../../gen/sluice/admin/v1/ChangeRolloutRequest.ts';
import type { GetRolloutRequest__Output as GetRolloutRequest } from '../../gen/sluice/admin/v1/GetRolloutRequest.ts';
import type { ListRolloutsReply } from '../../gen/sluice/admin/v1/ListRolloutsReply.ts';
import type { ListRolloutsRequest__Output as ListRolloutsRequest } from '../../gen/sluice/admin/v1/ListRolloutsRequest.ts';
import type { PromoteRolloutRequest__Output as PromoteRolloutRequest } from '../../gen/sluice/admin/v1/PromoteRolloutRequest.ts';
import type { Rollout } from '../../gen/sluice/admin/v1/Rollout.ts';
import type { StartRolloutRequest__Output as StartRolloutRequest } from '../../gen/sluice/admin/v1/StartRolloutRequest.ts';
import type { CreateTokenReply } from '../../gen/sluice/admin/v1/CreateTokenReply.ts';
import type { CreateTokenRequest__Output as CreateTokenRequest } from '../../gen/sluice/admin/v1/CreateTokenRequest.ts';
import type { ListTokensReply } from '../../gen/sluice/admin/v1/ListTokensReply.ts';
import type { ListTokensRequest__Output as ListTokensRequest } from '../../gen/sluice/admin/v1/ListTokensRequest.ts';
import type { RevokeTokenRequest__Output as RevokeTokenRequest } from '../../gen/sluice/admin/v1/RevokeTokenRequest.ts';
import type { Token } from '../../gen/sluice/admin/v1/Token.ts';
import type { WhoAmIReply } from '../../gen/sluice/admin/v1/WhoAmIReply.ts';
import type { Alias } from '../../gen/sluice/admin/v1/Alias.ts';
import type { CheckHealthRequest__Output as CheckHealthRequest } from '../../gen/sluice/admin/v1/CheckHealthRequest.ts';
import type { ConfigureModelRequest__Output as ConfigureModelRequest } from '../../gen/sluice/admin/v1/ConfigureModelRequest.ts';
import type { DecideTransitionRequest__Output as DecideTransitionRequest } from '../../gen/sluice/admin/v1/DecideTransitionRequest.ts';
import type { DeleteAliasReply } from '../../gen/sluice/admin/v1/DeleteAliasReply.ts';
import type { DeleteAliasRequest__Output as DeleteAliasRequest } from '../../gen/sluice/admin/v1/DeleteAliasRequest.ts';
import type { DeleteVersionRequest__Output as DeleteVersionRequest } from '../../gen/sluice/admin/v1/DeleteVersionRequest.ts';
import type { ChangeExperimentRequest__Output as ChangeExperimentRequest } from '../../gen/sluice/admin/v1/ChangeExperimentRequest.ts';
import type { ConcludeExperimentRequest__Output as ConcludeExperimentRequest } from '../../gen/sluice/admin/v1/ConcludeExperimentRequest.ts';
import type { CreateExperimentRequest__Output as CreateExperimentRequest } from '../../gen/sluice/admin/v1/CreateExperimentRequest.ts';
import type { Experiment } from '../../gen/sluice/admin/v1/Experiment.ts';
import type { ExperimentResults } from '../../gen/sluice/admin/v1/ExperimentResults.ts';
import type { GetExperimentRequest__Output as GetExperimentRequest } from '../../gen/sluice/admin/v1/GetExperimentRequest.ts';
import type { ListExperimentsReply } from '../../gen/sluice/admin/v1/ListExperimentsReply.ts';
import type { ListExperimentsRequest__Output as ListExperimentsRequest } from '../../gen/sluice/admin/v1/ListExperimentsRequest.ts';
import type { DriftReport } from '../../gen/sluice/admin/v1/DriftReport.ts';
import type { DownloadVersionRequest__Output as DownloadVersionRequest } from '../../gen/sluice/admin/v1/DownloadVersionRequest.ts';
import type { FileChunk } from '../../gen/sluice/admin/v1/FileChunk.ts';
import type { GarbageCollectReply } from '../../gen/sluice/admin/v1/GarbageCollectReply.ts';
import type { GarbageCollectRequest__Output as GarbageCollectRequest } from '../../gen/sluice/admin/v1/GarbageCollectRequest.ts';
import type { GetComparisonRequest__Output as GetComparisonRequest } from '../../gen/sluice/admin/v1/GetComparisonRequest.ts';
import type { GetDriftRequest__Output as GetDriftRequest } from '../../gen/sluice/admin/v1/GetDriftRequest.ts';
import type { GetStatsRequest__Output as GetStatsRequest } from '../../gen/sluice/admin/v1/GetStatsRequest.ts';
import type { GetTrafficRequest__Output as GetTrafficRequest } from '../../gen/sluice/admin/v1/GetTrafficRequest.ts';
import type { GetVersionRequest__Output as GetVersionRequest } from '../../gen/sluice/admin/v1/GetVersionRequest.ts';
import type { HealthReport } from '../../gen/sluice/admin/v1/HealthReport.ts';
import type { ListAliasesReply } from '../../gen/sluice/admin/v1/ListAliasesReply.ts';
import type { ListAliasesRequest__Output as ListAliasesRequest } from '../../gen/sluice/admin/v1/ListAliasesRequest.ts';
import type { ListEpochsReply } from '../../gen/sluice/admin/v1/ListEpochsReply.ts';
import type { ListEpochsRequest__Output as ListEpochsRequest } from '../../gen/sluice/admin/v1/ListEpochsRequest.ts';
import type { ListEventsReply } from '../../gen/sluice/admin/v1/ListEventsReply.ts';
import type { ListEventsRequest__Output as ListEventsRequest } from '../../gen/sluice/admin/v1/ListEventsRequest.ts';
import type { ListExamplesReply } from '../../gen/sluice/admin/v1/ListExamplesReply.ts';
import type { ListInstancesReply } from '../../gen/sluice/admin/v1/ListInstancesReply.ts';
import type { ListInstancesRequest__Output as ListInstancesRequest } from '../../gen/sluice/admin/v1/ListInstancesRequest.ts';
import type { ListModelsReply } from '../../gen/sluice/admin/v1/ListModelsReply.ts';
import type { ListModelsRequest__Output as ListModelsRequest } from '../../gen/sluice/admin/v1/ListModelsRequest.ts';
import type { ListTransitionsReply } from '../../gen/sluice/admin/v1/ListTransitionsReply.ts';
import type { ListTransitionsRequest__Output as ListTransitionsRequest } from '../../gen/sluice/admin/v1/ListTransitionsRequest.ts';
import type { ListVersionsReply } from '../../gen/sluice/admin/v1/ListVersionsReply.ts';
import type { ListVersionsRequest__Output as ListVersionsRequest } from '../../gen/sluice/admin/v1/ListVersionsRequest.ts';
import type { Model } from '../../gen/sluice/admin/v1/Model.ts';
import type { RegisterVersionReply } from '../../gen/sluice/admin/v1/RegisterVersionReply.ts';
import type { RegisterVersionRequest__Output as RegisterVersionRequest } from '../../gen/sluice/admin/v1/RegisterVersionRequest.ts';
import type { RequestTransitionRequest__Output as RequestTransitionRequest } from '../../gen/sluice/admin/v1/RequestTransitionRequest.ts';
import type { RollbackTrafficRequest__Output as RollbackTrafficRequest } from '../../gen/sluice/admin/v1/RollbackTrafficRequest.ts';
import type { SetAliasRequest__Output as SetAliasRequest } from '../../gen/sluice/admin/v1/SetAliasRequest.ts';
import type { SetTrafficRequest__Output as SetTrafficRequest } from '../../gen/sluice/admin/v1/SetTrafficRequest.ts';
import type { ShadowComparison } from '../../gen/sluice/admin/v1/ShadowComparison.ts';
import type { Stats } from '../../gen/sluice/admin/v1/Stats.ts';
import type { SwitchTrafficRequest__Output as SwitchTrafficRequest } from '../../gen/sluice/admin/v1/SwitchTrafficRequest.ts';
import type { TrafficReply } from '../../gen/sluice/admin/v1/TrafficReply.ts';
import type { Transition } from '../../gen/sluice/admin/v1/Transition.ts';
import type { UpdateMetadataRequest__Output as UpdateMetadataRequest } from '../../gen/sluice/admin/v1/UpdateMetadataRequest.ts';
import type { VerifyChainReply } from '../../gen/sluice/admin/v1/VerifyChainReply.ts';
import type { VerifyChainRequest__Output as VerifyChainRequest } from '../../gen/sluice/admin/v1/VerifyChainRequest.ts';
import type { Version } from '../../gen/sluice/admin/v1/Version.ts';
import type { WatchStatsRequest__Output as WatchStatsRequest } from '../../gen/sluice/admin/v1/WatchStatsRequest.ts';
import type { WatchTrafficRequest__Output as WatchTrafficRequest } from '../../gen/sluice/admin/v1/WatchTrafficRequest.ts';
import type { WatchVersionRequest__Output as WatchVersionRequest } from '../../gen/sluice/admin/v1/WatchVersionRequest.ts';
import type { WhoServedReply } from '../../gen/sluice/admin/v1/WhoServedReply.ts';
import type { WhoServedRequest__Output as WhoServedRequest } from '../../gen/sluice/admin/v1/WhoServedRequest.ts';

export interface RegistryService {
  readonly registerVersion: ClientStreamHandler<RegisterVersionRequest, RegisterVersionReply>;
  readonly listModels: Handler<ListModelsRequest, ListModelsReply>;
  readonly listVersions: Handler<ListVersionsRequest, ListVersionsReply>;
  readonly getVersion: Handler<GetVersionRequest, Version>;
  readonly watchVersion: ServerStreamHandler<WatchVersionRequest, Version>;
  readonly updateMetadata: Handler<UpdateMetadataRequest, Version>;
  readonly configureModel: Handler<ConfigureModelRequest, Model>;
  readonly setAlias: Handler<SetAliasRequest, Alias>;
  readonly deleteAlias: Handler<DeleteAliasRequest, DeleteAliasReply>;
  readonly listAliases: Handler<ListAliasesRequest, ListAliasesReply>;
  readonly requestTransition: Handler<RequestTransitionRequest, Transition>;
  readonly approveTransition: Handler<DecideTransitionRequest, Transition>;
  readonly rejectTransition: Handler<DecideTransitionRequest, Transition>;
  readonly listTransitions: Handler<ListTransitionsRequest, ListTransitionsReply>;
  readonly deleteVersion: Handler<DeleteVersionRequest, Version>;
  readonly downloadVersion: ServerStreamHandler<DownloadVersionRequest, FileChunk>;
  readonly garbageCollect: Handler<GarbageCollectRequest, GarbageCollectReply>;
}

export interface TrafficService {
  readonly getTraffic: Handler<GetTrafficRequest, TrafficReply>;
  readonly setTraffic: Handler<SetTrafficRequest, TrafficReply>;
  readonly switchTraffic: Handler<SwitchTrafficRequest, TrafficReply>;
  readonly rollbackTraffic: Handler<RollbackTrafficRequest, TrafficReply>;
  readonly listEpochs: Handler<ListEpochsRequest, ListEpochsReply>;
  readonly watchTraffic: ServerStreamHandler<WatchTrafficRequest, TrafficReply>;
}

export interface MonitorService {
  readonly getStats: Handler<GetStatsRequest, Stats>;
  readonly watchStats: ServerStreamHandler<WatchStatsRequest, Stats>;
  readonly checkHealth: Handler<CheckHealthRequest, HealthReport>;
  readonly listInstances: Handler<ListInstancesRequest, ListInstancesReply>;
}

export interface AuditService {
  readonly listEvents: Handler<ListEventsRequest, ListEventsReply>;
  readonly verifyChain: Handler<VerifyChainRequest, VerifyChainReply>;
  readonly whoServed: Handler<WhoServedRequest, WhoServedReply>;
}

export interface RolloutsService {
  readonly start: Handler<StartRolloutRequest, Rollout>;
  readonly get: Handler<GetRolloutRequest, Rollout>;
  readonly list: Handler<ListRolloutsRequest, ListRolloutsReply>;
  readonly pause: Handler<ChangeRolloutRequest, Rollout>;
  readonly resume: Handler<ChangeRolloutRequest, Rollout>;
  readonly promote: Handler<PromoteRolloutRequest, Rollout>;
  readonly abort: Handler<ChangeRolloutRequest, Rollout>;
  readonly approve: Handler<ChangeRolloutRequest, Rollout>;
  readonly watch: ServerStreamHandler<GetRolloutRequest, Rollout>;
}

export interface ShadowsService {
  readonly getComparison: Handler<GetComparisonRequest, ShadowComparison>;
  readonly watchComparison: ServerStreamHandler<GetComparisonRequest, ShadowComparison>;
  readonly listExamples: Handler<GetComparisonRequest, ListExamplesReply>;
}

export interface DriftService {
  readonly getDrift: Handler<GetDriftRequest, DriftReport>;
}

export interface ExperimentsService {
  readonly create: Handler<CreateExperimentRequest, Experiment>;
  readonly start: Handler<ChangeExperimentRequest, Experiment>;
  readonly stop: Handler<ChangeExperimentRequest, Experiment>;
  readonly conclude: Handler<ConcludeExperimentRequest, Experiment>;
  readonly get: Handler<GetExperimentRequest, Experiment>;
  readonly list: Handler<ListExperimentsRequest, ListExperimentsReply>;
  readonly getResults: Handler<GetExperimentRequest, ExperimentResults>;
  readonly watchResults: ServerStreamHandler<GetExperimentRequest, ExperimentResults>;
}

export interface AccessService {
  readonly createToken: Handler<CreateTokenRequest, CreateTokenReply>;
  readonly listTokens: Handler<ListTokensRequest, ListTokensReply>;
  readonly revokeToken: Handler<RevokeTokenRequest, Token>;
  readonly whoAmI: Handler<unknown, WhoAmIReply>;
}

export interface AdminServices {
  readonly access: AccessService;
  readonly experiments: ExperimentsService;
  readonly rollouts: RolloutsService;
  readonly registry: RegistryService;
  readonly traffic: TrafficService;
  readonly monitor: MonitorService;
  readonly audit: AuditService;
  readonly shadows: ShadowsService;
  readonly drift: DriftService;
}

/** inference.GRPCInferenceService as plain functions over the request line and the catalog, for any door to serve. */
import { ServerError } from '../../domain/errors.ts';
import type { VersionStatistics } from '../../monitor/version-stats.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Call, Handler, StreamHandler } from '../call.ts';
import { formatInfer, parseInfer } from '../codec/infer-codec.ts';
import { formatConfig, formatMetadata } from '../codec/model-config.ts';
import { formatStatistics } from '../codec/statistics-codec.ts';
import type { ModelConfigRequest__Output } from '../gen/inference/ModelConfigRequest.ts';
import type { ModelConfigResponse } from '../gen/inference/ModelConfigResponse.ts';
import type { ModelInferRequest__Output } from '../gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse } from '../gen/inference/ModelInferResponse.ts';
import type { ModelMetadataRequest__Output } from '../gen/inference/ModelMetadataRequest.ts';
import type { ModelMetadataResponse } from '../gen/inference/ModelMetadataResponse.ts';
import type { ModelReadyRequest__Output } from '../gen/inference/ModelReadyRequest.ts';
import type { ModelReadyResponse } from '../gen/inference/ModelReadyResponse.ts';
import type { ModelStatisticsRequest__Output } from '../gen/inference/ModelStatisticsRequest.ts';
import type { ModelStatisticsResponse } from '../gen/inference/ModelStatisticsResponse.ts';
import type { ModelStreamInferResponse } from '../gen/inference/ModelStreamInferResponse.ts';
import type { RepositoryIndexRequest__Output } from '../gen/inference/RepositoryIndexRequest.ts';
import type { RepositoryIndexResponse } from '../gen/inference/RepositoryIndexResponse.ts';
import type { ServerLiveResponse } from '../gen/inference/ServerLiveResponse.ts';
import type { ServerMetadataResponse } from '../gen/inference/ServerMetadataResponse.ts';
import type { ServerReadyResponse } from '../gen/inference/ServerReadyResponse.ts';
import { findModel, findVersion, requireReady } from './find-version.ts';
import type { Predict } from './predict-service.ts';
import { isModelReady, readyVersions, repositoryIndex } from './repository.ts';

/** Of Triton's extensions those that are done here; tools choose what they call by this list. */
const EXTENSIONS = ['model_configuration', 'statistics', 'parameters'];

export interface KserveService {
  readonly serverLive: Handler<unknown, ServerLiveResponse>;
  readonly serverReady: Handler<unknown, ServerReadyResponse>;
  readonly modelReady: Handler<ModelReadyRequest__Output, ModelReadyResponse>;
  readonly serverMetadata: Handler<unknown, ServerMetadataResponse>;
  readonly modelMetadata: Handler<ModelMetadataRequest__Output, ModelMetadataResponse>;
  readonly modelInfer: Handler<ModelInferRequest__Output, ModelInferResponse>;
  readonly modelStreamInfer: StreamHandler<ModelInferRequest__Output, ModelStreamInferResponse>;
  readonly modelConfig: Handler<ModelConfigRequest__Output, ModelConfigResponse>;
  readonly modelStatistics: Handler<ModelStatisticsRequest__Output, ModelStatisticsResponse>;
  readonly repositoryIndex: Handler<RepositoryIndexRequest__Output, RepositoryIndexResponse>;
}

export interface KserveServiceOptions {
  readonly predict: Predict;
  readonly catalog: Catalog;
  /** Versions that match; '' matches all. */
  readonly statistics: (model: string, version: string) => readonly VersionStatistics[];
  readonly serverName: string;
  readonly serverVersion: string;
  /** What the rest of the server says of its readiness; the catalog has to agree. */
  readonly ready: () => boolean;
}

export function kserveService(options: KserveServiceOptions): KserveService {
  const { predict, catalog, statistics, serverName, serverVersion, ready } = options;

  const infer = async (wire: ModelInferRequest__Output, call: Call): Promise<ModelInferResponse> => {
    const { request, parameters } = parseInfer(wire, call);
    return formatInfer(wire, parameters, await predict(request));
  };

  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: ready() && catalog.settled() }),
    modelReady: ({ name, version }) => ({ ready: isModelReady(catalog, name, version) }),
    serverMetadata: () => ({ name: serverName, version: serverVersion, extensions: EXTENSIONS }),
    modelMetadata: ({ name, version }) => {
      const model = findModel(catalog, name);
      return formatMetadata(requireReady(findVersion(model, version)), readyVersions(model));
    },
    modelInfer: infer,
    modelStreamInfer: {
      answer: async (wire, call) => {
        const reply = await infer(wire, call);
        const parameters = { ...reply.parameters, triton_final_response: { boolParam: true } };
        return { inferResponse: { ...reply, parameters } };
      },
      refuse: (wire, { message }) => ({ errorMessage: message, inferResponse: { id: wire?.id ?? '' } }),
    },
    modelConfig: ({ name, version }) => {
      const status = requireReady(findVersion(findModel(catalog, name), version));
      return { config: formatConfig(status) };
    },
    modelStatistics: ({ name, version }) => {
      const model = name === '' ? undefined : findModel(catalog, name);
      const wanted = model === undefined || version === '' ? version : findVersion(model, version).version;
      return { modelStats: statistics(name, wanted).map(formatStatistics) };
    },
    repositoryIndex: ({ repositoryName, ready: onlyReady }) => {
      if (repositoryName !== '') {
        const message =
          "'repository_name' specification is not supported: this server has one repository; leave it empty";
        throw new ServerError('unimplemented', message);
      }
      return { models: repositoryIndex(catalog, onlyReady) };
    },
  };
}

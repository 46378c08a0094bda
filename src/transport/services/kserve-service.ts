/** inference.GRPCInferenceService as plain functions over the request line and the catalog, for any door to serve. */
import { ServerError } from '../../domain/errors.ts';
import type { VersionStatistics } from '../../monitor/version-stats.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Handler } from '../call.ts';
import { parseInfer } from '../codec/infer-codec.ts';
import { findId, readInfer } from '../codec/infer-message.ts';
import { formatInfer, formatRequestError, formatStreamed } from '../codec/infer-reply.ts';
import { formatConfig, formatMetadata } from '../codec/model-config.ts';
import type { BytesHandler, BytesStreamHandler } from '../codec/parts.ts';
import { formatStatistics } from '../codec/statistics-codec.ts';
import type { ModelConfigRequest__Output } from '../gen/inference/ModelConfigRequest.ts';
import type { ModelConfigResponse } from '../gen/inference/ModelConfigResponse.ts';
import type { ModelMetadataRequest__Output } from '../gen/inference/ModelMetadataRequest.ts';
import type { ModelMetadataResponse } from '../gen/inference/ModelMetadataResponse.ts';
import type { ModelReadyRequest__Output } from '../gen/inference/ModelReadyRequest.ts';
import type { ModelReadyResponse } from '../gen/inference/ModelReadyResponse.ts';
import type { ModelStatisticsRequest__Output } from '../gen/inference/ModelStatisticsRequest.ts';
import type { ModelStatisticsResponse } from '../gen/inference/ModelStatisticsResponse.ts';
import type { RepositoryIndexRequest__Output } from '../gen/inference/RepositoryIndexRequest.ts';
import type { RepositoryIndexResponse } from '../gen/inference/RepositoryIndexResponse.ts';
import type { ServerLiveResponse } from '../gen/inference/ServerLiveResponse.ts';
import type { ServerMetadataResponse } from '../gen/inference/ServerMetadataResponse.ts';
import type { ServerReadyResponse } from '../gen/inference/ServerReadyResponse.ts';
import { findModel, findVersion, requireReady } from './find-version.ts';
import { isOwn, requireOwn } from './own-models.ts';
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
  readonly modelInfer: BytesHandler;
  readonly modelStreamInfer: BytesStreamHandler;
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

  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: ready() && catalog.settled() }),
    modelReady: ({ name, version }, call) => {
      requireOwn(call, name);
      return { ready: isModelReady(catalog, name, version) };
    },
    serverMetadata: () => ({ name: serverName, version: serverVersion, extensions: EXTENSIONS }),
    modelMetadata: ({ name, version }, call) => {
      requireOwn(call, name);
      const model = findModel(catalog, name);
      return formatMetadata(requireReady(findVersion(model, version)), readyVersions(model));
    },
    modelInfer: async (bytes, call) => {
      const { request, form } = parseInfer(readInfer(bytes), call);
      requireOwn(call, request.model);
      return formatInfer(form, await predict(request));
    },
    modelStreamInfer: {
      answer: async (bytes, call) => {
        const { request, form } = parseInfer(readInfer(bytes), call);
        requireOwn(call, request.model);
        return formatStreamed(form, await predict(request));
      },
      refuse: (bytes, error) => formatRequestError(bytes === undefined ? '' : findId(bytes), error),
    },
    modelConfig: ({ name, version }, call) => {
      requireOwn(call, name);
      const status = requireReady(findVersion(findModel(catalog, name), version));
      return { config: formatConfig(status) };
    },
    modelStatistics: ({ name, version }, call) => {
      if (name !== '') requireOwn(call, name);
      const model = name === '' ? undefined : findModel(catalog, name);
      const wanted = model === undefined || version === '' ? version : findVersion(model, version).version;
      const shown = statistics(name, wanted).filter((stats) => isOwn(call, stats.model));
      return { modelStats: shown.map(formatStatistics) };
    },
    repositoryIndex: ({ repositoryName, ready: onlyReady }, call) => {
      if (repositoryName !== '') {
        const message =
          "'repository_name' specification is not supported: this server has one repository; leave it empty";
        throw new ServerError('unimplemented', message);
      }
      return { models: repositoryIndex(catalog, onlyReady).filter(({ name = '' }) => isOwn(call, name)) };
    },
  };
}

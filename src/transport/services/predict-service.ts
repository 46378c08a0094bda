/** sluice.v1.PredictService as plain functions over the request line and the catalog, for any door to serve. */
import type { PredictReply as Reply, PredictRequest as Request } from '../../domain/predict.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Handler } from '../call.ts';
import type { BytesHandler, BytesStreamHandler } from '../codec/parts.ts';
import { parsePredict } from '../codec/predict-codec.ts';
import { findRequestId, readPredict } from '../codec/predict-message.ts';
import { formatPredict, formatRequestError, formatStreamed } from '../codec/predict-reply.ts';
import { formatDescription, formatModel, formatVersion } from '../codec/version-codec.ts';
import type { GetModelReply } from '../gen/sluice/v1/GetModelReply.ts';
import type { GetModelRequest__Output } from '../gen/sluice/v1/GetModelRequest.ts';
import type { ListModelsReply } from '../gen/sluice/v1/ListModelsReply.ts';
import type { ListModelsRequest__Output } from '../gen/sluice/v1/ListModelsRequest.ts';
import type { ListVersionsReply } from '../gen/sluice/v1/ListVersionsReply.ts';
import type { ListVersionsRequest__Output } from '../gen/sluice/v1/ListVersionsRequest.ts';
import { findModel, findVersion } from './find-version.ts';
import { isOwn, requireOwn } from './own-models.ts';

/** The request line's one function; throws ServerErrors. */
export type Predict = (request: Request) => Promise<Reply>;

export interface PredictService {
  readonly predict: BytesHandler;
  readonly predictStream: BytesStreamHandler;
  readonly getModel: Handler<GetModelRequest__Output, GetModelReply>;
  readonly listModels: Handler<ListModelsRequest__Output, ListModelsReply>;
  readonly listVersions: Handler<ListVersionsRequest__Output, ListVersionsReply>;
}

export interface PredictServiceOptions {
  readonly predict: Predict;
  readonly catalog: Catalog;
}

export function predictService({ predict, catalog }: PredictServiceOptions): PredictService {
  return {
    predict: async (bytes, call) => {
      const { request, form } = parsePredict(readPredict(bytes), call);
      requireOwn(call, request.model);
      return formatPredict(form, await predict(request));
    },
    predictStream: {
      answer: async (bytes, call) => {
        const { request, form } = parsePredict(readPredict(bytes), call);
        requireOwn(call, request.model);
        return formatStreamed(form, await predict(request));
      },
      refuse: (bytes, error) => formatRequestError(bytes === undefined ? '' : findRequestId(bytes), error),
    },
    getModel: ({ model, version }, call) => {
      requireOwn(call, model);
      return formatDescription(findVersion(findModel(catalog, model), version));
    },
    listModels: (_request, call) => {
      const models = catalog.models().filter(({ model }) => isOwn(call, model));
      return { models: models.map(formatModel) };
    },
    listVersions: ({ model }, call) => {
      requireOwn(call, model);
      return { model, versions: findModel(catalog, model).versions.map(formatVersion) };
    },
  };
}

/** sluice.v1.PredictService as plain functions over the request line and the catalog, for any door to serve. */
import type { PredictReply as Reply, PredictRequest as Request } from '../../domain/predict.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Call, Handler, StreamHandler } from '../call.ts';
import { formatPredict, parsePredict } from '../codec/predict-codec.ts';
import { formatDescription, formatModel, formatVersion } from '../codec/version-codec.ts';
import type { GetModelReply } from '../gen/sluice/v1/GetModelReply.ts';
import type { GetModelRequest__Output } from '../gen/sluice/v1/GetModelRequest.ts';
import type { ListModelsReply } from '../gen/sluice/v1/ListModelsReply.ts';
import type { ListModelsRequest__Output } from '../gen/sluice/v1/ListModelsRequest.ts';
import type { ListVersionsReply } from '../gen/sluice/v1/ListVersionsReply.ts';
import type { ListVersionsRequest__Output } from '../gen/sluice/v1/ListVersionsRequest.ts';
import type { PredictReply } from '../gen/sluice/v1/PredictReply.ts';
import type { PredictRequest__Output } from '../gen/sluice/v1/PredictRequest.ts';
import type { PredictStreamReply } from '../gen/sluice/v1/PredictStreamReply.ts';
import { findModel, findVersion } from './find-version.ts';

/** The request line's one function; throws ServerErrors. */
export type Predict = (request: Request) => Promise<Reply>;

export interface PredictService {
  readonly predict: Handler<PredictRequest__Output, PredictReply>;
  readonly predictStream: StreamHandler<PredictRequest__Output, PredictStreamReply>;
  readonly getModel: Handler<GetModelRequest__Output, GetModelReply>;
  readonly listModels: Handler<ListModelsRequest__Output, ListModelsReply>;
  readonly listVersions: Handler<ListVersionsRequest__Output, ListVersionsReply>;
}

export interface PredictServiceOptions {
  readonly predict: Predict;
  readonly catalog: Catalog;
}

export function predictService({ predict, catalog }: PredictServiceOptions): PredictService {
  const answer = async (wire: PredictRequest__Output, call: Call): Promise<PredictReply> =>
    formatPredict(wire, await predict(parsePredict(wire, call)));

  return {
    predict: answer,
    predictStream: {
      answer: async (wire, call) => ({ requestId: wire.requestId, reply: await answer(wire, call) }),
      refuse: (wire, error) => ({ requestId: wire?.requestId ?? '', error }),
    },
    getModel: ({ model, version }) => formatDescription(findVersion(findModel(catalog, model), version)),
    listModels: () => ({ models: catalog.models().map(formatModel) }),
    listVersions: ({ model }) => ({ model, versions: findModel(catalog, model).versions.map(formatVersion) }),
  };
}

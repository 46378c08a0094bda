/** Puts the Predict port's services on a grpc-js server. */
import type { KserveService } from '../services/kserve-service.ts';
import { UNIMPLEMENTED } from '../services/kserve-unimplemented.ts';
import type { OutcomeService } from '../services/outcome-service.ts';
import type { PredictService } from '../services/predict-service.ts';
import type { Schema } from './codec.ts';
import {
  addBytesStream,
  addBytesUnary,
  addClientStream,
  addRefusal,
  addUnary,
  type PredictRegistrar,
} from './methods.ts';

export function registerPredict(registrar: PredictRegistrar, schema: Schema, service: PredictService): void {
  const methods = schema.sluice.v1.PredictService.service;
  addBytesUnary(registrar, methods.Predict, service.predict);
  addBytesStream(registrar, methods.PredictStream, service.predictStream);
  addUnary(registrar, methods.GetModel, service.getModel);
  addUnary(registrar, methods.ListModels, service.listModels);
  addUnary(registrar, methods.ListVersions, service.listVersions);
}

/** A stream of outcomes that is silent for longer is given up; what it brought is kept. */
const OUTCOMES_IDLE_MS = 60_000;

export function registerOutcomes(registrar: PredictRegistrar, schema: Schema, service: OutcomeService): void {
  const methods = schema.sluice.v1.OutcomeService.service;
  addUnary(registrar, methods.ReportOutcomes, service.reportOutcomes);
  addClientStream(registrar, methods.ReportOutcomeStream, OUTCOMES_IDLE_MS, service.reportOutcomeStream);
}

export function registerKserve(registrar: PredictRegistrar, schema: Schema, service: KserveService): void {
  const methods = schema.inference.GRPCInferenceService.service;
  // As health is: for whoever has to know whether the server is there.
  const open = { ...registrar, guard: undefined };
  addUnary(open, methods.ServerLive, service.serverLive);
  addUnary(open, methods.ServerReady, service.serverReady);
  addUnary(registrar, methods.ModelReady, service.modelReady);
  addUnary(registrar, methods.ServerMetadata, service.serverMetadata);
  addUnary(registrar, methods.ModelMetadata, service.modelMetadata);
  addBytesUnary(registrar, methods.ModelInfer, service.modelInfer);
  addBytesStream(registrar, methods.ModelStreamInfer, service.modelStreamInfer);
  addUnary(registrar, methods.ModelConfig, service.modelConfig);
  addUnary(registrar, methods.ModelStatistics, service.modelStatistics);
  addUnary(registrar, methods.RepositoryIndex, service.repositoryIndex);
  for (const [name, sentence] of UNIMPLEMENTED) {
    addRefusal(registrar, methods[name], `${name} is not supported: ${sentence}`);
  }
}

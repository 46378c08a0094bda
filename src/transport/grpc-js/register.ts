/** Puts the services' functions on a grpc-js server, each under its method's path and codec. */
import type { Server } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { ServerError } from '../../domain/errors.ts';
import type { Handler, StreamHandler } from '../call.ts';
import type { KserveService } from '../services/kserve-service.ts';
import { UNIMPLEMENTED } from '../services/kserve-unimplemented.ts';
import type { PredictService } from '../services/predict-service.ts';
import { AnsweredStream } from './answered-stream.ts';
import { type Schema, tolerantly } from './codec.ts';
import type { DoorHooks } from './hooks.ts';
import type { OpenStreams } from './open-streams.ts';
import { unary } from './unary.ts';

export interface Registrar {
  readonly server: Server;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
}

export function registerPredict(registrar: Registrar, schema: Schema, service: PredictService): void {
  const methods = schema.sluice.v1.PredictService.service;
  addUnary(registrar, methods.Predict, service.predict);
  addStream(registrar, methods.PredictStream, service.predictStream);
  addUnary(registrar, methods.GetModel, service.getModel);
  addUnary(registrar, methods.ListModels, service.listModels);
  addUnary(registrar, methods.ListVersions, service.listVersions);
}

export function registerKserve(registrar: Registrar, schema: Schema, service: KserveService): void {
  const methods = schema.inference.GRPCInferenceService.service;
  addUnary(registrar, methods.ServerLive, service.serverLive);
  addUnary(registrar, methods.ServerReady, service.serverReady);
  addUnary(registrar, methods.ModelReady, service.modelReady);
  addUnary(registrar, methods.ServerMetadata, service.serverMetadata);
  addUnary(registrar, methods.ModelMetadata, service.modelMetadata);
  addUnary(registrar, methods.ModelInfer, service.modelInfer);
  addStream(registrar, methods.ModelStreamInfer, service.modelStreamInfer);
  addUnary(registrar, methods.ModelConfig, service.modelConfig);
  addUnary(registrar, methods.ModelStatistics, service.modelStatistics);
  addUnary(registrar, methods.RepositoryIndex, service.repositoryIndex);
  for (const [name, sentence] of UNIMPLEMENTED) {
    addRefusal(registrar, methods[name], `${name} is not supported: ${sentence}`);
  }
}

function addUnary<Request, Reply>(
  { server, hooks }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  handler: Handler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const answer = unary({ method: nameOf(path), handler, hooks });
  server.register(path, answer, responseSerialize, tolerantly(method), 'unary');
}

/** Neither reads the request nor makes a reply, so it needs no codec. */
function addRefusal({ server, hooks }: Registrar, { path }: { readonly path: string }, sentence: string): void {
  const handler: Handler<Buffer, Buffer> = () => {
    throw new ServerError('unimplemented', sentence);
  };
  const asItIs = (bytes: Buffer): Buffer => bytes;
  server.register(path, unary({ method: nameOf(path), handler, hooks }), asItIs, asItIs, 'unary');
}

function addStream<Request, Reply>(
  { server, hooks, openStreams }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  handler: StreamHandler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const options = { method: nameOf(path), handler, hooks, openStreams };
  const answer = (stream: ConstructorParameters<typeof AnsweredStream<Request, Reply>>[0]): void => {
    new AnsweredStream(stream, options);
  };
  server.register(path, answer, responseSerialize, tolerantly(method), 'bidi');
}

/** grpc-js's paths begin with a slash; everyone else's names of methods do not. */
function nameOf(path: string): string {
  return path.slice(1);
}

/** The schema at run time: turns message bytes into objects and back, with what proto-loader makes of proto/. */
import { fileURLToPath } from 'node:url';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type Options } from '@grpc/proto-loader';
import { describeError, type ServerError } from '../../domain/errors.ts';
import { malformedMessage } from '../codec/malformed.ts';
import type { Parts } from '../codec/parts.ts';
import type { ProtoGrpcType as AccessTypes } from '../gen/access.ts';
import type { ProtoGrpcType as AuditTypes } from '../gen/audit.ts';
import type { ProtoGrpcType as ControlTypes } from '../gen/control.ts';
import type { ProtoGrpcType as DriftTypes } from '../gen/drift.ts';
import type { ProtoGrpcType as ExperimentTypes } from '../gen/experiments.ts';
import type { ProtoGrpcType as InferenceTypes } from '../gen/grpc_service.ts';
import type { ProtoGrpcType as MonitorTypes } from '../gen/monitor.ts';
import type { ProtoGrpcType as OutcomeTypes } from '../gen/outcomes.ts';
import type { ProtoGrpcType as PredictTypes } from '../gen/predict.ts';
import type { ProtoGrpcType as RegistryTypes } from '../gen/registry.ts';
import type { ProtoGrpcType as RolloutTypes } from '../gen/rollouts.ts';
import type { ProtoGrpcType as ShadowTypes } from '../gen/shadows.ts';
import type { ProtoGrpcType as TrafficTypes } from '../gen/traffic.ts';

const PROTO_DIRECTORY = fileURLToPath(new URL('../../../proto', import.meta.url));

/** The files of each door's services. */
export const PREDICT_FILES = ['sluice/v1/predict.proto', 'sluice/v1/outcomes.proto', 'inference/grpc_service.proto'];
export const ADMIN_FILES = [
  'registry',
  'traffic',
  'rollouts',
  'experiments',
  'shadows',
  'drift',
  'monitor',
  'audit',
  'access',
].map((name) => `sluice/admin/v1/${name}.proto`);
const CONTROL_FILES = ['sluice/control/v1/control.proto'];

/** Must agree with the flags of `npm run gen`. 64-bit integers come as Long objects: exact, and quick to take apart. */
const OPTIONS: Options = { includeDirs: [PROTO_DIRECTORY], defaults: true, enums: String, oneofs: true };

export type Schema = PredictTypes & OutcomeTypes & InferenceTypes;
export type AdminSchema = RegistryTypes &
  TrafficTypes &
  RolloutTypes &
  ExperimentTypes &
  ShadowTypes &
  DriftTypes &
  MonitorTypes &
  AuditTypes &
  AccessTypes;

/** The Predict port's services with their clients and method definitions, as the types in gen/ describe them. */
export function loadSchema(): Schema {
  return loadPackageDefinition(loadSync(PREDICT_FILES, OPTIONS)) as unknown as Schema;
}

export function loadAdminSchema(): AdminSchema {
  return loadPackageDefinition(loadSync(ADMIN_FILES, OPTIONS)) as unknown as AdminSchema;
}

export function loadControlSchema(): ControlTypes {
  return loadPackageDefinition(loadSync(CONTROL_FILES, OPTIONS)) as unknown as ControlTypes;
}

/** A schema with the field names of its files, which is what reflection has to show. */
export function loadReflectedSchema(protoFiles: readonly string[]): PackageDefinition {
  return loadSync([...protoFiles], { ...OPTIONS, keepCase: true });
}

/** Stands in for a message that is no valid protobuf, so that a handler can refuse it in our words. */
export class MalformedMessage {
  readonly error: ServerError;

  constructor(caught: unknown) {
    this.error = malformedMessage(describeError(caught));
  }
}

/** grpc-js answers INTERNAL, and ends a stream, where a deserializer throws; this one never does. */
export function tolerantly<Request>(
  method: Pick<MethodDefinition<never, never, Request>, 'requestDeserialize'>,
): (bytes: Buffer) => Request | MalformedMessage {
  const { requestDeserialize } = method;
  return (bytes) => {
    try {
      return requestDeserialize(bytes);
    } catch (caught) {
      return new MalformedMessage(caught);
    }
  };
}

/** For methods that read their messages themselves. */
export function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

/** grpc-js takes a message in one piece. */
export function joinParts(parts: Parts): Buffer {
  const [only] = parts;
  return parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts);
}

/** The services' methods as the command calls them, made from proto/ at run time. */
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Options } from '@grpc/proto-loader';
import { ADMIN_FILES, PREDICT_FILES } from '../transport/grpc-js/codec.ts';
import type { AdminSchema, Schema } from '../transport/grpc-js/codec.ts';
import type { OutcomeServiceDefinition } from '../transport/gen/sluice/v1/OutcomeService.ts';
import type { PredictServiceDefinition } from '../transport/gen/sluice/v1/PredictService.ts';

const PROTO_DIRECTORY = fileURLToPath(new URL('../../proto', import.meta.url));

/** Without the fields that only name which part of a oneof is set: what is printed as JSON must not have them. */
const OPTIONS: Options = { includeDirs: [PROTO_DIRECTORY], defaults: true, enums: String };

export function loadAdminServices(): AdminSchema['sluice']['admin']['v1'] {
  return (loadPackageDefinition(loadSync(ADMIN_FILES, OPTIONS)) as unknown as AdminSchema).sluice.admin.v1;
}

/** Of the Predict port. */
export function loadOutcomeService(): OutcomeServiceDefinition {
  return loadPredictServices().OutcomeService.service;
}

export function loadPredictService(): PredictServiceDefinition {
  return loadPredictServices().PredictService.service;
}

function loadPredictServices(): Schema['sluice']['v1'] {
  return (loadPackageDefinition(loadSync(PREDICT_FILES, OPTIONS)) as unknown as Schema).sluice.v1;
}

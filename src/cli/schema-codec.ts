/** The Admin services' methods as the command calls them, made from proto/ at run time. */
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ADMIN_FILES } from '../transport/grpc-js/codec.ts';
import type { AdminSchema } from '../transport/grpc-js/codec.ts';

const PROTO_DIRECTORY = fileURLToPath(new URL('../../proto', import.meta.url));

/** Without the fields that only name which part of a oneof is set: what is printed as JSON must not have them. */
export function loadAdminServices(): AdminSchema['sluice']['admin']['v1'] {
  const definition = loadSync(ADMIN_FILES, { includeDirs: [PROTO_DIRECTORY], defaults: true, enums: String });
  return (loadPackageDefinition(definition) as unknown as AdminSchema).sluice.admin.v1;
}

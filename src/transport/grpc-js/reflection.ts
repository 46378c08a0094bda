/** Server reflection, v1 and v1alpha, of our services and of those that come from packages. */
import type { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProto } from 'grpc-health-check';
import { loadReflectedSchema } from './codec.ts';
import { definitionOf, filesOf, loadDescriptorCodec } from './descriptor-codec.ts';
import { mendDescriptors } from './mend-descriptors.ts';

/** `protoFiles` have the services of this server and no others. */
export function addReflection(server: Pick<Server, 'addService'>, protoFiles: readonly string[]): void {
  const { decode, encode } = loadDescriptorCodec();
  const schema = filesOf(loadReflectedSchema(protoFiles));
  const health = filesOf(loadSync(healthProto, { keepCase: true }));
  const files = [...schema, ...health].map(decode);
  mendDescriptors(files);
  new ReflectionService(definitionOf(files.map(encode))).addToServer(server);
}

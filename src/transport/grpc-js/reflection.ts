/** Server reflection, v1 and v1alpha, of our services and of those that come from packages. */
import type { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProto } from 'grpc-health-check';
import { loadReflectedSchema } from './codec.ts';

export function addReflection(server: Pick<Server, 'addService'>): void {
  const schema = { ...loadReflectedSchema(), ...loadSync(healthProto, { keepCase: true }) };
  new ReflectionService(schema).addToServer(server);
}

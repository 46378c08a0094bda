/** Services that come from packages: their streams (health watches) leave when a drain begins. */
import type { handleServerStreamingCall, Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { OpenStreams } from '../open-streams.ts';
import { STATUS_OF } from '../status.ts';

/** A server to hand to such packages. */
export function trackingServer(
  server: Pick<Server, 'addService'>,
  openStreams: OpenStreams,
): Pick<Server, 'addService'> {
  return {
    addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
      server.addService(definition, tracked(definition, implementation, openStreams));
    },
  };
}

function tracked(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  openStreams: OpenStreams,
): UntypedServiceImplementation {
  const result = { ...implementation };
  for (const [name, { responseStream, originalName }] of Object.entries(definition)) {
    const key = originalName !== undefined && originalName in implementation ? originalName : name;
    const handler = implementation[key];
    if (!responseStream || handler === undefined) continue;
    result[key] = trackedHandler(implementation, handler, openStreams);
  }
  return result;
}

function trackedHandler(
  implementation: UntypedServiceImplementation,
  handler: UntypedHandleCall,
  openStreams: OpenStreams,
): StreamHandler {
  return (call) => {
    const leaver = { leave: () => call.emit('error', SHUTTING_DOWN) };
    call.on('cancelled', () => {
      openStreams.delete(leaver);
    });
    Reflect.apply(handler, implementation, [call]);
    openStreams.add(leaver);
  };
}

const SHUTTING_DOWN = { code: STATUS_OF.unavailable, details: 'the server is shutting down; ask another' };

type StreamHandler = handleServerStreamingCall<unknown, unknown>;
type UntypedHandleCall = UntypedServiceImplementation[string];

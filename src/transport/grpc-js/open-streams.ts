/** The streams that would outlive a drain, since their clients keep them open: told to leave when it begins. */
import type { handleServerStreamingCall, Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { STATUS_OF } from '../status.ts';

/** A stream that ends by itself soon after it was asked to. */
export interface Leaver {
  leave(): void;
}

export class OpenStreams {
  readonly #streams = new Set<Leaver>();
  #leaving = false;

  add(stream: Leaver): void {
    this.#streams.add(stream);
    if (this.#leaving) stream.leave();
  }

  delete(stream: Leaver): void {
    this.#streams.delete(stream);
  }

  /** Those that are open, and those that are opened from now on. */
  leaveAll(): void {
    this.#leaving = true;
    for (const stream of [...this.#streams]) stream.leave();
  }

  /** A server to hand to packages that bring their own services: their streams (health watches) join the set. */
  tracking(server: Server): Pick<Server, 'addService'> {
    return {
      addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
        server.addService(definition, this.#tracked(definition, implementation));
      },
    };
  }

  #tracked(definition: ServiceDefinition, implementation: UntypedServiceImplementation): UntypedServiceImplementation {
    const tracked = { ...implementation };
    for (const [name, { responseStream, originalName }] of Object.entries(definition)) {
      const key = originalName !== undefined && originalName in implementation ? originalName : name;
      const handler = implementation[key];
      if (!responseStream || handler === undefined) continue;
      tracked[key] = this.#trackedHandler(implementation, handler);
    }
    return tracked;
  }

  #trackedHandler(implementation: UntypedServiceImplementation, handler: UntypedHandleCall): StreamHandler {
    return (call) => {
      const leaver = { leave: () => call.emit('error', SHUTTING_DOWN) };
      call.on('cancelled', () => {
        this.delete(leaver);
      });
      Reflect.apply(handler, implementation, [call]);
      this.add(leaver);
    };
  }
}

const SHUTTING_DOWN = { code: STATUS_OF.unavailable, details: 'the server is shutting down; ask another' };

type StreamHandler = handleServerStreamingCall<unknown, unknown>;
type UntypedHandleCall = UntypedServiceImplementation[string];

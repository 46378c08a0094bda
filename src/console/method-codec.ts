/** The Admin methods as the console calls them: where they are, and how their messages are read and written. */
import type { Route } from '../transport/h2/route.ts';

/** Of the Admin services, as the lean transport has them. */
export type AdminRoutes = ReadonlyMap<string, Route>;

export interface Method {
  readonly path: string;
  /** The request's message, by its name. */
  readonly requestType: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly encode: (request: object) => Buffer;
  readonly decode: (bytes: Uint8Array) => object;
}

interface LoadedMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestType: { readonly type: object };
  readonly requestSerialize: (request: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

/** By "Service/Method". @param services What proto-loader made of the package. */
export function methodsOf(services: object): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  for (const [service, loaded] of Object.entries(services) as [string, unknown][]) {
    if (typeof loaded !== 'function') continue;
    const { service: definition } = loaded as unknown as { readonly service: Readonly<Record<string, LoadedMethod>> };
    for (const [name, method] of Object.entries(definition)) methods.set(`${service}/${name}`, methodOf(method));
  }
  return methods;
}

function methodOf(loaded: LoadedMethod): Method {
  const { path, requestStream, responseStream, requestType, requestSerialize, responseDeserialize } = loaded;
  return {
    path,
    requestType: (requestType.type as { readonly name: string }).name,
    requestStream,
    responseStream,
    encode: requestSerialize,
    decode: (bytes) => responseDeserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  };
}

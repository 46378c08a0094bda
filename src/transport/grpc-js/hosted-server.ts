/**
 * grpc-js's way of adding services, on the lean transport: what is written for its Server (our cold methods, and the
 * packages for health and reflection) becomes routes.
 */
import assert from 'node:assert/strict';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Server,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { describeError } from '../../domain/errors.ts';
import type { Route, StreamCall } from '../h2/route.ts';
import { STATUS_OF } from '../status.ts';
import { HostedCall, type HostedCodec } from './hosted-call.ts';

type HandleCall<Request, Reply> =
  | handleUnaryCall<Request, Reply>
  | handleClientStreamingCall<Request, Reply>
  | handleServerStreamingCall<Request, Reply>
  | handleBidiStreamingCall<Request, Reply>;

interface Method extends HostedCodec {
  readonly handler: (...args: readonly unknown[]) => void;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

export class HostedServer implements Pick<Server, 'register' | 'addService'> {
  readonly routes = new Map<string, Route>();

  register<Request, Reply>(
    path: string,
    handler: HandleCall<Request, Reply>,
    serialize: (reply: Reply) => Buffer,
    deserialize: (bytes: Buffer) => Request,
    type: string,
  ): boolean {
    if (this.routes.has(path)) return false;
    const method: Method = {
      handler: (...args) => void Reflect.apply(handler, undefined, args),
      serialize: (reply) => {
        const bytes: unknown = Reflect.apply(serialize, undefined, [reply]);
        assert(bytes instanceof Uint8Array, 'a codec gives bytes');
        return bytes;
      },
      deserialize,
      requestStream: type === 'clientStream' || type === 'bidi',
      responseStream: type === 'serverStream' || type === 'bidi',
    };
    this.routes.set(path, { kind: 'stream', open: (call) => open(call, method) });
    return true;
  }

  addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    for (const [name, attributes] of Object.entries(definition)) {
      const { path, originalName, requestStream, responseStream, responseSerialize, requestDeserialize } = attributes;
      const handler = implementation[name] ?? (originalName === undefined ? undefined : implementation[originalName]);
      if (handler === undefined) throw new Error(`the service has no handler for ${path}`);
      const type = TYPE[requestStream ? 1 : 0][responseStream ? 1 : 0];
      const bound: typeof handler = (...args: readonly unknown[]) => {
        Reflect.apply(handler, implementation, args);
      };
      if (!this.register(path, bound, responseSerialize, requestDeserialize, type)) {
        throw new Error(`${path} is there already`);
      }
    }
  }
}

/** By whether the request and the response are streams. */
const TYPE = [
  ['unary', 'serverStream'],
  ['clientStream', 'bidi'],
] as const;

function open(call: StreamCall, method: Method): void {
  const hosted = new HostedCall(call, method);
  const gone = (): void => {
    hosted.gone();
  };
  const drained = (): void => {
    hosted.drained();
  };
  if (method.requestStream) {
    call.listener = {
      message: (bytes) => decoding(call, hosted, () => hosted.takeMessage(bytes)),
      end: () => hosted.takeEnd(),
      gone,
      drained,
    };
    start(hosted, method);
    return;
  }
  let messages = 0;
  call.listener = {
    message: (bytes) => {
      messages += 1;
      decoding(call, hosted, () => {
        hosted.request = hosted.decode(bytes);
      });
    },
    end: () => {
      if (messages === 1) start(hosted, method);
      else call.end({ code: STATUS_OF.internal, message: `the method takes one message, and ${messages} came` });
    },
    gone,
    drained,
  };
}

function start(hosted: HostedCall, { handler, responseStream }: Method): void {
  if (responseStream) handler(hosted);
  else handler(hosted, hosted.respond);
}

/** A package's own codec throws where a message is none of its. */
function decoding(call: StreamCall, hosted: HostedCall, decode: () => void): void {
  try {
    decode();
  } catch (caught) {
    call.end({ code: STATUS_OF.internal, message: `the message cannot be read: ${describeError(caught)}` });
    hosted.gone();
  }
}

/** Who is let in at a door: wraps the functions that answer calls, so that none of them can be reached without. */
import type { Handler } from './call.ts';
import type { BytesHandler, BytesStreamHandler } from './codec/parts.ts';
import type { ClientStreamHandler, ServerStreamHandler } from './long-call.ts';

/** Of the methods that answer with objects. `method`: "package.Service/Method". */
export interface Guard {
  unary<Request, Reply>(method: string, handler: Handler<Request, Reply>): Handler<Request, Reply>;
  serverStream<Request, Reply>(
    method: string,
    handler: ServerStreamHandler<Request, Reply>,
  ): ServerStreamHandler<Request, Reply>;
  clientStream<Request, Reply>(
    method: string,
    handler: ClientStreamHandler<Request, Reply>,
  ): ClientStreamHandler<Request, Reply>;
}

/** Of the hot ones as well. */
export interface BytesGuard extends Guard {
  bytes(handler: BytesHandler): BytesHandler;
  bytesStream(handler: BytesStreamHandler): BytesStreamHandler;
}

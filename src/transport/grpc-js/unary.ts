/** A unary call of grpc-js, answered by one of the services' functions. */
import { type handleUnaryCall, Metadata, type sendUnaryData, type ServerErrorResponse } from '@grpc/grpc-js';
import { toServerError } from '../../domain/errors.ts';
import type { Call, Handler } from '../call.ts';
import { RETRY_PUSHBACK, STATUS_OK, toStatus, type WireStatus } from '../status.ts';
import { MalformedMessage } from './codec.ts';
import type { DoorHooks } from '../hooks.ts';
import { openCall } from './open-call.ts';

export interface UnaryOptions<Request, Reply> {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly handler: Handler<Request, Reply>;
  readonly hooks: DoorHooks;
}

export function unary<Request, Reply>({
  method,
  handler,
  hooks,
}: UnaryOptions<Request, Reply>): handleUnaryCall<Request | MalformedMessage, Reply> {
  return (grpcCall, respond) => {
    const call = openCall(method, grpcCall);
    const succeed = (reply: Reply): void => {
      call.finish();
      respond(null, reply);
      hooks.recordRpc(method, call.outcome(STATUS_OK), performance.now() - call.receivedAt);
    };
    const fail = (caught: unknown): void => {
      call.finish();
      const code = respondError(method, respond, caught, hooks);
      hooks.recordRpc(method, call.outcome(code), performance.now() - call.receivedAt);
    };
    const { request } = grpcCall;
    if (request instanceof MalformedMessage) fail(request.error);
    else void answer(handler, request, call).then(succeed, fail);
  };
}

/** A handler that throws at once and one whose promise fails are the same from here on. */
async function answer<Request, Reply>(handler: Handler<Request, Reply>, request: Request, call: Call): Promise<Reply> {
  return await handler(request, call);
}

function respondError<Reply>(method: string, respond: sendUnaryData<Reply>, caught: unknown, hooks: DoorHooks): number {
  const error = toServerError(caught);
  if (error.code === 'internal') hooks.reportFault(method, error);
  const status = toStatus(error);
  respond(errorOf(status));
  return status.code;
}

/** As grpc-js wants errors to be: its codes are these numbers. */
export function errorOf({ code, message, retryPushbackMs }: WireStatus): Partial<ServerErrorResponse> {
  const metadata = new Metadata();
  if (retryPushbackMs !== undefined) metadata.set(RETRY_PUSHBACK, String(retryPushbackMs));
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enum is these numbers.
  return { code, details: message, metadata };
}

/** grpc.testing.TestService on the lean transport, for the cases that gRPC implementations test each other with. */
import { join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type { MetadataFields } from '../../src/transport/h2/metadata.ts';
import type { IncomingCall, Route, Routes, Status, UnaryRoute } from '../../src/transport/h2/route.ts';
import { type Conversation, spoken } from './conversation.ts';

interface Payload {
  readonly body: Uint8Array;
}
interface EchoStatus {
  readonly code: number;
  readonly message: string;
}
interface SimpleRequest {
  readonly responseSize: number;
  readonly responseStatus: EchoStatus | null;
}
interface OutputRequest {
  readonly responseParameters: readonly { readonly size: number; readonly intervalUs: number }[];
  readonly responseStatus: EchoStatus | null;
}
interface InputRequest {
  readonly payload: Payload | null;
}

const OK: Status = { code: 0 };
const INVALID_ARGUMENT = 3;
const MAX_RESPONSE_BYTES = 16 * 2 ** 20;
const ECHO_INITIAL = 'x-grpc-test-echo-initial';
const ECHO_TRAILING = 'x-grpc-test-echo-trailing-bin';

export const SERVICE = 'grpc.testing.TestService';

const definition = loadSync('grpc/testing/test.proto', {
  includeDirs: [join(import.meta.dirname, 'proto')],
  enums: String,
  defaults: true,
})[SERVICE] as Readonly<Record<string, MethodDefinition<object, object>>>;

export function method(name: string): MethodDefinition<object, object> {
  const found = definition[name];
  if (found === undefined) throw new Error(`${SERVICE} has no method ${name}`);
  return found;
}

/** All methods but UnimplementedCall. */
export function testService(): Routes {
  const routes: Record<string, Route> = {
    EmptyCall: unary(() => ({})),
    UnaryCall: unary(unaryCall),
    StreamingOutputCall: spoken(streamingOutputCall),
    StreamingInputCall: spoken(streamingInputCall),
    FullDuplexCall: spoken(fullDuplexCall),
    HalfDuplexCall: spoken(halfDuplexCall),
  };
  return new Map(Object.entries(routes).map(([name, route]) => [`/${SERVICE}/${name}`, route]));
}

/** The reply, or the status that is asked for instead. */
function unary(answer: (request: SimpleRequest) => object | Status): UnaryRoute {
  return {
    kind: 'unary',
    answer: (message, call) => {
      const isEmpty = call.path.endsWith('/EmptyCall');
      const { requestDeserialize, responseSerialize } = method(isEmpty ? 'EmptyCall' : 'UnaryCall');
      const result = answer(requestDeserialize(Buffer.from(message)) as SimpleRequest);
      const { initial, trailing } = echoes(call);
      if (isStatus(result)) call.fail({ ...result, trailing });
      else call.reply([responseSerialize(result)], { initial, trailing });
    },
  };
}

function isStatus(result: object): result is Status {
  return 'code' in result;
}

function unaryCall({ responseSize, responseStatus }: SimpleRequest): object | Status {
  if (responseStatus !== null && responseStatus.code !== 0) return responseStatus;
  return isAnswerable(responseSize) ? { payload: { body: Buffer.alloc(responseSize) } } : unanswerable(responseSize);
}

async function streamingOutputCall(conversation: Conversation): Promise<Status> {
  for await (const request of requests<OutputRequest>(conversation, 'StreamingOutputCall')) {
    const status = await answer(conversation, request);
    if (status.code !== 0) return status;
  }
  return OK;
}

async function streamingInputCall(conversation: Conversation): Promise<Status> {
  let aggregatedPayloadSize = 0;
  for await (const { payload } of requests<InputRequest>(conversation, 'StreamingInputCall')) {
    aggregatedPayloadSize += payload?.body.length ?? 0;
  }
  await conversation.send(method('StreamingInputCall').responseSerialize({ aggregatedPayloadSize }));
  return OK;
}

async function fullDuplexCall(conversation: Conversation): Promise<Status> {
  const { initial, trailing } = echoes(conversation.call);
  if (initial.length > 0) conversation.sendInitial(initial);
  for await (const request of requests<OutputRequest>(conversation, 'FullDuplexCall')) {
    const status = await answer(conversation, request);
    if (status.code !== 0) return { ...status, trailing };
  }
  return { ...OK, trailing };
}

async function halfDuplexCall(conversation: Conversation): Promise<Status> {
  const all: OutputRequest[] = [];
  for await (const request of requests<OutputRequest>(conversation, 'HalfDuplexCall')) all.push(request);
  for (const request of all) {
    const status = await answer(conversation, request);
    if (status.code !== 0) return status;
  }
  return OK;
}

async function* requests<T>(conversation: Conversation, name: string): AsyncGenerator<T> {
  const { requestDeserialize } = method(name);
  for await (const message of conversation.messages()) yield requestDeserialize(Buffer.from(message)) as T;
}

/** Sends the responses that one request asks for; tells with which status to go on or to end. */
async function answer(
  conversation: Conversation,
  { responseParameters, responseStatus }: OutputRequest,
): Promise<Status> {
  if (responseStatus !== null && responseStatus.code !== 0) return responseStatus;
  const { responseSerialize } = method('FullDuplexCall');
  for (const { size, intervalUs } of responseParameters) {
    if (!isAnswerable(size)) return unanswerable(size);
    await conversation.send(responseSerialize({ payload: { body: Buffer.alloc(size) } }), intervalUs / 1000);
  }
  return OK;
}

function isAnswerable(size: number): boolean {
  return size >= 0 && size <= MAX_RESPONSE_BYTES;
}

function unanswerable(size: number): Status {
  return { code: INVALID_ARGUMENT, message: `a response of ${size} bytes; ask for 0 to ${MAX_RESPONSE_BYTES}` };
}

/** What the caller wants to have back as metadata. */
function echoes({ metadata }: IncomingCall): { initial: MetadataFields; trailing: MetadataFields } {
  const fields = metadata.fields();
  return {
    initial: fields.filter(([name]) => name === ECHO_INITIAL),
    trailing: fields.filter(([name]) => name === ECHO_TRAILING),
  };
}

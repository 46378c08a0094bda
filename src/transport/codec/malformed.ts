/** The refusal of bytes that are no protobuf message. */
import { ServerError } from '../../domain/errors.ts';

export function malformedMessage(detail: string): ServerError {
  const advice = 'check that client and server agree on proto/';
  return new ServerError('invalid_argument', `the message is not valid protobuf (${detail}); ${advice}`);
}

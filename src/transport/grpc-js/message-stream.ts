/** A bidirectional stream of grpc-js, as streams of messages are answered. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { AnsweredStream, type AnsweredStreamOptions, type MessageStream } from '../answered-stream.ts';
import type { Parts } from '../codec/parts.ts';
import { STATUS_OK } from '../status.ts';
import { openCall } from './open-call.ts';

type Options = Omit<AnsweredStreamOptions, 'call'> & {
  /** `package.Service/Method`. */
  readonly method: string;
};

export function answerStream(stream: ServerDuplexStream<Buffer, Parts>, options: Options): void {
  const call = openCall(options.method, stream);
  let gone = false;
  const target: MessageStream = {
    // A write on a destroyed stream would be an error of its own.
    send: (parts) => gone || stream.write(parts),
    end: ({ code, message }) => {
      call.finish();
      if (gone) return;
      if (code === STATUS_OK) stream.end();
      else stream.emit('error', { code, details: message ?? '' });
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
  };
  const answered = new AnsweredStream(target, { ...options, call });
  stream.on('data', (message: Buffer) => {
    answered.message(message);
  });
  stream.on('end', () => {
    answered.end();
  });
  stream.on('drain', () => {
    answered.drained();
  });
  stream.on('cancelled', () => {
    gone = true;
    answered.gone();
  });
}

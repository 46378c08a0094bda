/** Sends the pieces of an upload, no faster than the server takes them. */
import type { ClientWritableStream } from '@grpc/grpc-js';

/** A piece leaves when the one before it has: nothing piles up here. Stops where the server has answered already. */
export async function writeAll<Request>(
  call: ClientWritableStream<Request>,
  pieces: AsyncIterable<Request>,
  answer: Promise<unknown>,
  onSent: (piece: Request) => void,
): Promise<void> {
  const settled = answer.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  for await (const piece of pieces) {
    const sent = Promise.withResolvers<'sent'>();
    call.write(piece, () => {
      sent.resolve('sent');
    });
    if ((await Promise.race([sent.promise, settled])) === 'settled') return;
    onSent(piece);
  }
  call.end();
}

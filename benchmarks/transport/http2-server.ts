/**
 * What can be had of node:http2 without a gRPC library: its streams, with the framing and the message by hand.
 *
 *     node benchmarks/transport/http2-server.ts 50061
 */
import { createServer } from 'node:http2';
import { decodePayload, encodePayload } from './payload.ts';

const MESSAGE_HEADER = 5;
const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const TRAILERS = { 'grpc-status': '0' };

const [port = '50061'] = process.argv.slice(2);
const server = createServer();
server.on('stream', (stream) => {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('wantTrailers', () => stream.sendTrailers(TRAILERS));
  stream.on('error', () => undefined);
  stream.on('end', () => {
    const whole = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const [head, payload] = encodePayload(decodePayload((whole ?? Buffer.alloc(0)).subarray(MESSAGE_HEADER)));
    const prefix = Buffer.alloc(MESSAGE_HEADER);
    prefix.writeUInt32BE(head.length + payload.length, 1);
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.end(Buffer.concat([prefix, head, payload]));
  });
});
server.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));

/**
 * Our side of the comparison: an echo over src/transport/h2.
 *
 *     node benchmarks/transport/h2-server.ts 50061
 */
import { serve } from '../../src/transport/h2/serve.ts';
import { decodePayload, encodePayload } from './payload.ts';

const [port = '50061'] = process.argv.slice(2);
const server = await serve(
  new Map([
    [
      '/bench.Echo/Echo',
      { kind: 'unary', answer: (message, call) => call.reply(encodePayload(decodePayload(message))) },
    ],
  ]),
  { host: '127.0.0.1', port: Number(port) },
);
process.once('SIGTERM', () => server.close());

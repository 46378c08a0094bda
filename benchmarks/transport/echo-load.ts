/**
 * The load on an echo server: so many connections, so many calls in flight over all of them, each answer sends the
 * next call. Every answer is compared with what was sent. Prints one LoadResult as JSON.
 *
 *     node benchmarks/transport/echo-load.ts --port 50061 --connections 4 --in-flight 32 --bytes 32 --seconds 2
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, frameMessage } from '../load/connection.ts';
import { STATUS } from '../load/grpc-status.ts';
import { Tally } from '../load/tally.ts';
import { encodePayload } from './payload.ts';

const METHOD = '/bench.Echo/Echo';
const DRAIN_MS = 5000;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '50061' },
    connections: { type: 'string', default: '1' },
    'in-flight': { type: 'string', default: '32' },
    bytes: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '2' },
    'warmup-seconds': { type: 'string', default: '0.5' },
  },
});
const connections: Connection[] = [];
for (let at = 0; at < Number(values.connections); at += 1) {
  connections.push(await Connection.open({ host: '127.0.0.1', port: Number(values.port), method: METHOD }));
}
const payload = Buffer.alloc(Number(values.bytes), 'sluice');
const message = Buffer.concat(encodePayload(payload));
const body = frameMessage(message);

const startMs = performance.now() + Number(values['warmup-seconds']) * 1000;
const endMs = startMs + Number(values.seconds) * 1000;
const tally = new Tally({ startMs, endMs, sliceMs: 0 });
let inFlight = 0;

function sendNext(connection: Connection): void {
  const dueMs = performance.now();
  if (dueMs >= endMs) return;
  if (tally.isMeasured(dueMs)) tally.planned += 1;
  tally.recordSent(dueMs, dueMs);
  inFlight += 1;
  connection.call(body, (status, reply) => {
    inFlight -= 1;
    tally.recordAnswer({ dueMs, nowMs: performance.now(), status });
    if (status === STATUS.OK && reply?.equals(message) !== true) tally.wrong += 1;
    sendNext(connection);
  });
}

for (let at = 0; at < Number(values['in-flight']); at += 1) {
  const connection = connections[at % connections.length];
  if (connection !== undefined) sendNext(connection);
}
const giveUpMs = endMs + DRAIN_MS;
while (inFlight > 0 && performance.now() < giveUpMs) await sleep(5);
for (const connection of connections) connection.close();
console.log(JSON.stringify(tally.result(performance.now())));

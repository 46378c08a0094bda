/** What does it cost to read a call's headers, as node:http2 packs them, whether they are the same each time or differ? */
import { HpackDecoder } from '../src/transport/h2/hpack/decoder.ts';
import { BlockSource } from '../test/support/http2-blocks.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';

const CALL = {
  ':method': 'POST',
  ':path': '/inference.GRPCInferenceService/ModelInfer',
  te: 'trailers',
  'content-type': 'application/grpc',
  'user-agent': 'grpc-node-js/1.14.0',
  'grpc-accept-encoding': 'identity,deflate,gzip',
  'accept-encoding': 'identity',
};

const CLIENTS: Readonly<Record<string, (call: number) => Readonly<Record<string, string>>>> = {
  'the same headers': () => CALL,
  'one of ten deadlines': (call) => ({ ...CALL, 'grpc-timeout': `${100 + (call % 10)}m` }),
  'a deadline of its own': (call) => ({ ...CALL, 'grpc-timeout': `${1_000_000 + call * 37}u` }),
  'a deadline, a request id and a trace of its own': (call) => ({
    ...CALL,
    'grpc-timeout': `${1_000_000 + call * 37}u`,
    'x-request-id': `req-${call * 7919}-abcdef`,
    traceparent: `00-${(call * 104_729).toString(16).padStart(32, '0')}-${call.toString(16).padStart(16, '0')}-01`,
  }),
};

const CALLS = 1000;
const LIMITS = { maxTableBytes: 4096, maxListBytes: 16_384, maxFields: 256 };

/** A round takes `--seconds` for each kind of client. */
export async function hpack(args: readonly string[]): Promise<void> {
  const { seconds, rounds } = parseSettings(args, { seconds: 0.2, rounds: 5 });
  console.log(`## Header blocks\n\n${describeMachine()} Medians of ${rounds} rounds.\n`);
  const rows = [];
  for (const [client, headersOf] of Object.entries(CLIENTS)) {
    const blocks = await blocksOf(headersOf);
    nanosecondsPerBlock(blocks, seconds);
    const measured = Array.from({ length: rounds }, () => nanosecondsPerBlock(blocks, seconds));
    rows.push({
      'each call has': client,
      'bytes a block': median(blocks.map((block) => block.length)),
      'CPU ns a block': median(measured),
      least: Math.min(...measured),
    });
  }
  console.log(markdownTable(rows));
}

async function blocksOf(headersOf: (call: number) => Readonly<Record<string, string>>): Promise<Buffer[]> {
  await using source = await BlockSource.open();
  const blocks: Buffer[] = [];
  for (let call = 0; call < CALLS; call += 1) blocks.push(await source.blockOf(headersOf(call)));
  return blocks;
}

/** The blocks of a connection hang on those before them, so a connection's worth is read over and over. */
function nanosecondsPerBlock(blocks: readonly Buffer[], seconds: number): number {
  const endMs = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let connections = 0;
  while (performance.now() < endMs) {
    const decoder = new HpackDecoder(LIMITS);
    for (const block of blocks) decoder.decode(block);
    connections += 1;
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (connections * blocks.length);
}

if (import.meta.main) await hpack(process.argv.slice(2));

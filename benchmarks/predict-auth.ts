/** What does it cost a call of Predict to be asked for its token? */
import { PredictGate } from '../src/access/predict-gate.ts';
import { hashSecret, makeToken, TOKEN_HASHING } from '../src/registry/token-secrets.ts';
import { HpackDecoder } from '../src/transport/h2/hpack/decoder.ts';
import { Metadata } from '../src/transport/h2/metadata.ts';
import { LeanCall } from '../src/transport/lean/lean-call.ts';
import { PredictGuard } from '../src/transport/predict-guard.ts';
import { BlockSource } from '../test/support/http2-blocks.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';

const LIMITS = { maxTableBytes: 4096, maxListBytes: 16_384, maxFields: 256 };
const TOKENS = 1000;
const CALLS = 1000;
const METHOD = 'sluice.v1.PredictService/Predict';
const MESSAGE = new Uint8Array();

/** A round takes `--seconds` for each kind of call. */
export async function predictAuth(args: readonly string[]): Promise<void> {
  const { seconds, rounds } = parseSettings(args, { seconds: 0.2, rounds: 5 });
  console.log(
    `## Tokens of callers\n\n${describeMachine()} ${TOKENS} tokens are known; one connection has one of them.`,
  );
  console.log(`From the block of headers to the handler. Medians of ${rounds} rounds.\n`);
  const handler = (): Promise<never[]> => NOTHING;
  const kinds = {
    'no token is asked for': { handler, blocks: await blocksOf(undefined) },
    'a token': guarded(handler, 0),
    'a token with a rate': guarded(handler, 1_000_000),
  };
  const rows = [];
  for (const [kind, given] of Object.entries(kinds)) {
    const { handler: answer, blocks } = 'token' in given ? { ...given, blocks: await blocksOf(given.token) } : given;
    nanosecondsPerCall(answer, blocks, seconds);
    const measured = Array.from({ length: rounds }, () => nanosecondsPerCall(answer, blocks, seconds));
    rows.push({ 'a call with': kind, 'CPU ns a call': median(measured), least: Math.min(...measured) });
  }
  console.log(markdownTable(rows));
}

const NOTHING: Promise<never[]> = Promise.resolve([]);

type Answer = (message: Uint8Array, call: LeanCall) => unknown;

function guarded(handler: () => Promise<never[]>, requestsPerSecond: number): { handler: Answer; token: string } {
  const gate = new PredictGate({
    hashing: TOKEN_HASHING,
    now: Date.now,
    onRefusal: () => undefined,
    onCall: () => undefined,
  });
  const made = Array.from({ length: TOKENS }, () => makeToken());
  const limits = { requestsPerSecond, burst: Number.MAX_SAFE_INTEGER, expiresAt: undefined };
  gate.replace(made.map(({ id, secret }) => ({ id, name: id, hash: hashSecret(secret), models: [], ...limits })));
  return { handler: new PredictGuard(gate).bytes(handler), token: made[0]?.text ?? '' };
}

async function blocksOf(token: string | undefined): Promise<Buffer[]> {
  await using source = await BlockSource.open();
  const own = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = {
    ':method': 'POST',
    ':path': `/${METHOD}`,
    te: 'trailers',
    'content-type': 'application/grpc',
    ...own,
  };
  const blocks: Buffer[] = [];
  for (let call = 0; call < CALLS; call += 1) blocks.push(await source.blockOf(headers));
  return blocks;
}

function nanosecondsPerCall(answer: Answer, blocks: readonly Buffer[], seconds: number): number {
  const endMs = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  const rest = {
    path: '',
    peer: { certificateNames: [] },
    receivedAt: 0,
    deadline: Infinity,
    signal: { aborted: false },
  };
  let connections = 0;
  while (performance.now() < endMs) {
    const decoder = new HpackDecoder(LIMITS);
    for (const block of blocks) {
      const metadata = new Metadata(decoder.decode(block));
      answer(MESSAGE, new LeanCall(METHOD, { ...rest, metadata }));
    }
    connections += 1;
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (connections * blocks.length);
}

if (import.meta.main) await predictAuth(process.argv.slice(2));

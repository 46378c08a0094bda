/** Attacks on a port that speaks HTTP/2, each for as long as it is told to: they break rules, or strain what is allowed. */
import type { AbuseKind } from '../../src/transport/h2/options.ts';
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  frame,
  kept,
  literal,
  RawH2,
  rstStream,
  SETTING,
  settings,
  TYPE,
  unaryCall,
} from './raw-h2.ts';

export interface Target {
  readonly port: number;
  /** A unary method that answers the message. */
  readonly path: string;
  readonly message: Uint8Array;
}

export interface Attack {
  readonly name: string;
  /** As the server counts it; undefined where nothing forbids it. */
  readonly kind: AbuseKind | undefined;
  /** Goes on while it is told so; resolves to how often it dealt its blow. */
  readonly run: (target: Target, goesOn: () => boolean) => Promise<number>;
}

/** A call of the Predict port that is answered: a row of iris. */
export function predictTarget(port: number): Target {
  const row = Buffer.from(Float32Array.of(5.1, 3.5, 1.4, 0.2).buffer);
  const tensor = Buffer.concat([field(1, Buffer.from('X')), field(3, Buffer.from([1, 4])), field(4, row)]);
  const message = Buffer.concat([field(1, Buffer.from('iris')), field(3, tensor)]);
  return { port, path: '/sluice.v1.PredictService/Predict', message };
}

/** A call of the Admin port that is answered: the traffic of iris. */
export function adminTarget(port: number): Target {
  return { port, path: '/sluice.admin.v1.Traffic/GetTraffic', message: field(1, Buffer.from('iris')) };
}

/** Of a protobuf message: fewer than 128 bytes with their length before them. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

/** Frames that are sent at once, so that the attacker is quicker than the server. */
const TOGETHER = 100;
/** So many times in a row over one connection, which is twice what any limit allows; then over a new one. */
const TIMES = 200;
const IDLE_CONNECTIONS = 500;
const STALLED_CONNECTIONS = 5;
/** More than either port takes over one connection at a time. */
const STALLED_CALLS = 1200;
const PAUSE_MS = 20;

export const ATTACKS: readonly Attack[] = [
  // Each is work until it is done, reset or not; who is quick enough at it never meets the limit of calls at a time.
  flood('rapid reset', undefined, ({ path, message }) => ({
    times: 20,
    each: (index) => Buffer.concat([unaryCall(id(index), path, message), rstStream(id(index))]),
  })),
  flood('CONTINUATION', 'continuation', ({ path }) => ({
    prelude: frame(TYPE.headers, 0, 1, callHeaders(path)),
    each: () => frame(TYPE.continuation, 0, 1, literal('x-more', 'x'.repeat(1000))),
  })),
  flood('SETTINGS', 'control_frames', () => ({ each: () => settings([SETTING.initialWindowSize, 65_535]) })),
  flood('PING', 'control_frames', () => ({ each: () => frame(TYPE.ping, 0, 0, Buffer.alloc(8)) })),
  flood('HPACK bomb', 'header_list', ({ path }) => ({
    // A field of 4 kB in the table, and 15,000 bytes that each name it.
    prelude: frame(
      TYPE.headers,
      END_HEADERS | END_STREAM,
      1,
      Buffer.concat([kept('x-bomb', 'x'.repeat(3900)), callHeaders(path)]),
    ),
    each: (index) => frame(TYPE.headers, END_HEADERS | END_STREAM, id(index + 1), Buffer.alloc(15_000, 0xbe)),
  })),
  { name: 'zero window', kind: 'refused_streams', run: stall },
  { name: `${IDLE_CONNECTIONS} idle connections`, kind: undefined, run: idle },
];

interface Blows {
  /** What has to be there before. */
  readonly prelude?: Buffer;
  readonly times?: number;
  /** What is sent, again and again; `index` counts. */
  readonly each: (index: number) => Buffer;
}

function flood(name: string, kind: AbuseKind | undefined, blowsOf: (target: Target) => Blows): Attack {
  const run: Attack['run'] = async (target, goesOn) => {
    const { prelude, times = TIMES, each } = blowsOf(target);
    let connections = 0;
    for (; goesOn(); connections += 1) {
      using raw = await RawH2.greet(target.port);
      if (prelude !== undefined) raw.write(prelude);
      await raw.flood((index) => together(each, index), times);
    }
    return connections;
  };
  return { name, kind, run };
}

/** Asks, and lets the server send nothing of the answers. */
async function stall({ port, path, message }: Target, goesOn: () => boolean): Promise<number> {
  const connections: RawH2[] = [];
  try {
    while (connections.length < STALLED_CONNECTIONS) {
      const raw = await RawH2.greet(port, [SETTING.initialWindowSize, 0]);
      connections.push(raw);
      raw.write(
        Buffer.concat(Array.from({ length: STALLED_CALLS }, (_, index) => unaryCall(id(index), path, message))),
      );
    }
    await ends(goesOn);
    return connections.length;
  } finally {
    for (const raw of connections) raw.destroy();
  }
}

async function idle({ port }: Target, goesOn: () => boolean): Promise<number> {
  const connections: RawH2[] = [];
  try {
    while (connections.length < IDLE_CONNECTIONS) connections.push(await RawH2.greet(port));
    await ends(goesOn);
    return connections.filter(({ isClosed }) => !isClosed).length;
  } finally {
    for (const raw of connections) raw.destroy();
  }
}

async function ends(goesOn: () => boolean): Promise<void> {
  while (goesOn()) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

function id(index: number): number {
  return 2 * index + 1;
}

function together(each: (index: number) => Buffer, index: number): Buffer {
  return Buffer.concat(Array.from({ length: TOGETHER }, (_, at) => each(index * TOGETHER + at)));
}

/** The flags of both load generators; every bound has a default. */
import { parseArgs } from 'node:util';

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** ModelInfer over gRPC, or JSON posted to /predict/<model>, where a connection has one call in flight. */
  readonly wire: 'grpc' | 'json';
  readonly model: string;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly seconds: number;
  /** Sent before, and not measured. */
  readonly warmupSeconds: number;
  readonly connections: number;
  /** 0 = none. */
  readonly deadlineMs: number;
  /** Every so many answers one is compared with the answer that the same request got alone; 0 = never. */
  readonly verifyEvery: number;
  readonly seed: number;
  /** Different requests that are sent in turn. */
  readonly requests: number;
  /** How long calls in flight may take when nothing more is sent; what is left then is `unanswered`. */
  readonly drainSeconds: number;
  /** Arrivals, or calls, after which the run ends early. */
  readonly maxCalls: number;
  /** Histograms are also kept for slices of this length; 0 = not. */
  readonly sliceMs: number;
  /** Open loop: arrivals per second. */
  readonly rate: number;
  /** Open loop: how arrivals are spaced. */
  readonly spacing: 'even' | 'poisson';
  /** Open loop: arrivals beyond are not sent but counted. Closed loop: calls in flight. */
  readonly inFlight: number;
}

const DEFAULTS = {
  address: '127.0.0.1:50051',
  wire: 'grpc',
  model: 'iris',
  input: 'X:1,4',
  seconds: '5',
  warmup: '0.5',
  connections: '4',
  deadline: '0',
  verify: '0',
  seed: '1',
  requests: '16',
  drain: '10',
  'max-calls': '2000000',
  slice: '0',
  rate: '500',
  spacing: 'even',
  'in-flight': '',
};

type Flag = keyof typeof DEFAULTS;

export function parseLoadOptions(args: readonly string[], defaults: { readonly inFlight: number }): LoadOptions {
  const options = Object.fromEntries(
    Object.entries({ ...DEFAULTS, 'in-flight': String(defaults.inFlight) }).map(([flag, value]) => [
      flag,
      { type: 'string', default: value } as const,
    ]),
  );
  const { values } = parseArgs({ args: [...args], options });
  const text = (flag: Flag): string => String(values[flag]);
  const number = (flag: Flag, min: number): number => {
    const value = Number(text(flag));
    if (!(value >= min)) throw new Error(`--${flag} is a number from ${min} on, not ${text(flag)}`);
    return value;
  };
  const [host = '', port = ''] = text('address').split(':');
  const [name = '', shape = ''] = text('input').split(':');
  if (text('wire') !== 'grpc' && text('wire') !== 'json') throw new Error('--wire is grpc or json');
  if (text('spacing') !== 'even' && text('spacing') !== 'poisson') throw new Error('--spacing is even or poisson');
  return {
    host,
    port: Number(port),
    wire: text('wire') === 'grpc' ? 'grpc' : 'json',
    model: text('model'),
    input: { name, shape: shape.split(',').map(Number) },
    seconds: number('seconds', 0.001),
    warmupSeconds: number('warmup', 0),
    connections: number('connections', 1),
    deadlineMs: number('deadline', 0),
    verifyEvery: number('verify', 0),
    seed: number('seed', 0),
    requests: number('requests', 1),
    drainSeconds: number('drain', 0),
    maxCalls: number('max-calls', 1),
    sliceMs: number('slice', 0),
    rate: number('rate', 0.001),
    spacing: text('spacing') === 'even' ? 'even' : 'poisson',
    inFlight: number('in-flight', 1),
  };
}

/** The same as flags, for a process of its own. */
export function loadFlags(options: Partial<LoadOptions>): string[] {
  const { host, port, input, warmupSeconds, deadlineMs, verifyEvery, drainSeconds, maxCalls, sliceMs, inFlight } =
    options;
  const { wire, model, seconds, connections, seed, requests, rate, spacing } = options;
  const values: Partial<Record<Flag, string | number | undefined>> = {
    ...(host !== undefined && port !== undefined && { address: `${host}:${port}` }),
    ...(input !== undefined && { input: `${input.name}:${input.shape.join(',')}` }),
    wire,
    model,
    seconds,
    warmup: warmupSeconds,
    connections,
    deadline: deadlineMs,
    verify: verifyEvery,
    seed,
    requests,
    drain: drainSeconds,
    'max-calls': maxCalls,
    slice: sliceMs,
    rate,
    spacing,
    'in-flight': inFlight,
  };
  return Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, String(value)]));
}

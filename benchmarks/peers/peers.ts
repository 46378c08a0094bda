/** Who is compared: how each is installed and started, and what it speaks. */
import { join } from 'node:path';
import type { Command } from './process-family.ts';

/** Where a peer's own dependencies come from; they never meet the repository's. */
export type Needs =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'python'; readonly folder: string; readonly python: string }
  | { readonly kind: 'cargo'; readonly folder: string };

export interface Place {
  /** Three that are free: for calls, and for what else a server listens with. */
  readonly ports: readonly number[];
  /** Where the models are, laid out as `<name>/1/model.onnx`. */
  readonly models: string;
  readonly files: ReadonlyMap<string, string>;
  /** The peer's own, kept from start to start. */
  readonly scratch: string;
  /** What installing gave: a Python, or a program. */
  readonly program: string;
}

export interface Peer {
  readonly name: string;
  /** In tables. */
  readonly title: string;
  readonly wire: 'grpc' | 'json';
  readonly isPython: boolean;
  /** Costs next to nothing while it is idle: measured turn about with the others that do, cell by cell. */
  readonly isQuiet: boolean;
  /** Answers with the model's last output alone. */
  readonly answersLast?: true;
  readonly needs: Needs;
  readonly command: (place: Place) => Command;
}

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
/** The library that Node's package brings along: the same for Sluice, naive Node and naive Rust. */
const ORT_LIBRARY = join(ROOT, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1');

const PEERS: readonly Peer[] = [
  sluice('h2', 'Sluice'),
  sluice('grpc-js', 'Sluice on grpc-js'),
  {
    name: 'naive-rust',
    title: 'naive Rust (tonic, ort)',
    wire: 'grpc',
    isPython: false,
    isQuiet: true,
    needs: { kind: 'cargo', folder: 'naive-rust' },
    command: ({ program, ports, files }) => ({
      file: program,
      args: [String(ports[0]), ...named(files)],
      env: { ORT_DYLIB_PATH: ORT_LIBRARY },
    }),
  },
  {
    name: 'naive-node',
    title: 'naive Node (grpc-js)',
    wire: 'grpc',
    isPython: false,
    isQuiet: true,
    needs: { kind: 'nothing' },
    command: ({ ports, files }) => ({
      file: process.execPath,
      args: [join(ROOT, 'benchmarks/naive/server.ts'), String(ports[0]), ...named(files)],
      env: { ORT_DISABLE_TELEMETRY: '1' },
    }),
  },
  { ...python('grpcio', 'naive Python (grpc.aio)', 'grpc'), isQuiet: true },
  // Its wheel holds a program that is linked against the system's Python, and starts the same version as a child.
  python('pytriton', 'Triton (PyTriton)', 'grpc', { interpreter: '/usr/bin/python3.11' }),
  python('mlserver', 'MLServer', 'grpc'),
  python('mlserver', 'MLServer, batching', 'grpc', { batching: true }),
  python('kserve', 'KServe', 'grpc'),
  python('ray-serve', 'Ray Serve', 'grpc'),
  python('bentoml', 'BentoML', 'json'),
  { ...python('bentoml', 'BentoML, batching', 'json', { batching: true }), answersLast: true },
  python('litserve', 'LitServe', 'json'),
  python('litserve', 'LitServe, batching', 'json', { batching: true }),
  python('fastapi', 'FastAPI', 'json'),
];

/** All, or those of the list; a name that nobody has is refused. */
export function choosePeers(only: string | undefined): Peer[] {
  if (only === undefined) return [...PEERS];
  return only.split(',').map((name) => {
    const peer = PEERS.find((one) => one.name === name);
    if (peer === undefined) throw new Error(`no peer ${name}; there are ${PEERS.map((one) => one.name).join(', ')}`);
    return peer;
  });
}

/** A registry, an admin process and a serve process as `npm start` has them; every default but the addresses. */
function sluice(transport: 'h2' | 'grpc-js', title: string): Peer {
  return {
    name: `sluice-${transport}`,
    title,
    wire: 'grpc',
    isPython: false,
    isQuiet: true,
    needs: { kind: 'nothing' },
    command: ({ ports, models, scratch }) => {
      const [predict = 0, metrics = 0, admin = 0] = ports;
      return {
        file: process.execPath,
        args: [
          ...[join(ROOT, 'src/main.ts'), 'up', '--models-dir', models, '--database-url', 'off'],
          ...['--data-dir', join(scratch, 'data'), '--predict-transport', transport],
          ...['--predict-address', `127.0.0.1:${predict}`, '--metrics-address', `127.0.0.1:${metrics}`],
          ...['--admin-address', `127.0.0.1:${admin}`, '--admin-metrics-address', 'off'],
        ],
      };
    },
  };
}

function python(
  folder: string,
  title: string,
  wire: 'grpc' | 'json',
  { interpreter = 'python3.11', batching = false } = {},
): Peer {
  return {
    name: batching ? `${folder}-batching` : folder,
    title,
    wire,
    isPython: true,
    isQuiet: false,
    needs: { kind: 'python', folder, python: interpreter },
    command: ({ program, ports, files }) => ({
      file: program,
      args: [join(HERE, folder, 'server.py'), ports.join(','), ...(batching ? ['--batching'] : []), ...named(files)],
      env: ONE_THREAD,
    }),
  };
}

function named(files: ReadonlyMap<string, string>): string[] {
  return [...files].map(([name, file]) => `${name}=${file}`);
}

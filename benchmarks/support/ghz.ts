/** A load generator that is not ours: ghz, where it is installed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchModel } from './bench-models.ts';

/** What it needs to know of a server. */
export interface GhzAim {
  readonly host: string;
  readonly port: number;
  readonly process: { usage(): { readonly cpuSeconds: number } };
}

export interface GhzResult {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly serverCpuUsPerCall: number;
  readonly errors: number;
}

interface GhzReport {
  readonly count: number;
  readonly rps: number;
  readonly latencyDistribution: readonly { readonly percentage: number; readonly latency: number }[] | null;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
}

const PROTO_ROOT = join(import.meta.dirname, '..', '..', 'proto');
const SPARE_SECONDS = 30;
const MAX_REPORT_BYTES = 256 * 2 ** 20;

/** A closed loop of one-row requests. Calls that the end of the run cut off are no errors of the server. */
export async function runGhz(
  ghz: string,
  aim: { readonly server: GhzAim; readonly model: BenchModel },
  settings: { readonly seconds: number; readonly inFlight: number; readonly connections: number },
): Promise<GhzResult> {
  const { server, model } = aim;
  const { name, shape } = model.input;
  const raw = Buffer.alloc(4 * shape.reduce((product, size) => product * size, 1)).toString('base64');
  const request = { model_name: model.name, inputs: [{ name, datatype: 'FP32', shape }], raw_input_contents: [raw] };
  const { cpuSeconds } = server.process.usage();
  const { stdout } = await promisify(execFile)(
    ghz,
    [
      ...['--insecure', '--import-paths', PROTO_ROOT, '--proto', 'inference/grpc_service.proto'],
      ...['--call', 'inference.GRPCInferenceService/ModelInfer', '--data', JSON.stringify(request)],
      ...['--concurrency', String(settings.inFlight), '--connections', String(settings.connections)],
      ...['--duration', `${settings.seconds}s`, '--duration-stop', 'wait', '--format', 'json'],
      `${server.host}:${server.port}`,
    ],
    { timeout: (settings.seconds + SPARE_SECONDS) * 1000, maxBuffer: MAX_REPORT_BYTES },
  );
  const cpuUs = (server.process.usage().cpuSeconds - cpuSeconds) * 1e6;
  const { count, rps, latencyDistribution, statusCodeDistribution } = JSON.parse(stdout) as GhzReport;
  const percentile = (wanted: number): number =>
    (latencyDistribution?.find(({ percentage }) => percentage === wanted)?.latency ?? NaN) / 1e6;
  return {
    calls: count,
    callsPerSecond: rps,
    p50: percentile(50),
    p99: percentile(99),
    serverCpuUsPerCall: cpuUs / count,
    errors: count - (statusCodeDistribution.OK ?? 0),
  };
}

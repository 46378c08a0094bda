/** What a run found, as it is kept in a file and read again for the report. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OUT } from '../support/bench-models.ts';
import { median } from '../support/statistics.ts';
import type { Memory } from './process-family.ts';

export interface CellResult {
  readonly reqPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuUs: number;
  readonly errors: number;
  /** What became of those calls, by gRPC's names. */
  readonly errorKinds: Readonly<Record<string, number>>;
  /** Calls that were due each second, where the load did not wait for the server. */
  readonly rate: number | undefined;
  /** How late calls were sent: latencies below it say nothing. */
  readonly sendDelayP99: number;
  readonly clientCpuUs: number;
}

/** What can be compared. */
export type Figure = Exclude<keyof CellResult, 'errorKinds'>;

/** From one start of a server to its end. */
export interface RoundResult {
  readonly firstAnswerMs: number;
  readonly allModelsMs: number;
  readonly idleCores: number;
  readonly memory: Memory;
  readonly memoryAfterLoad: Memory;
  readonly cells: Readonly<Record<string, CellResult>>;
}

export interface PeerResult {
  readonly name: string;
  readonly title: string;
  readonly isPython: boolean;
  readonly wire: 'grpc' | 'json';
  /** Why there is nothing, or nothing more. */
  failure?: string;
  /** The very first start, with nothing on its disk. */
  firstStartMs?: number;
  readonly rounds: RoundResult[];
}

/** Sluice with iris alone, and with that many copies of it beside. */
export interface TinyVersions {
  readonly serveMb: number;
  readonly copies: number;
  readonly serveWithCopiesMb: number;
  readonly serveProcesses: number;
}

export interface Results {
  readonly startedAt: string;
  readonly machine: string;
  readonly seconds: number;
  roundsDone: number;
  /** Cores that programs which have nothing to do with the run used meanwhile. */
  othersCores: number;
  tinyVersions?: Readonly<Record<string, TinyVersions>>;
  readonly peers: PeerResult[];
}

const DIRECTORY = join(OUT, 'peers');
const FILE = join(DIRECTORY, 'results.json');
export const REPORT_FILE = join(DIRECTORY, 'report.md');

export function saveResults(results: Results): void {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify(results, null, 1));
}

export function readResults(file = FILE): Results {
  // JSON has no NaN, which stands for a percentile of nothing.
  return JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) => (value === null ? NaN : value)) as Results;
}

/** The median over rounds of one figure of one cell; NaN where it was not measured. */
export function cellMedian(peer: PeerResult | undefined, cell: string, figure: Figure): number {
  return median(peer?.rounds.map(({ cells }) => cells[cell]?.[figure]) ?? []);
}

/** The median of the ratios within each round, so that a slow spell of the machine hits both sides. */
export function cellRatio(
  ours: PeerResult | undefined,
  theirs: PeerResult | undefined,
  { cell, figure }: { readonly cell: string; readonly figure: Figure },
): number {
  const ratios = ours?.rounds.map(({ cells }, round) => {
    const [own, other] = [cells[cell]?.[figure], theirs?.rounds[round]?.cells[cell]?.[figure]];
    return own === undefined || other === undefined ? undefined : own / other;
  });
  return median(ratios ?? []);
}

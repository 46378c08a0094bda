/** A server that was started, has answered everything rightly, and can be measured. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../support/load.ts';
import type { BenchModel } from '../support/bench-models.ts';
import type { LoadResult } from '../load/tally.ts';
import type { Cell } from './cells.ts';
import { wrongAnswer } from './golden.ts';
import type { Golden } from './golden.ts';
import type { Peer } from './peers.ts';
import { ProcessFamily } from './process-family.ts';
import type { Memory } from './process-family.ts';
import type { CellResult, RoundResult } from './results.ts';
import type { Scene } from './scene.ts';

const HOST = '127.0.0.1';
const START_LIMIT_MS = 240_000;
const POLL_MS = 10;
const IDLE_MS = 1000;
/** Until code is compiled for what it meets, of servers that do so as they run, they are not what they will be. */
const WARMUP_SECONDS = 5;
const CELL_WARMUP_SECONDS = 1;
const DRAIN_SECONDS = 20;
const VERIFY_EVERY = 100;
/** Of the load that does not wait: connections, as many as a small pool of clients has. */
const OPEN_CONNECTIONS = 4;
const MAX_WARMUP_IN_FLIGHT = 32;

export class RunningPeer {
  readonly peer: Peer;
  readonly family: ProcessFamily;
  readonly host = HOST;
  readonly port: number;
  readonly firstAnswerMs: number;
  readonly allModelsMs: number;
  readonly #warm = new Set<string>();
  /** Answers per second at best, by model. */
  readonly #capacity = new Map<string, number>();
  readonly #cells: Record<string, CellResult> = {};
  #idleCores = NaN;
  #idleMemory: Memory | undefined;

  private constructor(
    peer: Peer,
    family: ProcessFamily,
    started: { readonly port: number; readonly firstAnswerMs: number; readonly allModelsMs: number },
  ) {
    this.peer = peer;
    this.family = family;
    this.port = started.port;
    this.firstAnswerMs = started.firstAnswerMs;
    this.allModelsMs = started.allModelsMs;
  }

  /** Resolves when every model has answered as it must; the error says what the server does instead. */
  static async start(peer: Peer, program: string, scene: Scene): Promise<RunningPeer> {
    const scratch = join(scene.scratch, peer.name);
    mkdirSync(scratch, { recursive: true });
    const ports = await freePorts(3);
    const command = peer.command({ ...scene, ports, scratch, program });
    const startMs = performance.now();
    const logFile = join(scene.scratch, `${peer.name}.log`);
    const family = ProcessFamily.start(command, { directory: scratch, logFile });
    try {
      const port = ports[0] ?? 0;
      const answersAtMs: number[] = [];
      for (const golden of scene.golden) {
        await untilRight({ peer, family, port, giveUpMs: startMs + START_LIMIT_MS }, golden);
        answersAtMs.push(performance.now() - startMs);
      }
      const [firstAnswerMs = NaN, allModelsMs = NaN] = [answersAtMs[0], answersAtMs.at(-1)];
      return new RunningPeer(peer, family, { port, firstAnswerMs, allModelsMs });
    } catch (caught) {
      await family.stop();
      throw caught;
    }
  }

  /** Before any load. */
  async watchIdle(): Promise<void> {
    this.#idleMemory = this.family.memory();
    const cpuSeconds = this.family.cpuSeconds();
    const startMs = performance.now();
    await sleep(IDLE_MS);
    this.#idleCores = (this.family.cpuSeconds() - cpuSeconds) / ((performance.now() - startMs) / 1000);
  }

  /** HTTP/1.1 has one call per connection, so there a number of connections means nothing. */
  canMeasure({ closed }: Cell): boolean {
    return this.peer.wire === 'grpc' || closed === undefined || closed.connections === 1;
  }

  async measure(cell: Cell, seconds: number): Promise<CellResult> {
    const { model, closed } = cell;
    await this.#warmUp(model);
    if (closed !== undefined) {
      const result = await this.#load('closed', model, { ...closed, seconds });
      this.#capacity.set(model.name, Math.max(result.reqPerSecond, this.#capacity.get(model.name) ?? 0));
      this.#cells[cell.name] = result;
      return result;
    }
    const capacity =
      this.#capacity.get(model.name) ??
      (await this.#load('closed', model, { inFlight: 32, connections: 1, seconds })).reqPerSecond;
    const rate = capacity / 2;
    const open = { rate, spacing: 'poisson', connections: OPEN_CONNECTIONS, seconds } as const;
    const result = { ...(await this.#load('open', model, open)), rate };
    this.#cells[cell.name] = result;
    return result;
  }

  finish(): RoundResult {
    const memoryAfterLoad = this.family.memory();
    return {
      firstAnswerMs: this.firstAnswerMs,
      allModelsMs: this.allModelsMs,
      idleCores: this.#idleCores,
      memory: this.#idleMemory ?? memoryAfterLoad,
      memoryAfterLoad,
      cells: this.#cells,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.family.stop();
  }

  async #warmUp(model: BenchModel): Promise<void> {
    if (this.#warm.has(model.name)) return;
    this.#warm.add(model.name);
    const load = { inFlight: MAX_WARMUP_IN_FLIGHT, connections: 1, seconds: WARMUP_SECONDS };
    await this.#load('closed', model, load);
  }

  async #load(
    loop: 'open' | 'closed',
    model: BenchModel,
    settings: { readonly seconds: number } & Parameters<typeof runLoad>[2],
  ): Promise<CellResult> {
    const { name: kind, wire } = this.peer;
    const cpuSeconds = this.family.cpuSeconds();
    const load = await runLoad(
      loop,
      { server: { kind, host: this.host, port: this.port }, model },
      {
        wire,
        warmupSeconds: CELL_WARMUP_SECONDS,
        drainSeconds: DRAIN_SECONDS,
        verifyEvery: VERIFY_EVERY,
        ...settings,
      },
    );
    const cpuUs = (this.family.cpuSeconds() - cpuSeconds) * 1e6;
    const errorKinds = errorKindsOf(load);
    return {
      reqPerSecond: load.goodput,
      p50: load.ok.p50,
      p99: load.ok.p99,
      cpuUs: cpuUs / load.allCalls,
      errors: Object.values(errorKinds).reduce((sum, count) => sum + count, 0),
      errorKinds,
      rate: undefined,
      sendDelayP99: load.sendDelay.p99,
      clientCpuUs: load.clientCpuUs,
    };
  }
}

/** Not answered OK, not at all or wrongly, or not even sent since too many were open. */
function errorKindsOf({ notSent, unanswered, statuses, wrong }: LoadResult): Record<string, number> {
  const { OK: _good, ...bad } = statuses;
  const kinds = { ...bad, 'not sent': notSent, unanswered, wrong };
  return Object.fromEntries(Object.entries(kinds).filter(([, count]) => count > 0));
}

async function untilRight(
  started: {
    readonly peer: Peer;
    readonly family: ProcessFamily;
    readonly port: number;
    readonly giveUpMs: number;
  },
  golden: Golden,
): Promise<void> {
  const { peer, family, port, giveUpMs } = started;
  for (;;) {
    const wrong = await wrongAnswer(peer, port, golden);
    if (wrong === undefined) return;
    if (family.hasEnded) throw new Error(`it ended at the start; the last that it said:\n${family.lastOutput}`);
    if (performance.now() > giveUpMs) throw new Error(`${wrong}; the last that it said:\n${family.lastOutput}`);
    await sleep(POLL_MS);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, HOST));
  const ports: number[] = [];
  for (const probe of probes) {
    if (!probe.listening) await once(probe, 'listening');
    ports.push((probe.address() as AddressInfo).port);
  }
  for (const probe of probes) {
    probe.close();
    await once(probe, 'close');
  }
  return ports;
}

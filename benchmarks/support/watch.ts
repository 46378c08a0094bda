/** Watches a server while it is overloaded: its memory, and how soon after the end it answers as it did before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../load/connection.ts';
import { STATUS } from '../load/grpc-status.ts';
import type { BenchModel } from './bench-models.ts';
import { callOnce } from './call.ts';
import { MODEL_INFER, inferRequest } from './infer-request.ts';
import { uniform } from './random.ts';
import type { BenchServer } from './servers.ts';
import { median } from './statistics.ts';

interface Probe {
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly isOk: boolean;
}

const PERIOD_MS = 50;
const IDLE_PROBES = 9;
const PROBE_DEADLINE_MS = 30_000;
const RECOVERY_TIMEOUT_MS = 20_000;
/** Recovered: so many probes in a row take less than so many times what they took on the idle server. */
const PROBES_IN_A_ROW = 3;
const SLOWER_THAN_IDLE = 3;
const NEVER_SLOW_MS = 20;

export class Watch {
  readonly #server: BenchServer;
  readonly #connection: Connection;
  readonly #message: Buffer;
  readonly #probes: Probe[] = [];
  #idleMs = 0;
  #peakResidentBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(server: BenchServer, connection: Connection, message: Buffer) {
    this.#server = server;
    this.#connection = connection;
    this.#message = message;
  }

  /** The server should be idle: what it does now is what it is to return to. */
  static async begin(server: BenchServer, { name, input }: BenchModel): Promise<Watch> {
    const connection = await Connection.open({ ...server, method: MODEL_INFER, deadlineMs: PROBE_DEADLINE_MS });
    const watch = new Watch(server, connection, inferRequest(name, input, uniform(7)));
    const idle: number[] = [];
    for (let at = 0; at < IDLE_PROBES; at += 1) idle.push((await callOnce(connection, watch.#message)).ms);
    watch.#idleMs = median(idle);
    watch.#timer = setInterval(() => {
      watch.#look();
    }, PERIOD_MS);
    return watch;
  }

  get peakResidentBytes(): number {
    return this.#peakResidentBytes;
  }

  /** How long after `endedAtMs` the server answered as if nothing had been; Infinity if it took too long. */
  async recoveryMs(endedAtMs: number): Promise<number> {
    const giveUpMs = Math.max(Date.now(), endedAtMs) + RECOVERY_TIMEOUT_MS;
    while (Date.now() < giveUpMs) {
      const recovered = this.#firstQuickProbe(endedAtMs);
      if (recovered !== undefined) return recovered.answeredAtMs - endedAtMs;
      await sleep(PERIOD_MS);
    }
    return Infinity;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#connection.close();
  }

  #firstQuickProbe(sinceMs: number): Probe | undefined {
    const probes = this.#probes.filter(({ sentAtMs }) => sentAtMs >= sinceMs).sort((a, b) => a.sentAtMs - b.sentAtMs);
    return probes.find((_, at) => {
      const row = probes.slice(at, at + PROBES_IN_A_ROW);
      return row.length === PROBES_IN_A_ROW && row.every((probe) => this.#isQuick(probe));
    });
  }

  #isQuick({ isOk, sentAtMs, answeredAtMs }: Probe): boolean {
    return isOk && answeredAtMs - sentAtMs <= Math.max(NEVER_SLOW_MS, SLOWER_THAN_IDLE * this.#idleMs);
  }

  #look(): void {
    this.#peakResidentBytes = Math.max(this.#peakResidentBytes, this.#server.process.usage().residentBytes);
    void callOnce(this.#connection, this.#message).then(({ status, ms }) => {
      const answeredAtMs = performance.timeOrigin + performance.now();
      this.#probes.push({ sentAtMs: answeredAtMs - ms, answeredAtMs, isOk: status === STATUS.OK });
    });
  }
}

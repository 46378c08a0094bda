/** What this server has counted: a VersionStats for each open version and role, calls by method, loads, lanes. */
import { versionKey } from '../domain/version.ts';
import { Histogram } from './histogram.ts';
import type { Outcome } from '../domain/tracing.ts';
import { Ledger } from './ledger.ts';
import type { Series } from './ledger.ts';
import { ROLES } from './series.ts';
import type { Role } from './series.ts';
import { VersionStats } from './version-stats.ts';

/** Calls of one RPC by outcome, in seconds. A door asks for it once per method and keeps it. */
class RpcStats {
  /** Fully qualified: "sluice.v1.PredictService/Predict". */
  readonly method: string;
  readonly startedAtMs: number;
  readonly #outcomes = new Map<Outcome, Histogram>();

  constructor({ method, startedAtMs }: { method: string; startedAtMs: number }) {
    this.method = method;
    this.startedAtMs = startedAtMs;
  }

  record(outcome: Outcome, ms: number): void {
    let histogram = this.#outcomes.get(outcome);
    if (histogram === undefined) {
      histogram = new Histogram();
      this.#outcomes.set(outcome, histogram);
    }
    histogram.record(ms / 1000);
  }

  outcomes(): (readonly [Outcome, Histogram])[] {
    return [...this.#outcomes];
  }
}

/** How long loads of one version took, in seconds. */
export interface LoadStats {
  readonly model: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly ok: Histogram;
  readonly failed: Histogram;
}

/** What is now, read at export; the scheduler sets it. `lost` only grows. */
export interface LaneGauges {
  count(): number;
  busy(): number;
  lost(): number;
}

/** Failed versions are never opened, so only this bounds what is kept about them; the oldest go first. */
const MAX_LOADS = 1_000;
/** Series of callers that are published; no identity is called as the others are. */
const MAX_CALLERS = 100;
const OTHER_CALLERS = '(others)';

export class Monitor {
  readonly startedAtMs: number;
  lanes: LaneGauges = { count: () => 0, busy: () => 0, lost: () => 0 };
  /** Epoch ms; undefined where the ports speak no TLS. */
  certificateExpiresAt: () => number | undefined = () => undefined;
  readonly #now: () => number;
  readonly #versions: Readonly<Record<Role, Map<string, VersionStats>>> = { live: new Map(), shadow: new Map() };
  readonly #ledger = new Ledger();
  readonly #rpcs = new Map<string, RpcStats>();
  readonly #loads = new Map<string, LoadStats>();
  readonly #limits = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #callers = new Map<string, number>();

  /** `now` is the wall clock. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.startedAtMs = now();
  }

  /** The version's counters in this role; those that are open already, or new ones that begin at zero. */
  open(model: string, version: string, role: Role = 'live'): VersionStats {
    const key = versionKey(model, version);
    let stats = this.#versions[role].get(key);
    if (stats === undefined) {
      stats = new VersionStats({ model, version, role, now: this.#now });
      this.#versions[role].set(key, stats);
      this.#ledger.open(stats);
    }
    return stats;
  }

  /**
   * Forgets a version in all roles: what is published of it vanishes. What late requests record is in `series` only.
   */
  drop(model: string, version: string): void {
    const key = versionKey(model, version);
    for (const role of ROLES) {
      const stats = this.#versions[role].get(key);
      if (stats === undefined) continue;
      this.#versions[role].delete(key);
      this.#ledger.close(stats);
    }
    this.#loads.delete(key);
  }

  get(model: string, version: string): VersionStats | undefined {
    return this.#versions.live.get(versionKey(model, version));
  }

  /** Of the versions that are open. */
  all(role: Role = 'live'): VersionStats[] {
    return [...this.#versions[role].values()];
  }

  /** What was counted since the process began, also of versions that were dropped. */
  series(): Series[] {
    return this.#ledger.all();
  }

  /** For methods that exist; the names that clients make up must not come here. */
  rpc(method: string): RpcStats {
    let stats = this.#rpcs.get(method);
    if (stats === undefined) {
      stats = new RpcStats({ method, startedAtMs: this.#now() });
      this.#rpcs.set(method, stats);
    }
    return stats;
  }

  /** A limit of the transport was hit; kinds are few and fixed. */
  recordLimit(kind: string): void {
    this.#limits.set(kind, (this.#limits.get(kind) ?? 0) + 1);
  }

  /** How often each limit was hit. */
  limits(): (readonly [kind: string, count: number])[] {
    return [...this.#limits];
  }

  /** A call was not let in; reasons are few and fixed. */
  recordRefusal(reason: string): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** How many calls were not let in, by why. */
  refusals(): (readonly [reason: string, count: number])[] {
    return [...this.#refusals];
  }

  /** A call was let in. The first callers are counted by name, all others together. */
  recordCaller(name: string): void {
    const key = this.#callers.has(name) || this.#callers.size < MAX_CALLERS ? name : OTHER_CALLERS;
    this.#callers.set(key, (this.#callers.get(key) ?? 0) + 1);
  }

  /** How many calls were let in, by the name of the token's identity. */
  callers(): (readonly [name: string, count: number])[] {
    return [...this.#callers];
  }

  rpcs(): RpcStats[] {
    return [...this.#rpcs.values()];
  }

  recordLoad({ model, version, outcome, ms }: LoadRecord): void {
    const key = versionKey(model, version);
    let stats = this.#loads.get(key);
    if (stats === undefined) {
      stats = { model, version, startedAtMs: this.#now(), ok: new Histogram(), failed: new Histogram() };
      this.#loads.set(key, stats);
      for (const oldest of this.#loads.keys()) {
        if (this.#loads.size <= MAX_LOADS) break;
        this.#loads.delete(oldest);
      }
    }
    stats[outcome].record(ms / 1000);
  }

  loads(): LoadStats[] {
    return [...this.#loads.values()];
  }
}

/** One try to bring a version up, from the start of qualification or loading to ready or failed. */
export interface LoadRecord {
  readonly model: string;
  readonly version: string;
  readonly outcome: 'ok' | 'failed';
  readonly ms: number;
}

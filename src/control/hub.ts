/** The hub: what every serve process should have, sent to those that are connected, and what they say about it. */
import type { KnownToken } from '../access/token.ts';
import { ServerError } from '../domain/errors.ts';
import type { Evidence } from '../admin/evidence.ts';
import type { Statistics } from '../admin/statistics.ts';
import type { Changes } from '../admin/changes.ts';
import type { Store } from '../registry/store.ts';
import { Applications } from './applications.ts';
import type { Board } from './board.ts';
import { allDesiredModels, desiredModel } from './desired-model.ts';
import type { Desired, DesiredOptions } from './desired-model.ts';
import { wireToText } from './desired-codec.ts';
import type { ControlHub, HubConnection } from './hub-port.ts';
import type { DesiredUpdate, Hello, InstanceReport, WireModel } from './messages.ts';
import { seriesOf } from './series-codec.ts';

export interface HubOptions extends Omit<DesiredOptions, 'store'> {
  readonly store: Store;
  readonly changes: Changes;
  readonly statistics: Statistics;
  readonly evidence: Pick<Evidence, 'ingest'>;
  readonly board: Board;
  readonly predictionKey: Uint8Array;
  readonly callers: PredictTokens;
  /** Something could not be read or kept; it is tried again. */
  readonly onFault: (what: string, cause: unknown) => void;
  readonly onConnection: (event: { instance: string; connected: boolean }) => void;
}

/** Who may call Predict. */
export interface PredictTokens {
  predictTokens(): readonly KnownToken[];
  /** Returns the way to stop it. */
  onChange(listener: () => void): () => void;
}

/** Models of one part of the whole state: small enough to be encoded and decoded without a pause. */
const PART_MODELS = 100;
const RETRY_MS = 1000;
/** setTimeout's limit. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** What connects at the same time: serve processes, and their successors. */
const MAX_CONNECTIONS = 1000;

interface Connection {
  readonly send: (update: DesiredUpdate) => void;
}

export class Hub implements ControlHub {
  readonly #options: HubOptions;
  readonly #models = new Map<string, Desired>();
  readonly #connections = new Set<Connection>();
  /** Models that changed, and those that changed and could not be read. */
  readonly #dirty = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #applications: Applications;
  readonly #stopListening: readonly (() => void)[];
  #revision: number;
  #starting = true;
  #refreshing: Promise<void> | undefined;
  /** Called once everything that is known to have changed was sent. */
  #whenClean: (() => void)[] = [];
  #review: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: HubOptions) {
    this.#options = options;
    // Grows over restarts too, so that logs of both sides can be laid side by side.
    this.#revision = options.now();
    this.#applications = new Applications(options.store, options.onFault);
    this.#stopListening = [
      options.changes.listen((model, source) => {
        if (source === 'fleet') return;
        this.#dirty.add(model);
        this.#refreshSoon();
      }),
      options.callers.onChange(() => {
        this.#broadcast({ ...this.#update(), models: [], removed: [], callers: options.callers.predictTokens() });
      }),
    ];
  }

  /** Reads the whole desired state. What changes meanwhile is read again. */
  static async open(options: HubOptions): Promise<Hub> {
    const hub = new Hub(options);
    const reading = hub.#readAll();
    hub.#refreshing = reading.catch(() => undefined);
    try {
      await reading;
    } catch (caught) {
      await hub.close();
      throw caught;
    }
    hub.#refreshing = undefined;
    hub.#planReview();
    hub.#refreshSoon();
    return hub;
  }

  /** Until this is called, serve processes that start wait: what the models directory holds is not yet qualified. */
  started(): void {
    this.#whenClean.push(() => {
      this.#starting = false;
      this.#broadcast({ ...this.#update(), models: [], removed: [] });
    });
    this.#refreshSoon();
  }

  connect(hello: Hello, send: (update: DesiredUpdate) => void): HubConnection {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      throw new ServerError('resource_exhausted', `${String(MAX_CONNECTIONS)} serve processes are connected already`);
    }
    const connection: Connection = { send };
    this.#connections.add(connection);
    const seat = this.#options.board.join(hello);
    this.#options.onConnection({ instance: hello.instance, connected: true });
    for (const part of this.#whole()) send(part);
    return {
      receive: (report) => {
        seat.update(report);
        this.#applications.add(hello.instance, report.applied);
        void this.#ingest(hello, report, connection);
        void this.#ingestEvidence(hello, report, connection);
      },
      disconnected: () => {
        if (!this.#connections.delete(connection)) return;
        seat.leave();
        this.#options.onConnection({ instance: hello.instance, connected: false });
      },
    };
  }

  /** Waits for what is under way; nothing is sent any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    clearTimeout(this.#review);
    clearTimeout(this.#retry);
    await this.#refreshing;
    await this.#applications.close();
  }

  /** Counts that cannot be read or kept are not acknowledged: they come again. Traffic is steered all the same. */
  async #ingest({ instance, boot }: Hello, { statistics }: InstanceReport, connection: Connection): Promise<void> {
    if (statistics === undefined) return;
    try {
      await this.#options.statistics.ingest({ instance, boot }, seriesOf(statistics));
    } catch (caught) {
      this.#options.onFault(`the statistics of serve process ${instance} could not be kept`, caught);
      return;
    }
    if (this.#closed || !this.#connections.has(connection)) return;
    connection.send({ ...this.#update(), models: [], removed: [], statisticsAck: statistics.seq });
  }

  async #ingestEvidence(hello: Hello, { evidence }: InstanceReport, connection: Connection): Promise<void> {
    if (evidence === undefined) return;
    try {
      await this.#options.evidence.ingest(hello, evidence.rows);
    } catch (caught) {
      this.#options.onFault(`evidence of serve process ${hello.instance} could not be kept`, caught);
      return;
    }
    if (this.#closed || !this.#connections.has(connection)) return;
    connection.send({ ...this.#update(), models: [], removed: [], evidenceAck: evidence.seq });
  }

  async #readAll(): Promise<void> {
    for (const desired of await allDesiredModels(this.#options)) this.#models.set(desired.wire.model, desired);
  }

  #refreshSoon(): void {
    if (this.#refreshing !== undefined || this.#closed) return;
    if (this.#dirty.size > 0) {
      this.#refreshing = this.#refresh().then(() => {
        this.#refreshing = undefined;
        this.#refreshSoon();
      });
    } else if (this.#failed.size === 0) {
      for (const call of this.#whenClean.splice(0)) call();
    }
  }

  /** Reads the models that changed and sends those that are to be served otherwise than before. */
  async #refresh(): Promise<void> {
    const names = [...this.#dirty];
    this.#dirty.clear();
    const read = new Map<string, Desired | undefined>();
    for (const name of names) {
      if (this.#closed) return;
      try {
        read.set(name, await desiredModel(this.#options, name));
        this.#failed.delete(name);
      } catch (caught) {
        this.#failed.add(name);
        this.#options.onFault(`the desired state of model "${name}" could not be read`, caught);
      }
    }
    this.#publish(read);
    if (this.#failed.size > 0) this.#retryLater();
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      for (const name of this.#failed) this.#dirty.add(name);
      this.#refreshSoon();
    }, RETRY_MS).unref();
  }

  #publish(read: ReadonlyMap<string, Desired | undefined>): void {
    const changed: WireModel[] = [];
    const removed: string[] = [];
    for (const [name, desired] of read) {
      const former = this.#models.get(name);
      if (desired === undefined) {
        if (this.#models.delete(name)) removed.push(name);
      } else {
        this.#models.set(name, desired);
        if (former === undefined || !isSame(former.wire, desired.wire)) changed.push(desired.wire);
      }
    }
    this.#planReview();
    if (changed.length === 0 && removed.length === 0) return;
    this.#revision += 1;
    this.#broadcast({ ...this.#update(), models: changed, removed });
  }

  /** A version that is only held goes when its time is over, without anybody's doing. */
  #planReview(): void {
    clearTimeout(this.#review);
    let next = Infinity;
    for (const { reviewAt } of this.#models.values()) next = Math.min(next, reviewAt);
    if (next === Infinity || this.#closed) return;
    const delay = Math.min(LONGEST_TIMER_MS, Math.max(0, next - this.#options.now()) + 1);
    this.#review = setTimeout(() => {
      const now = this.#options.now();
      for (const [model, { reviewAt }] of this.#models) if (reviewAt <= now) this.#dirty.add(model);
      if (this.#dirty.size > 0) this.#refreshSoon();
      else this.#planReview();
    }, delay);
    this.#review.unref();
  }

  #whole(): DesiredUpdate[] {
    const models = [...this.#models.values()].map(({ wire }) => wire);
    const parts: WireModel[][] = [];
    for (let at = 0; at < models.length || at === 0; at += PART_MODELS) parts.push(models.slice(at, at + PART_MODELS));
    return parts.map((part, index) => ({
      ...this.#update(),
      reset: index === 0,
      more: index < parts.length - 1,
      models: part,
      removed: [],
      ...(index === 0 ? this.#secrets() : {}),
    }));
  }

  #secrets(): Pick<DesiredUpdate, 'predictionKey' | 'callers'> {
    const { predictionKey, callers } = this.#options;
    return { predictionKey, callers: callers.predictTokens() };
  }

  #update(): Pick<DesiredUpdate, 'revision' | 'reset' | 'more' | 'starting'> {
    return { revision: this.#revision, reset: false, more: false, starting: this.#starting };
  }

  #broadcast(update: DesiredUpdate): void {
    if (this.#closed) return;
    for (const { send } of this.#connections) send(update);
  }
}

function isSame(a: WireModel, b: WireModel): boolean {
  return wireToText(a) === wireToText(b);
}

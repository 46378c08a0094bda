/** Breaks the server in one way after the other, puts each right again, and writes down when what may have failed. */
import { setTimeout as pause } from 'node:timers/promises';
import { ACK, frame, PREFACE, RawH2, rstStream, TYPE, openCall } from '../support/raw-h2.ts';
import type { LogLine, Sluice } from '../support/sluice.ts';
import type { SoakDatabase } from './databases.ts';
import type { FaultyReceiver } from './faulty-receiver.ts';
import type { WindowLine } from './lines.ts';
import type { Fault, Planned } from './plan.ts';
import type { SmallDisk } from './small-disk.ts';
import type { WeatherFile } from './weather.ts';

export interface Breakable {
  readonly server: Sluice;
  readonly disk: SmallDisk;
  readonly database: SoakDatabase;
  readonly weather: WeatherFile;
  readonly receiver: FaultyReceiver;
}

const [DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE] = [4, 8, 14];
/** Who lost a serve process, or waited for one: the call in flight, and those before the client has another. */
const LOST = [UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED];
const RECOVERY_MS = 3000;
const RESTART_LIMIT_MS = 45_000;
const LOOK_MS = 20;
/** Of dice: picks what comes last. */
const LAST = 1 - Number.EPSILON;
const CLOCK_LEAPS_MS = [-3_600_000, -30_000, 30_000, 3_600_000] as const;
const BAD_FRAMES_MS = 1500;

type Ended = Pick<WindowLine, 'forgives' | 'note'>;

export class Faults {
  readonly #broken: Breakable;
  readonly #write: (line: WindowLine) => void;

  constructor(broken: Breakable, write: (line: WindowLine) => void) {
    this.#broken = broken;
    this.#write = write;
  }

  /** Resolves when the server is whole again. */
  async cause({ what, dice }: Planned<Fault>): Promise<void> {
    const from = Date.now();
    let ended: Ended = { forgives: [], note: '' };
    let wrong = '';
    try {
      ended = await this.#cause(what, dice);
    } catch (caught) {
      wrong = String(caught);
    }
    const to = Date.now() + (ended.forgives.length > 0 ? RECOVERY_MS : 0);
    this.#write({ kind: 'window', fault: what, from, to, ...ended, wrong });
  }

  #cause(what: Fault, [first = 0, second = 0]: readonly number[]): Promise<Ended> {
    const ms = 1500 + first * 2500;
    switch (what) {
      case 'kill serve':
        return this.#endServe('SIGKILL');
      case 'terminate serve':
        return this.#endServe('SIGTERM');
      case 'kill admin':
        return this.#endAdmin('SIGKILL');
      case 'terminate admin':
        return this.#endAdmin('SIGTERM');
      case 'stop serve':
        return this.#hold('serve', ms, second);
      case 'stop admin':
        return this.#hold('admin', ms, second);
      case 'fill disk':
        return this.#fillDisk(ms);
      case 'lock database':
        return this.#lockDatabase(ms);
      case 'database read-only':
        return this.#forbidDatabase(ms);
      case 'move clock':
        return this.#moveClock(ms, second);
      case 'break OTLP':
        return this.#breakReceiver(ms);
      case 'cut control':
        return this.#cutControl(ms);
      case 'bad frames':
        return this.#badFrames(second);
    }
  }

  /** The younger one: the other is there from beginning to end, so that it can be seen whether it grows. */
  async #endServe(signal: NodeJS.Signals): Promise<Ended> {
    const pid = this.#pick('serve', LAST);
    await this.#andBack('serve', () => process.kill(pid, signal));
    return { forgives: LOST, note: `${signal} to ${pid}` };
  }

  async #endAdmin(signal: NodeJS.Signals): Promise<Ended> {
    const pid = this.#pick('admin', 0);
    await this.#andBack('admin', () => process.kill(pid, signal));
    return { forgives: [], note: `${signal} to ${pid}` };
  }

  async #hold(role: 'serve' | 'admin', ms: number, dice: number): Promise<Ended> {
    const pid = this.#pick(role, dice);
    process.kill(pid, 'SIGSTOP');
    try {
      await pause(ms);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    return { forgives: role === 'serve' ? LOST : [], note: `${pid} for ${ms.toFixed(0)} ms` };
  }

  async #fillDisk(ms: number): Promise<Ended> {
    const { disk } = this.#broken;
    if (disk.refusal !== '') return { forgives: [], note: `left out: ${disk.refusal}` };
    await disk.fill();
    await pause(ms);
    disk.free();
    return { forgives: [], note: `for ${ms.toFixed(0)} ms` };
  }

  async #lockDatabase(ms: number): Promise<Ended> {
    await this.#broken.database.lock(ms);
    return { forgives: [], note: `for ${ms.toFixed(0)} ms` };
  }

  /** The admin process has to open it anew, and cannot, until it can. */
  async #forbidDatabase(ms: number): Promise<Ended> {
    const { database } = this.#broken;
    const pid = this.#pick('admin', 0);
    await this.#andBack('admin', async () => {
      await database.forbid();
      try {
        process.kill(pid, 'SIGKILL');
        await pause(ms);
      } finally {
        await database.allow();
      }
    });
    return { forgives: [], note: `for ${ms.toFixed(0)} ms, SIGKILL to ${pid}` };
  }

  async #moveClock(ms: number, dice: number): Promise<Ended> {
    const { weather } = this.#broken;
    const clockMs = CLOCK_LEAPS_MS[Math.floor(dice * CLOCK_LEAPS_MS.length)] ?? 0;
    weather.set({ clockMs });
    await pause(ms);
    weather.set({ clockMs: 0 });
    return { forgives: [], note: `by ${clockMs / 1000} s for ${ms.toFixed(0)} ms` };
  }

  async #breakReceiver(ms: number): Promise<Ended> {
    const { receiver } = this.#broken;
    for (const mood of ['is away', 'hangs', 'refuses'] as const) {
      await receiver.become(mood);
      await pause(ms / 3);
    }
    await receiver.become('takes');
    return { forgives: [], note: `for ${ms.toFixed(0)} ms` };
  }

  async #cutControl(ms: number): Promise<Ended> {
    const { weather } = this.#broken;
    const isLost = (line: LogLine): boolean => line.event === 'controlConnection' && line.connected === false;
    const before = this.#count(isLost);
    weather.set({ cut: true });
    await pause(ms);
    weather.set({ cut: false });
    const cuts = this.#count(isLost) - before;
    if (cuts === 0) throw new Error('no serve process noticed that its control stream was cut');
    return { forgives: [], note: `for ${ms.toFixed(0)} ms, ${cuts} times` };
  }

  /** Calls that are taken back at once, PINGs, and then what is no HTTP/2 at all. */
  async #badFrames(dice: number): Promise<Ended> {
    const port = Number(this.#broken.server.predictAddress.split(':')[1]);
    const until = Date.now() + BAD_FRAMES_MS;
    let connections = 0;
    while (Date.now() < until) {
      connections += 1;
      using raw = await RawH2.greet(port);
      const path = '/sluice.v1.PredictService/Predict';
      await raw.flood((at) => Buffer.concat([openCall(2 * at + 1, path), rstStream(2 * at + 1)]), 300);
      await raw.flood(() => frame(TYPE.ping, dice < 0.5 ? 0 : ACK, 0, Buffer.alloc(8)), 300);
      raw.write(PREFACE);
      raw.write(Buffer.alloc(4096, 0xff));
      await pause(LOOK_MS);
    }
    return { forgives: [], note: `${connections} connections` };
  }

  #pick(role: 'serve' | 'admin', dice: number): number {
    const pids = this.#broken.server.childrenOf(role);
    const pid = pids[Math.floor(dice * pids.length)];
    if (pid === undefined) throw new Error(`there is no ${role} process to break`);
    return pid;
  }

  /** Waits until as many have opened their door again as have ended: for serve processes Predict's, else Admin's. */
  async #andBack(role: 'serve' | 'admin', harm: () => unknown): Promise<void> {
    const name = role === 'serve' ? 'predict' : 'admin';
    const isOpen = (line: LogLine): boolean => line.event === 'listening' && line.name === name;
    const before = this.#count(isOpen);
    await harm();
    const giveUp = Date.now() + RESTART_LIMIT_MS;
    while (this.#count(isOpen) === before) {
      if (Date.now() > giveUp) throw new Error(`the ${role} process is not back after ${RESTART_LIMIT_MS} ms`);
      await pause(LOOK_MS);
    }
  }

  #count(condition: (line: LogLine) => boolean): number {
    return this.#broken.server.log.filter(condition).length;
  }
}

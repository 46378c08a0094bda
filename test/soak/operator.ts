/** An operator of the soak: asks for a change until it is acknowledged or refused, and keeps what was acknowledged. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AdminClient, ArmMessage, Service, TrafficMessage, VersionMessage } from '../support/admin-client.ts';
import type { Acknowledged } from './lines.ts';
import type { Files } from './workload.ts';

export interface VersionName {
  readonly model: string;
  readonly version: string;
}

/** What SetTraffic, SwitchTraffic and RollbackTraffic take, without their keys. */
interface TrafficOrder {
  readonly model: string;
  readonly version?: string;
  readonly policy?: { readonly arms: readonly ArmMessage[] };
}

/** Of gRPC: what a person would do again, with the same key. */
const AGAIN = [4, 8, 14];
export const FAILED_PRECONDITION = 9;
/** A read-only database is no state of things that an operator has to change. */
const READ_ONLY = /cannot be written to|cannot be opened|read-only/;
const PATIENCE_MS = 60_000;
const TRY_MS = 8000;
const PAUSE_MS = 100;
const APPLY_MS = 4000;

export class Operator {
  readonly #admin: AdminClient;
  #keys = 0;
  #acknowledged: Acknowledged[] = [];

  constructor(admin: AdminClient) {
    this.#admin = admin;
  }

  /** Since this was asked last. */
  takeAcknowledged(): readonly Acknowledged[] {
    const taken = this.#acknowledged;
    this.#acknowledged = [];
    return taken;
  }

  keep(acknowledged: Acknowledged): void {
    this.#acknowledged.push(acknowledged);
  }

  ask<Reply>(service: Service, method: string, request: object): Promise<Reply> {
    return again(() => this.#admin.call<Reply>(service, method, request, { deadline: Date.now() + TRY_MS }));
  }

  /** Asks for a change: under one key, however often it is asked for. */
  order<Reply>(service: Service, method: string, request: object): Promise<Reply> {
    return this.ask(service, method, { ...request, idempotencyKey: this.#newKey() });
  }

  async upload({ model, version }: VersionName, files: Files): Promise<void> {
    const idempotencyKey = this.#newKey();
    const { version: made } = await again(() => this.#admin.register({ model, version, idempotencyKey }, files));
    this.keep({ what: 'version', model, version, digest: made.digest });
  }

  /** QUALIFIED or REJECTED. A watch would end with the process that answers it, so it is asked again and again. */
  async settle(name: VersionName, right: 'QUALIFIED' | 'REJECTED'): Promise<void> {
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      const { state, reason } = await this.ask<VersionMessage>('Registry', 'GetVersion', name);
      if (state === right) break;
      if ((state !== 'UPLOADED' && state !== 'QUALIFYING') || Date.now() > giveUp) {
        throw new Error(`${name.version} should be ${right}, and is ${state} ${reason}`);
      }
      await pause(PAUSE_MS);
    }
    this.keep({ what: right === 'QUALIFIED' ? 'qualified' : 'rejected', ...name });
  }

  setTraffic(model: string, arms: readonly ArmMessage[]): Promise<TrafficMessage> {
    return this.traffic('SetTraffic', { model, policy: { arms } });
  }

  async traffic(method: string, order: TrafficOrder): Promise<TrafficMessage> {
    const reply = await this.order<TrafficMessage>('Traffic', method, { ...order, waitMs: APPLY_MS });
    const { epoch, policy } = reply.epoch;
    const weights = Object.fromEntries(policy.arms.map(({ version, weight }) => [version, weight]));
    this.keep({ what: 'epoch', model: order.model, epoch, weights });
    return reply;
  }

  async setAlias({ model, version }: VersionName, alias: string): Promise<void> {
    await this.order('Registry', 'SetAlias', { model, alias, version });
    this.keep({ what: 'alias', model, alias, version });
  }

  async delete(name: VersionName): Promise<void> {
    await this.order('Registry', 'DeleteVersion', name);
    this.keep({ what: 'deleted', ...name });
  }

  #newKey(): string {
    this.#keys += 1;
    return `soak ${this.#keys}`;
  }
}

/** While the server is away, full or locked. */
async function again<T>(attempt: () => Promise<T>): Promise<T> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (caught) {
      const { code, message } = caught as { readonly code: number; readonly message: string };
      const isPassing = AGAIN.includes(code) || (code === FAILED_PRECONDITION && READ_ONLY.test(message));
      if (!isPassing || Date.now() > giveUp) throw caught;
      await pause(PAUSE_MS);
    }
  }
}

/** A hub that remembers who came and what they said, and lets a test speak to them. */
import type { ControlHub, HubConnection } from '../../src/control/hub-port.ts';
import type { DesiredUpdate, Hello, InstanceReport, WireModel, WireVersion } from '../../src/control/messages.ts';

export interface Guest {
  readonly hello: Hello;
  readonly send: (update: DesiredUpdate) => void;
  readonly reports: InstanceReport[];
  connected: boolean;
}

export class FakeHub implements ControlHub {
  readonly guests: Guest[] = [];
  /** What everybody who connects is told at once. */
  whole: readonly DesiredUpdate[] = [update({ reset: true })];
  /** Throws where a guest is to be refused. */
  admit: (hello: Hello) => void = () => undefined;
  readonly #waiting: { readonly is: () => boolean; readonly resolve: () => void }[] = [];

  connect(hello: Hello, send: (update: DesiredUpdate) => void): HubConnection {
    this.admit(hello);
    const guest: Guest = { hello, send, reports: [], connected: true };
    this.guests.push(guest);
    for (const part of this.whole) send(part);
    this.#check();
    return {
      receive: (report) => {
        guest.reports.push(report);
        this.#check();
      },
      disconnected: () => {
        guest.connected = false;
        this.#check();
      },
    };
  }

  /** Resolves once it is so; looked at after every event. */
  when(is: () => boolean): Promise<void> {
    if (is()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ is, resolve }));
  }

  #check(): void {
    for (const { is, resolve } of this.#waiting) if (is()) resolve();
  }
}

export const HELLO: Hello = { instance: 'here', boot: 'b1', address: '127.0.0.1:50051', serverVersion: '0.1.0' };

export function update(over: Partial<DesiredUpdate> = {}): DesiredUpdate {
  return { revision: 1, reset: false, more: false, models: [], removed: [], starting: false, ...over };
}

export function wireVersion(over: Partial<WireVersion> = {}): WireVersion {
  return {
    version: '1',
    digest: 'd'.repeat(64),
    bytes: 2 ** 40,
    files: [{ path: 'model.onnx', size: 2 ** 40, sha256: 'a'.repeat(64) }],
    settingsJson: '{"batching":true}',
    reportJson: '{"batchable":true}',
    metadataJson: '{}',
    ...over,
  };
}

export function wireModel(over: Partial<WireModel> = {}): WireModel {
  return {
    model: 'iris',
    versions: [wireVersion()],
    policyJson: '{"epoch":1}',
    aliases: new Map([['champion', '1']]),
    others: new Map([['2', 'it was rejected: the golden examples differ']]),
    rejected: ['2'],
    ...over,
  };
}

export function report(over: Partial<InstanceReport> = {}): InstanceReport {
  return { applied: [], versions: [], revision: 1, settled: true, ...over };
}

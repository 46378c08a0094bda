/** A whole Sluice is attacked on both of its ports at once, by one attack after the other, while honest callers go on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdminClient, type TrafficMessage } from '../support/admin-client.ts';
import { AttackProcess } from '../support/attack-process.ts';
import { adminTarget, ATTACKS, predictTarget, type Target } from '../support/attacks.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { Sluice } from '../support/sluice.ts';

const MIB = 2 ** 20;
const ATTACK_MS = 1000;
const CALLERS = 4;
const DEADLINE_MS = 20_000;
/** Of each process, at its most in all of this: what a busy heap takes between two collections of garbage. */
const MAX_BYTES = 400 * MIB;

interface Port {
  readonly name: string;
  readonly role: 'serve' | 'admin';
  readonly target: (sluice: Sluice) => Target;
  readonly metricsAddress: (sluice: Sluice) => string;
}

const PORTS: readonly Port[] = [
  {
    name: 'Predict',
    role: 'serve',
    target: ({ predictAddress }) => predictTarget(portOf(predictAddress)),
    metricsAddress: ({ metricsAddress }) => metricsAddress,
  },
  {
    name: 'Admin',
    role: 'admin',
    target: ({ adminAddress }) => adminTarget(portOf(adminAddress)),
    metricsAddress: ({ adminMetricsAddress }) => adminMetricsAddress,
  },
];

describe('both ports under attack', () => {
  let sluice: Sluice;
  let honest: HonestCallers;
  let pids: number[];
  before(async () => {
    sluice = await Sluice.start({ transport: 'h2', args: ['--serve-processes', '1'] });
    pids = processes();
    honest = new HonestCallers(sluice);
  });
  after(async () => {
    await honest.stop();
    await sluice.stop();
  });

  for (const attack of ATTACKS) {
    it(`answer honest callers while both have ${attack.name}`, async () => {
      const before = await Promise.all(PORTS.map((port) => limitsOf(port.metricsAddress(sluice))));
      const { predicted, asked } = honest;
      const attackers = await Promise.all(PORTS.map((port) => AttackProcess.start(attack, port.target(sluice))));
      await sleep(ATTACK_MS);
      const blows = await Promise.all(attackers.map((attacker) => attacker.stop()));
      assert.ok(Math.min(...blows) > 0, `the attackers came to ${blows.join(' and ')}`);

      await Promise.all([honest.predict(), honest.ask()]);
      assert.deepEqual(honest.failures, []);
      assert.ok(honest.predicted > predicted + 1 && honest.asked > asked + 1, 'nobody else was answered');
      assert.deepEqual(processes(), pids, 'a process was replaced');
      for (const pid of pids) assert.ok(peakBytes(pid) < MAX_BYTES, `it took ${peakBytes(pid) / MIB} MiB`);
      for (const [index, { name, metricsAddress }] of PORTS.entries()) {
        const { kind } = attack;
        if (kind === undefined) continue;
        const count = (await limitsOf(metricsAddress(sluice))).get(kind) ?? 0;
        assert.ok(count > (before[index]?.get(kind) ?? 0), `${name} has not counted ${kind}`);
      }
    });
  }

  function processes(): number[] {
    return PORTS.map(({ role }) => sluice.childPid(role));
  }
});

/** Call Predict and GetTraffic again and again; each keeps its connection. */
class HonestCallers {
  predicted = 0;
  asked = 0;
  readonly failures: string[] = [];
  readonly #predict: SluiceClient;
  readonly #admin: AdminClient;
  readonly #running: Promise<void>[];
  #stopping = false;

  constructor({ predictAddress, adminAddress }: Sluice) {
    this.#predict = new SluiceClient(predictAddress);
    this.#admin = new AdminClient(adminAddress);
    this.#running = Array.from({ length: CALLERS }, () => [
      this.#goOn(async () => await this.predict()),
      this.#goOn(async () => await this.ask()),
    ]).flat();
  }

  async predict(): Promise<void> {
    const request = { model: 'iris', inputs: [iris([5.1, 3.5, 1.4, 0.2])] };
    const { outputs } = await this.#predict.predict(request, { deadline: Date.now() + DEADLINE_MS });
    assert.notEqual(outputs.length, 0);
    this.predicted += 1;
  }

  async ask(): Promise<void> {
    const { epoch } = await this.#admin.call<TrafficMessage>('Traffic', 'GetTraffic', { model: 'iris' });
    assert.equal(epoch.model, 'iris');
    this.asked += 1;
  }

  /** Lets the calls in flight end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
    this.#predict.close();
    this.#admin.close();
  }

  async #goOn(call: () => Promise<void>): Promise<void> {
    while (!this.#stopping) {
      try {
        await call();
      } catch (caught) {
        this.failures.push(String(caught));
        return;
      }
    }
  }
}

/** What a process publishes of limits that were hit, by kind. */
async function limitsOf(address: string): Promise<Map<string, number>> {
  const page = await (await fetch(`http://${address}/metrics`)).text();
  const samples = page.matchAll(/^sluice_transport_limit_total\{.*?kind="(\w+)".*?\} (\d+)/gm);
  return new Map([...samples].map(([, kind, count]) => [kind!, Number(count)]));
}

/** The most that a process ever used. */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

/** What do honest callers wait while somebody attacks the port that they call? */
import { join } from 'node:path';
import { AdminClient } from '../test/support/admin-client.ts';
import { AttackProcess } from '../test/support/attack-process.ts';
import { adminTarget, ATTACKS, predictTarget } from '../test/support/attacks.ts';
import type { Attack, Target } from '../test/support/attacks.ts';
import { iris, SluiceClient } from '../test/support/client.ts';
import { newHistogram, summarize } from './load/histogram.ts';
import type { Latencies } from './load/histogram.ts';
import { layOutModels, MODELS, OUT } from './support/bench-models.ts';
import { callInTurn } from './support/calls-in-turn.ts';
import type { CallsResult, TimedCall } from './support/calls-in-turn.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startSluice } from './support/servers.ts';
import type { SluiceServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

const MODEL = MODELS.iris.name;
/** Of both kinds together, in turn. */
const CALLS_PER_SECOND = 200;
const WARMUP_SECONDS = 2;
const DEADLINE_MS = 10_000;

/** Whom the honest callers ask, and where the attacker strikes. */
interface Port {
  readonly name: string;
  readonly target: Target;
}

/** `--seconds` is how long calls are made without an attack, and with each on each port; `--rounds` repeats it all. */
export async function abuse(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 5, rounds: 1 });
  const directory = join(OUT, 'abuse');
  layOutModels(directory, [MODELS.iris]);
  await using server = await startSluice({ directory });
  using predict = new SluiceClient(`${server.host}:${server.port}`);
  using admin = new AdminClient(server.adminAddress);
  const calls = honestCalls(predict, admin);
  await callInTurn(calls, { rate: CALLS_PER_SECOND, seconds: WARMUP_SECONDS });
  const rows = [];
  for (const attack of ATTACKS) rows.push(...(await rowsOf(attack, { calls, ports: portsOf(server), ...settings })));
  console.log(
    `## Abuse\n\n${describeMachine()} One attacker, a process of its own, strikes one port at a time as fast as it can; ` +
      `${CALLS_PER_SECOND / 2} calls a second are made on either. Times in ms from when a call was due, on the port ` +
      'that is attacked; the ratio is to the same calls right before, without an attack.\n',
  );
  console.log(markdownTable(rows));
}

function honestCalls(predict: SluiceClient, admin: AdminClient): readonly TimedCall[] {
  const request = { model: MODEL, inputs: [iris([5.1, 3.5, 1.4, 0.2])] };
  return [
    { name: 'Predict', run: async () => await predict.predict(request, { deadline: Date.now() + DEADLINE_MS }) },
    { name: 'Admin', run: async () => await admin.call('Traffic', 'GetTraffic', { model: MODEL }) },
  ];
}

function portsOf({ port, adminAddress }: SluiceServer): readonly Port[] {
  const adminPort = Number(adminAddress.slice(adminAddress.lastIndexOf(':') + 1));
  return [
    { name: 'Predict', target: predictTarget(port) },
    { name: 'Admin', target: adminTarget(adminPort) },
  ];
}

async function rowsOf(
  attack: Attack,
  options: {
    readonly calls: readonly TimedCall[];
    readonly ports: readonly Port[];
    readonly seconds: number;
    readonly rounds: number;
  },
): Promise<Record<string, Cell>[]> {
  const { calls, ports, seconds, rounds } = options;
  const load = { rate: CALLS_PER_SECOND, seconds };
  const calm: CallsResult[] = [];
  const attacked = new Map(ports.map((port) => [port, [] as CallsResult[]]));
  for (let round = 0; round < rounds; round += 1) {
    calm.push(await callInTurn(calls, load));
    for (const [port, results] of attacked) {
      const attacker = await AttackProcess.start(attack, port.target);
      results.push(await callInTurn(calls, load));
      await attacker.stop();
    }
  }
  return [...attacked].map(([port, results]) => {
    const before = latenciesOf(port, calm);
    const during = latenciesOf(port, results);
    return {
      attack: attack.name,
      on: port.name,
      calls: during.count,
      'p50 without': before.p50,
      'p50 during': during.p50,
      'p50 ratio': during.p50 / before.p50,
      'p99 without': before.p99,
      'p99 during': during.p99,
      'p99 ratio': during.p99 / before.p99,
      failed: failuresOf(port, results),
    };
  });
}

function latenciesOf({ name }: Port, results: readonly CallsResult[]): Latencies {
  const all = newHistogram();
  for (const { kinds } of results) for (const kind of kinds) if (kind.name === name) all.add(kind.histogram);
  return summarize(all);
}

function failuresOf({ name }: Port, results: readonly CallsResult[]): number {
  return results.flatMap(({ kinds }) => kinds).reduce((sum, kind) => sum + (kind.name === name ? kind.errors : 0), 0);
}

if (import.meta.main) await abuse(process.argv.slice(2));

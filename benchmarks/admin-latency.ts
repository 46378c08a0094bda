/** Do operators get their answers while callers ask for four times as much as can be served? */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdminClient } from '../test/support/admin-client.ts';
import type { Service } from '../test/support/admin-client.ts';
import { newHistogram, summarize } from './load/histogram.ts';
import type { LoadResult } from './load/tally.ts';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import { callInTurn } from './support/calls-in-turn.ts';
import type { CallsResult, Kind, TimedCall } from './support/calls-in-turn.ts';
import { runLoad } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { othersCpuSeconds } from './support/processes.ts';
import { startSluice } from './support/servers.ts';
import type { SluiceServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import type { ScenarioSettings } from './support/settings.ts';

interface Outcome {
  readonly factor: number;
  readonly calls: CallsResult;
  /** undefined where there was none. */
  readonly load: LoadResult | undefined;
  /** Of the admin process, and of what does not belong to this measurement. */
  readonly adminCpuSeconds: number;
  readonly othersCpuSeconds: number;
}

const MODEL = MODELS.steadyWork;
const FACTORS = [0, 4];
const CALLS_PER_SECOND = 50;
const APPLIED = 'SetTraffic, applied';
const PEAK_SECONDS = 2;
const PEAK_WARMUP_SECONDS = 3;
const IN_FLIGHT_AT_PEAK = 64;
const DEADLINE_MS = 500;
const DRAIN_SECONDS = 2;
/** The load begins before the calls and ends after them. */
const LEAD_SECONDS = 2;
const TAIL_SECONDS = 2;
const APPLY_TIMEOUT_MS = 30_000;

/** `--seconds` is how long calls are made at each load. */
export async function adminLatency(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 20, rounds: 1 });
  const directory = join(OUT, 'admin-latency');
  const files = layOutModels(directory, [MODEL]);
  await using server = await startSluice({ directory });
  using client = new AdminClient(server.adminAddress);
  await addSecondVersion(client, files.get(MODEL.name) ?? '');
  const { connections } = settings;
  const closed = { connections, seconds: PEAK_SECONDS, warmupSeconds: PEAK_WARMUP_SECONDS };
  const peak = (await runLoad('closed', { server, model: MODEL }, { ...closed, inFlight: IN_FLIGHT_AT_PEAK })).goodput;
  const outcomes: Outcome[] = [];
  const calls = adminCalls(client);
  for (const factor of FACTORS) outcomes.push(await measureOnce({ server, calls, peak, factor, settings }));
  console.log(
    `## Admin latency\n\n${describeMachine()} ${MODEL.name} has its peak at ${Math.round(peak)} req/s; Predict is ` +
      `called open loop at multiples of that, and the Admin services ${CALLS_PER_SECOND} times a second, in turn. ` +
      'Times in ms from when a call was due.\n',
  );
  console.log(markdownTable(outcomes.flatMap(rowsOf)));
  for (const outcome of outcomes) console.log(`\n${aroundIt(outcome)}`);
}

/** What SetTraffic moves traffic to. */
async function addSecondVersion(client: AdminClient, file: string): Promise<void> {
  await client.register({ model: MODEL.name, version: '2' }, { 'model.onnx': readFileSync(file) });
  await client.qualified(MODEL.name, '2');
  await client.setTraffic(MODEL.name, armsOf(5000), { waitMs: APPLY_TIMEOUT_MS });
}

function armsOf(weight: number): { readonly version: string; readonly weight: number }[] {
  return [
    { version: '1', weight },
    { version: '2', weight: 10_000 - weight },
  ];
}

function adminCalls(client: AdminClient): TimedCall[] {
  const model = MODEL.name;
  const call = (service: Service, method: string, request: object): TimedCall => ({
    name: method,
    run: async () => await client.call(service, method, request),
  });
  let changes = 0;
  const change = async (more: object): Promise<boolean> => {
    changes += 1;
    const { applied } = await client.setTraffic(model, armsOf(4000 + (changes % 2000)), more);
    return applied;
  };
  return [
    call('Traffic', 'GetTraffic', { model }),
    call('Registry', 'ListVersions', { model }),
    call('Registry', 'GetVersion', { model, version: '1' }),
    call('Monitor', 'GetStats', { model }),
    { name: 'SetTraffic', run: async () => await change({}) },
    call('Audit', 'ListEvents', { model }),
    call('Audit', 'WhoServed', { model, routingKey: 'user-7' }),
    {
      name: APPLIED,
      run: async () => {
        if (!(await change({ waitMs: APPLY_TIMEOUT_MS }))) throw new Error('it was not applied in time');
      },
    },
  ];
}

async function measureOnce(options: {
  readonly server: SluiceServer;
  readonly calls: readonly TimedCall[];
  readonly peak: number;
  readonly factor: number;
  readonly settings: ScenarioSettings;
}): Promise<Outcome> {
  const { server, factor, peak, settings } = options;
  const { seconds, connections } = settings;
  const loading =
    factor === 0
      ? undefined
      : runLoad(
          'open',
          { server, model: MODEL },
          {
            seconds: LEAD_SECONDS + seconds + TAIL_SECONDS,
            connections,
            rate: factor * peak,
            spacing: 'poisson',
            deadlineMs: DEADLINE_MS,
            drainSeconds: DRAIN_SECONDS,
          },
        );
  await sleep(LEAD_SECONDS * 1000);
  const { cpuSeconds } = server.process.usageOf('sluice admin');
  const othersBefore = othersCpuSeconds();
  const calls = await callInTurn(options.calls, { rate: CALLS_PER_SECOND, seconds });
  const adminCpuSeconds = server.process.usageOf('sluice admin').cpuSeconds - cpuSeconds;
  const others = Math.max(0, othersCpuSeconds() - othersBefore);
  const load = await loading;
  if (load !== undefined && (load.startedAtMs > calls.startedAtMs || load.endedAtMs < calls.endedAtMs)) {
    throw new Error('the load did not last as long as the calls; the machine is too busy for this measurement');
  }
  return { factor, calls, load, adminCpuSeconds, othersCpuSeconds: others };
}

function rowsOf({ factor, calls: { kinds } }: Outcome): Record<string, Cell>[] {
  const plain = kinds.filter(({ name }) => name !== APPLIED);
  const all = { name: 'all of these', histogram: newHistogram(), errors: 0 };
  for (const { histogram, errors } of plain) {
    all.histogram.add(histogram);
    all.errors += errors;
  }
  const row = ({ name, histogram, errors }: Kind): Record<string, Cell> => {
    const { count, p50, p99, max } = summarize(histogram);
    return { call: name, Predict: `${factor}×`, calls: count, p50, p99, max, errors };
  };
  return [...plain, all, ...kinds.filter(({ name }) => name === APPLIED)].map(row);
}

function aroundIt({ factor, calls, load, adminCpuSeconds, othersCpuSeconds: others }: Outcome): string {
  const { sendDelay, firstError, startedAtMs, endedAtMs } = calls;
  const ofCore = (seconds: number): string => `${((seconds * 1e5) / (endedAtMs - startedAtMs)).toFixed(0)} % of a core`;
  const client =
    `calls were made late by p99 ${sendDelay.p99.toFixed(1)} ms; the admin process used ${ofCore(adminCpuSeconds)}, ` +
    `and what does not belong to this ${ofCore(others)}`;
  const failed = firstError === '' ? '' : ` The first error: ${firstError}.`;
  if (load === undefined) return `At ${factor}×: ${client}.${failed}`;
  const { OK = 0, RESOURCE_EXHAUSTED = 0, DEADLINE_EXCEEDED = 0 } = load.statuses;
  const percent = (count: number): string => `${((count / load.planned) * 100).toFixed(0)} %`;
  return (
    `At ${factor}×: ${client}. Of ${load.planned} Predict calls ${percent(OK)} were answered, ` +
    `${percent(RESOURCE_EXHAUSTED)} refused, ${percent(DEADLINE_EXCEEDED)} expired.${failed}`
  );
}

if (import.meta.main) await adminLatency(process.argv.slice(2));

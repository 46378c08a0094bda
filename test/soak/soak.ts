/** A soak: a real server under traffic and chaos for a while, and then the verdict. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '../support/admin-client.ts';
import { FIXTURES, freePort, Sluice } from '../support/sluice.ts';
import { CallersProcess } from './callers-process.ts';
import { Changes } from './changes.ts';
import { PostgresHarm, SqliteHarm } from './databases.ts';
import type { SoakDatabase } from './databases.ts';
import { Faults } from './faults.ts';
import { FaultyReceiver } from './faulty-receiver.ts';
import { LineWriter, readLines } from './lines.ts';
import type { AnswerLine, CallLine, ClientLine, EndLine, OutcomesLine, SampleLine, SoakLine } from './lines.ts';
import type { ChangeLine, WindowLine } from './lines.ts';
import { Operator } from './operator.ts';
import { planOf } from './plan.ts';
import type { Plan, Planned, Change, Fault } from './plan.ts';
import { Progress } from './progress.ts';
import { References } from './references.ts';
import type { Findings } from './report.ts';
import { viewRegistry } from './registry-view.ts';
import type { RegistryView } from './registry-view.ts';
import { judgeResources } from './resources.ts';
import { Sampler } from './sampler.ts';
import { SmallDisk } from './small-disk.ts';
import { StallWatch } from './stalls.ts';
import { differenceOf } from './tensors.ts';
import { judge } from './verdict.ts';
import { WeatherFile } from './weather.ts';
import { filesOf, questionsOf, WORKLOADS } from './workload.ts';
import type { Source } from './workload.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly perSecond: number;
  readonly postgres: boolean;
  /** For the lines that were written down, and the report. */
  readonly directory: string;
}

const SERVE_PROCESSES = 2;
const SETTLE_LIMIT_MS = 60_000;
/** As the server compares layouts of weights and batches with rows alone. */
const TOLERANCE = 1e-4;
const MODELS = WORKLOADS.map(({ model }) => model);

/** By "model/version": whose answers they are. */
type Sources = Map<string, Source>;

export async function soak(options: SoakOptions): Promise<Findings> {
  const { directory, seed, seconds, perSecond, postgres } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const sources: Sources = new Map();
  using disk = SmallDisk.open();
  const dataDir = join(disk.path, 'data');
  mkdirSync(dataDir);
  await using database = postgres ? await PostgresHarm.open() : new SqliteHarm(dataDir);
  const registry = await run({ options, disk, dataDir, database, sources });
  const soakLines = await readLines<SoakLine>(join(directory, 'soak.ndjson'));
  const clientLines = await readLines<ClientLine>(join(directory, 'calls.ndjson'));
  const calls = clientLines.filter((line): line is CallLine => line.kind === 'call');
  const windows = [...soakLines, ...clientLines].filter((line): line is WindowLine => line.kind === 'window');
  const changes = soakLines.filter((line): line is ChangeLine => line.kind === 'change');
  const answers = clientLines.filter((line): line is AnswerLine => line.kind === 'answer');
  const account = {
    ...{ calls, windows, changes, registry },
    ends: clientLines.filter((line): line is EndLine => line.kind === 'end'),
    outcomes: clientLines.filter((line): line is OutcomesLine => line.kind === 'outcomes'),
    epochs: await database.epochs(MODELS),
    differenceOf: await differences({ seed, calls, answers, sources }),
  };
  const samples = soakLines.filter((line): line is SampleLine => line.kind === 'sample');
  const checks = [...judge(account), ...judgeResources(samples)];
  const name = postgres ? 'PostgreSQL' : 'SQLite';
  return { seed, seconds, perSecond, database: name, checks, calls, windows, changes };
}

interface Scene {
  readonly options: SoakOptions;
  readonly disk: SmallDisk;
  readonly dataDir: string;
  readonly database: SoakDatabase;
  readonly sources: Sources;
}

/** Until the server has ended. */
async function run({ options, disk, dataDir, database, sources }: Scene): Promise<RegistryView> {
  const { directory, seed, seconds, perSecond } = options;
  const lines = new LineWriter(join(directory, 'soak.ndjson'));
  const write = (line: SoakLine): void => {
    lines.write(line);
  };
  const weather = new WeatherFile(directory);
  await using receiver = await FaultyReceiver.open();
  const adminAddress = `127.0.0.1:${await freePort()}`;
  await using server = await Sluice.start({
    ...{ dataDir, modelsDir: await layOutModels(join(directory, 'models'), sources) },
    // As root the server could write to what is read-only; so it keeps all of root's rights but that.
    through: process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override'] : [],
    args: [
      ...['--admin-address', adminAddress, '--serve-processes', String(SERVE_PROCESSES), '--hold-former', '5s'],
      // So that a process that was started anew soon has callers again.
      ...['--max-connection-age', '4s'],
    ],
    env: { ...weather.env, ...database.env, ...otlpTo(receiver) },
  });
  using admin = new AdminClient(adminAddress, 'soak');
  const changes = new Changes({
    ...{ operator: new Operator(admin), dataDir, write },
    onVersion: ({ model, version }, source) => sources.set(`${model}/${version}`, source),
    rejected: { folder: join(FIXTURES, 'wrong_golden/1') },
    sources: Object.fromEntries(WORKLOADS.map(({ model, versions }) => [model, versions])),
  });
  await changes.begin(WORKLOADS.filter(({ named }) => named).map(({ model }) => model));
  await settled(admin);
  const faults = new Faults({ server, disk, database, weather, receiver }, write);
  using sampler = new Sampler(server, write);
  using stalls = new StallWatch(write, () => [...server.childrenOf('serve'), ...server.childrenOf('admin')]);
  const path = join(directory, 'calls.ndjson');
  using callers = new CallersProcess({ address: server.predictAddress, perSecond, seed, path });
  const began = { startedAt: Date.now(), last: '' };
  using progress = new Progress(() => ({ ...began, ...callers.counts, rssMb: sampler.rssMb }));
  const told = (what: string): void => {
    began.last = what;
  };
  await follow(planOf(seed, seconds * 1000), { seconds, changes, faults, told });
  progress[Symbol.dispose]();
  await callers.stop();
  const registry = await viewRegistry(admin, MODELS);
  writeFileSync(join(directory, 'server.ndjson'), server.log.map((line) => `${JSON.stringify(line)}\n`).join(''));
  sampler[Symbol.dispose]();
  stalls[Symbol.dispose]();
  await lines.close();
  return registry;
}

interface Doers {
  readonly seconds: number;
  readonly changes: Changes;
  readonly faults: Faults;
  readonly told: (what: string) => void;
}

/** Faults come one after the other, and changes do, beside each other. */
async function follow(plan: Plan, { seconds, changes, faults, told }: Doers): Promise<void> {
  const began = performance.now();
  const goThrough = async <T extends Change | Fault>(
    planned: readonly Planned<T>[],
    act: (one: Planned<T>) => Promise<void>,
  ): Promise<void> => {
    const toCome = new Set(planned.map(({ what }) => what));
    for (const one of planned) {
      await pause(Math.max(0, one.atMs - (performance.now() - began)));
      // On a slow machine the second time of some is left out, and never the first.
      if (performance.now() - began > seconds * 1000 && !toCome.has(one.what)) continue;
      toCome.delete(one.what);
      told(one.what);
      await act(one);
    }
  };
  await Promise.all([
    goThrough(plan.faults, (one) => faults.cause(one)),
    goThrough(plan.changes, (one) => changes.make(one)),
  ]);
  await pause(Math.max(0, seconds * 1000 - (performance.now() - began)));
}

async function layOutModels(directory: string, sources: Sources): Promise<string> {
  for (const { model, versions } of WORKLOADS) {
    for (const [version, source] of Object.entries(versions)) {
      sources.set(`${model}/${version}`, source);
      const files = Object.entries(await filesOf(source));
      for (const [name, bytes] of files) {
        const path = join(directory, model, version, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
      }
    }
  }
  return directory;
}

/** Until all that callers may name is loaded everywhere. */
async function settled(admin: AdminClient): Promise<void> {
  const giveUp = Date.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const { instances } = await admin.call<{ instances: readonly { connected: boolean; settled: boolean }[] }>(
      ...(['Monitor', 'ListInstances', {}] as const),
    );
    const ready = instances.filter((instance) => instance.connected && instance.settled);
    if (ready.length === SERVE_PROCESSES) return;
    if (Date.now() > giveUp) throw new Error(`not all is loaded: ${JSON.stringify(instances)}`);
    await pause(100);
  }
}

function otlpTo({ port }: FaultyReceiver): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
  };
}

interface Answers {
  readonly seed: number;
  readonly calls: readonly CallLine[];
  readonly answers: readonly AnswerLine[];
  readonly sources: Sources;
}

/** Each different answer of each version is compared once. */
async function differences({
  seed,
  calls,
  answers,
  sources,
}: Answers): Promise<(call: CallLine) => string | undefined> {
  const questions = questionsOf(seed);
  const outputs = new Map(answers.map((line) => [`${line.model} ${line.question} ${line.answer}`, line.outputs]));
  const found = new Map<string, string | undefined>();
  const nameOf = ({ model, version, question, answer }: CallLine): string =>
    `${model}/${version} ${question} ${answer}`;
  await using references = await References.open();
  for (const call of calls) {
    const { model, version, question, answer, code } = call;
    if (code !== 0 || found.has(nameOf(call))) continue;
    const source = sources.get(`${model}/${version}`);
    const got = outputs.get(`${model} ${question} ${answer}`);
    const inputs = questions.get(model)?.[question];
    if (source === undefined || got === undefined || inputs === undefined) {
      found.set(nameOf(call), `there is no version ${version}, or no such answer`);
      continue;
    }
    const right = await references.answer(source, question, inputs);
    const blocks = got.map((output) => ({ ...output, raw: Buffer.from(output.raw, 'base64') }));
    found.set(nameOf(call), typeof right === 'string' ? right : differenceOf(blocks, right, TOLERANCE));
  }
  return (call) => found.get(nameOf(call));
}

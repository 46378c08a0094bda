/** How the versions do: statistics once or live, and a verdict on them. */
import { choice, duration, integer, ratio } from '../../config/kinds.ts';
import type { Stats__Output } from '../../transport/gen/sluice/admin/v1/Stats.ts';
import { flag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { CommandError, EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { WATCH, WINDOW } from '../flags.ts';
import { aboveZero, decimal } from '../kinds.ts';
import { healthLines, statsLines, statsLogLines } from '../render/stats.ts';
import { wireTime } from '../wire.ts';

const DEFAULT_WINDOW_MS = 300_000;
const DEFAULT_INTERVAL_MS = 2000;
/** Rows of a table that is to stay on one screen. */
const MAX_VERSIONS = 16;

const ROLE = flag(
  'role',
  'ROLE',
  choice(['live', 'shadow']),
  'live, or shadow: copies whose answers reached nobody. Default live.',
);
const INTERVAL = flag(
  'interval',
  'DURATION',
  duration({ min: 1000, max: 3_600_000 }),
  'With --watch: how often to look. Default 2s.',
);
const MAX_LATENCY = flag(
  'max-latency-ms',
  'MS',
  decimal({ above: 0, max: 3_600_000 }),
  'The most that p99 may be. Default 100.',
);
const MIN_SUCCESS = flag(
  'min-success-rate',
  'RATE',
  aboveZero(ratio()),
  'The least share of good answers. Default 0.95.',
);
const MIN_REQUESTS = flag(
  'min-requests',
  'N',
  integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  'Fewer requests than this are no evidence. Default 100.',
);

async function stats(scene: Scene): Promise<ExitCode> {
  const { args, client, screen } = scene;
  const request = statsRequest(scene);
  if (!args.isOn(WATCH)) {
    const whole = await client.ask(client.monitor.GetStats, request);
    const rows = screen.json ? [whole] : await withVersions(scene, whole);
    screen.show(whole, (look) => statsLines(rows, look));
    return EXIT.done;
  }
  const interval = wireTime(args.get(INTERVAL) ?? DEFAULT_INTERVAL_MS);
  for await (const whole of client.watch(client.monitor.WatchStats, { stats: request, interval })) {
    const rows = screen.json ? [whole] : await withVersions(scene, whole);
    screen.update(whole, {
      block: (look) => statsLines(rows, look),
      lines: (look) => statsLogLines(rows, look),
    });
  }
  return EXIT.done;
}

function statsRequest({ args }: Scene) {
  return {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    window: wireTime(args.get(WINDOW) ?? DEFAULT_WINDOW_MS),
    role: args.get(ROLE) ?? 'live',
  };
}

/** People who ask about a model want to see its versions apart, too: those that the policy in force names. */
async function withVersions(scene: Scene, whole: Stats__Output): Promise<readonly Stats__Output[]> {
  const { args, client, signal } = scene;
  if (args.operand('VERSION') !== '') return [whole];
  try {
    const request = statsRequest(scene);
    const versions = await servingVersions(scene);
    const each = versions.map((version) => client.ask(client.monitor.GetStats, { ...request, version }));
    return [...(await Promise.all(each)), whole];
  } catch (caught) {
    // No policy yet, or Ctrl-C in the middle of a look: what there is of it is still true.
    if (signal.aborted || (caught instanceof CommandError && caught.exitCode === EXIT.refused)) return [whole];
    throw caught;
  }
}

async function servingVersions({ args, client }: Scene): Promise<readonly string[]> {
  const { epoch } = await client.ask(client.traffic.GetTraffic, { model: args.operand('MODEL') });
  if (!epoch?.policy) return [];
  const { arms, rules, shadows } = epoch.policy;
  const names = args.get(ROLE) === 'shadow' ? shadows : [...arms, ...rules];
  return [...new Set(names.map(({ version }) => version))].slice(0, MAX_VERSIONS);
}

async function health({ args, client, screen }: Scene): Promise<ExitCode> {
  const report = await client.ask(client.monitor.CheckHealth, {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    maxLatencyMs: args.get(MAX_LATENCY) ?? 0,
    minSuccessRate: args.get(MIN_SUCCESS) ?? 0,
    minRequests: args.get(MIN_REQUESTS) ?? 0,
    window: wireTime(args.get(WINDOW) ?? DEFAULT_WINDOW_MS),
  });
  screen.show(report, (look) => healthLines(report, look));
  if (report.verdict === 'healthy') return EXIT.done;
  return report.verdict === 'insufficient' ? EXIT.insufficient : EXIT.no;
}

const OPERANDS = [{ name: 'MODEL' }, { name: 'VERSION', optional: true }];

export const STATS_COMMANDS: readonly Command[] = [
  {
    name: 'stats',
    operands: OPERANDS,
    flags: [WINDOW, ROLE, WATCH, INTERVAL],
    summary: 'Shows requests, errors and latencies of a model and its serving versions, or of one version.',
    details: [
      'On a terminal --watch redraws the table in place; elsewhere it adds lines. With --json each document is the reply for what was asked: the whole model, or VERSION.',
    ],
    examples: ['stats iris', 'stats iris 3 --window 1h', 'stats iris --watch', 'stats iris --role shadow --json'],
    run: stats,
  },
  {
    name: 'health',
    operands: OPERANDS,
    flags: [MAX_LATENCY, MIN_SUCCESS, MIN_REQUESTS, WINDOW],
    summary:
      'Says whether a model or a version is healthy: exit code 0 healthy, 1 unhealthy, 3 too few requests to tell.',
    examples: ['health iris 3', 'health iris 3 --max-latency-ms 50 --min-requests 1000 --window 10m'],
    run: health,
  },
];

/** Do other load generators see the same? One cell, asked by ours and by ghz (gRPC) or hey (HTTP), turn about. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MODELS } from '../support/bench-models.ts';
import { findTool } from '../support/find-tool.ts';
import { runGhz } from '../support/ghz.ts';
import type { GhzResult } from '../support/ghz.ts';
import { jsonRequest } from '../support/json-request.ts';
import { markdownTable } from '../support/markdown.ts';
import type { Cell as TableCell } from '../support/markdown.ts';
import { uniform } from '../support/random.ts';
import { chooseCells } from './cells.ts';
import { withScene } from './scene.ts';
import { installed } from './install.ts';
import type { Peer } from './peers.ts';
import { RunningPeer } from './running-peer.ts';

const MODEL = MODELS.iris;
const IN_FLIGHT = 32;
const SPARE_SECONDS = 30;

export async function compareTools(
  peers: readonly Peer[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<void> {
  const rows: Record<string, TableCell>[] = [];
  await withScene([MODEL], async (scene) => {
    for (const peer of peers) {
      const found = installed(peer);
      const tool = findTool(peer.wire === 'grpc' ? 'ghz' : 'hey');
      if ('missing' in found || tool === undefined) {
        console.error(`${peer.name} is left out: it or its tool is not installed`);
        continue;
      }
      await using running = await RunningPeer.start(peer, found.program, scene);
      for (let round = 0; round < rounds; round += 1) {
        rows.push(await ours(running, seconds), await theirs(running, tool, { seconds, scratch: scene.scratch }));
      }
    }
  });
  console.log(markdownTable(rows));
}

async function ours(running: RunningPeer, seconds: number): Promise<Record<string, TableCell>> {
  const [cell] = chooseCells(`${MODEL.name}:${IN_FLIGHT}:1`);
  if (cell === undefined) throw new Error('there is such a cell');
  const { reqPerSecond, p50, p99, cpuUs, errors } = await running.measure(cell, seconds);
  return { server: running.peer.title, tool: 'ours', 'req/s': reqPerSecond, p50, p99, 'CPU µs/req': cpuUs, errors };
}

async function theirs(
  running: RunningPeer,
  tool: string,
  settings: { readonly seconds: number; readonly scratch: string },
): Promise<Record<string, TableCell>> {
  const { peer, host, port, family } = running;
  const { seconds } = settings;
  const isGrpc = peer.wire === 'grpc';
  const process = { usage: () => ({ cpuSeconds: family.cpuSeconds() }) };
  const result = isGrpc
    ? await runGhz(
        tool,
        { server: { host, port, process }, model: MODEL },
        { seconds, inFlight: IN_FLIGHT, connections: 1 },
      )
    : await runHey(tool, running, settings);
  const { callsPerSecond, p50, p99, serverCpuUsPerCall, errors } = result;
  const figures = { 'req/s': callsPerSecond, p50, p99, 'CPU µs/req': serverCpuUsPerCall, errors };
  return { server: peer.title, tool: isGrpc ? 'ghz' : 'hey', ...figures };
}

/** Reads hey's report, which is for people. */
async function runHey(
  hey: string,
  { host, port, family }: RunningPeer,
  { seconds, scratch }: { readonly seconds: number; readonly scratch: string },
): Promise<GhzResult> {
  const body = join(scratch, 'request.json');
  writeFileSync(body, jsonRequest(MODEL.input, uniform(1)));
  const cpuSeconds = family.cpuSeconds();
  const { stdout } = await promisify(execFile)(
    hey,
    [
      ...['-z', `${seconds}s`, '-c', String(IN_FLIGHT), '-m', 'POST', '-T', 'application/json', '-D', body],
      `http://${host}:${port}/predict/${MODEL.name}`,
    ],
    { timeout: (seconds + SPARE_SECONDS) * 1000 },
  );
  const cpuUs = (family.cpuSeconds() - cpuSeconds) * 1e6;
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1]);
  const calls = [...stdout.matchAll(/\[\d+\]\t(\d+) responses/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  const good = number(/\[200\]\t(\d+) responses/);
  return {
    calls,
    callsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50: number(/50% in ([\d.]+) secs/) * 1000,
    p99: number(/99% in ([\d.]+) secs/) * 1000,
    serverCpuUsPerCall: cpuUs / calls,
    errors: calls - good,
  };
}

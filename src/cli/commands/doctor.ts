/** What stands in the way of a server here, and what to do about it. Nothing is changed. */
import { availableParallelism } from 'node:os';
import { formatAddress } from '../../config/address.ts';
import { compileOptions } from '../../config/compile-options.ts';
import { listenAddresses } from '../../config/listen-addresses.ts';
import type { Config } from '../../config/options.ts';
import { placement } from '../../config/placement.ts';
import type { DatabaseFacts } from '../../registry/sql/inspect-database.ts';
import type { Command, Scene } from '../command.ts';
import { certificateFinding } from '../doctor/certificates.ts';
import { databaseFacts, databaseFindings } from '../doctor/database.ts';
import { fail, inTime, ok } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import {
  clockFinding,
  coresFinding,
  fileLimit,
  filesFinding,
  memoryFinding,
  memoryLimit,
  nodeFinding,
} from '../doctor/machine.ts';
import { findHolder, portFinding, reusePortFinding } from '../doctor/ports.ts';
import { adminFindings, predictFinding } from '../doctor/running-server.ts';
import { dataDirectoryFindings, directoryFacts, modelsFindings } from '../doctor/storage.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { ADDRESS } from '../flags.ts';
import { findingLines } from '../render/findings.ts';

async function doctor(scene: Scene): Promise<ExitCode> {
  const { args, env, nodeVersion, screen } = scene;
  const compiled = compileOptions({ argv: args.operands('SERVER OPTION'), env });
  const findings: Finding[] = [nodeFinding({ version: nodeVersion, options: env.NODE_OPTIONS ?? '' })];
  if (compiled.kind === 'config') {
    findings.push(ok('config', 'every option can be used'), ...(await configFindings(scene, compiled.config)));
  } else {
    const problem = compiled.kind === 'error' ? compiled.message : `--${compiled.kind} belongs to sluice up`;
    findings.push(fail('config', problem, 'the other checks need it: correct it and run this again'));
  }
  findings.push(...(await inTime('open files', async () => [filesFinding(await fileLimit())])));
  screen.show({ findings }, (look) => findingLines(findings, look));
  return findings.some(({ verdict }) => verdict === 'fail') ? EXIT.no : EXIT.done;
}

async function configFindings(scene: Scene, config: Config): Promise<Finding[]> {
  const { now } = scene;
  const cores = availableParallelism();
  const { processes } = placement(config, cores);
  const ports = await portFindings(config, processes);
  // One after the other: each has the machine for itself.
  const checks: readonly (readonly [string, () => Finding[] | Promise<Finding[]>])[] = [
    ['data directory', async () => dataDirectoryFindings(await directoryFacts(config.dataDir))],
    ['database', async () => await storeFindings(config, now())],
    ['models', async () => await modelsFindings(config.modelsDir, config)],
    ['certificates', async () => [await certificateFinding(config, now())]],
    ['shared port', async () => [await reusePortFinding(processes, config.predictAddress.host)]],
    ['memory', async () => [memoryFinding(await memoryLimit(), processes)]],
    ['cores', () => [coresFinding(config, cores)]],
    ['server', async () => await serverFindings(scene, config, ports)],
  ];
  const findings = [...ports];
  for (const [name, check] of checks) findings.push(...(await inTime(name, check)));
  return findings;
}

async function portFindings(config: Config, processes: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const each of listenAddresses(config, processes)) {
    findings.push(...(await inTime('ports', async () => [await portFinding(each, findHolder)])));
  }
  return findings;
}

/** The database, and this machine's clock against what it says. */
async function storeFindings(config: Config, now: number): Promise<Finding[]> {
  const began = { wall: Date.now(), monotonic: performance.now() };
  const facts: DatabaseFacts | undefined = await databaseFacts(config);
  const jumpMs = Date.now() - began.wall - (performance.now() - began.monotonic);
  const { newestEventAt, aheadMs = 0 } = facts ?? {};
  return [...databaseFindings(facts), clockFinding({ jumpMs, databaseAheadMs: aheadMs, now, newestEventAt })];
}

/** Of a server that holds the ports, or of the one that --address names. */
async function serverFindings(scene: Scene, config: Config, ports: readonly Finding[]): Promise<Finding[]> {
  const { args, client } = scene;
  const isNamed = args.has(ADDRESS);
  const isHeld = (flag: string): boolean => ports.some(({ text }) => text.includes(`(${flag}) is held by sluice`));
  const findings: Finding[] = [];
  if (isNamed || isHeld('--admin-address')) {
    const address = formatAddress(args.get(ADDRESS) ?? config.adminAddress);
    using admin = client.toAdmin(address);
    findings.push(...(await adminFindings(admin, address)));
  }
  if (isHeld('--predict-address')) {
    const address = formatAddress(config.predictAddress);
    using predict = client.toPredict(address);
    findings.push(await predictFinding(predict, address));
  }
  return findings.length === 0 ? [ok('server', 'none runs here')] : findings;
}

export const DOCTOR_COMMANDS: readonly Command[] = [
  {
    name: 'doctor',
    operands: [{ name: 'SERVER OPTION', optional: true, many: true }],
    flags: [],
    takesServerOptions: true,
    summary:
      'Checks whether a server can run here, and how the one that runs does; exit code 1 where something must be done.',
    details: [
      'It takes the options and the environment of sluice up, and looks at Node, the ports, the data directory, the database, the models, certificates, clock, memory, cores and open files. Each check takes 2 s at most, and none changes anything.',
      'A server that holds the ports is asked how it does, with --token or --ca where it wants them.',
    ],
    examples: ['doctor', 'doctor --data-dir /srv/sluice --serve-processes 2', 'doctor --json'],
    run: doctor,
  },
];

/** The command: argv, environment, signals and exit code. The only file of the server that touches `process`. */
import { availableParallelism, hostname, userInfo } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isSupervisorMessage } from './app/messages.ts';
import { PLACE_VARIABLE, placeFromText, placeToText, placedConfig } from './app/place.ts';
import type { ServeProcess } from './app/serve.ts';
import type { Tls } from './app/tls.ts';
import { compileOptions } from './config/compile-options.ts';
import type { Config } from './config/options.ts';
import { placement } from './config/placement.ts';
import { describeError } from './domain/errors.ts';
import type { Events } from './telemetry/events.ts';

const ROLES = ['up', 'serve', 'admin'] as const;
type Role = (typeof ROLES)[number];

/** After the drain time has passed, what else a serve process gets before it is killed. */
const STOP_MARGIN_MS = 5_000;
/** They end a command in good order: a live screen gives the terminal back. */
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What the admin process gets to answer its last calls and to close its store. */
const ADMIN_STOP_MS = 10_000;

const { [PLACE_VARIABLE]: placeText, ...env } = process.env;

// They are for developers. grpc-js earns one by naming an IP address as TLS's server name.
process.noDeprecation = true;

// Each loads its own rooms alone: a start should not wait for an operator's commands, nor they for the data plane.
const [firstWord] = process.argv.slice(2);
const commandExit = firstWord === undefined || isRole(firstWord) ? undefined : await runCommand();
if (commandExit === undefined) await runServer();
else process.exitCode = commandExit;

function isRole(word: string): word is Role {
  return ROLES.some((role) => role === word);
}

/** undefined where the first word is no command of an operator. */
async function runCommand(): Promise<number | undefined> {
  // Takes the place of the arguments, which may have a token among them, in the list of processes.
  process.title = 'sluice';
  const [{ runCli }, { terminalOf }] = await Promise.all([import('./cli/run.ts'), import('./cli/terminal.ts')]);
  const interrupted = new AbortController();
  const interrupt = (): void => {
    interrupted.abort();
  };
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    return await runCli({
      argv: process.argv.slice(2),
      env,
      nodeVersion: process.version,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      isTty: process.stdout.isTTY,
      columns: process.stdout.isTTY ? process.stdout.columns : 80,
      terminal: process.stdin.isTTY && process.stdout.isTTY ? terminalOf(process.stdin, process.stdout) : undefined,
      user: `${userName()}@${hostname()}`,
      now: () => Date.now(),
      signal: interrupted.signal,
    });
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'somebody');
  }
}

async function runServer(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  const isNamed = first !== undefined && isRole(first);
  const role: Role = isNamed ? first : 'up';
  const argv = isNamed ? rest : process.argv.slice(2);
  const compiled = compileOptions({ argv, env });
  switch (compiled.kind) {
    case 'help':
      process.stdout.write(compiled.text);
      break;
    case 'version': {
      const { SERVER_VERSION } = await import('./app/build-info.ts');
      process.stdout.write(`${SERVER_VERSION}\n`);
      break;
    }
    case 'error':
      refuse(compiled.message);
      break;
    case 'config':
      process.title = `sluice ${role}`;
      if (role === 'up') await up(compiled.config, argv);
      else if (role === 'serve') await serve(compiled.config);
      else await admin(compiled.config);
  }
}

/** A start that cannot be: one sentence, exit code 2. */
function refuse(sentence: string): void {
  process.stderr.write(`sluice: ${sentence}\n`);
  process.exitCode = 2;
}

async function up(config: Config, argv: readonly string[]): Promise<void> {
  const [{ checkPorts }, { spawnRole }, { removeStateBeyond }, { checkTls }, { Up }, { createEvents }] =
    await Promise.all([
      import('./app/ports.ts'),
      import('./app/spawn.ts'),
      import('./app/state-directories.ts'),
      import('./app/tls.ts'),
      import('./app/up.ts'),
      import('./telemetry/events.ts'),
    ]);
  const { processes } = placement(config, availableParallelism());
  try {
    await checkTls(config);
  } catch (caught) {
    refuse(describeError(caught));
    return;
  }
  const ports = await checkPorts(config, processes);
  if (ports.kind === 'busy') {
    refuse(ports.reason);
    return;
  }
  const events = createEvents({ level: config.logLevel });
  const file = fileURLToPath(import.meta.url);
  const { dataDir } = config;
  const running = new Up({
    serveProcesses: processes,
    spawnServe: (place) => {
      const text = placeToText({ ...place, predictPort: ports.predictPort });
      return spawnRole({ file, argv: ['serve', ...argv], env: { ...env, [PLACE_VARIABLE]: text }, dataDir });
    },
    spawnAdmin:
      config.controlAddress === 'off' ? undefined : () => spawnRole({ file, argv: ['admin', ...argv], env, dataDir }),
    serveStopMs: config.drainDelayMs + config.drainTimeoutMs + STOP_MARGIN_MS,
    adminStopMs: ADMIN_STOP_MS,
    now: () => performance.now(),
    print: (text) => {
      process.stdout.write(text);
    },
    onServing: () => {
      void removeStateBeyond(config.dataDir, processes);
    },
    onRestart: (restart) => {
      if (restart.process === 'serve') events.serveRestarting(restart);
      else events.adminRestarting(restart);
    },
    onRecycle: (recycle) => {
      events.serveRecycling(recycle);
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      running.stop();
    });
  }
  process.on('SIGHUP', () => {
    running.reload();
  });
  const { exitCode, reason } = await running.ended();
  if (exitCode !== 0) process.stderr.write(`sluice: ${reason}\n`);
  process.exit(exitCode);
}

/** Resolves with why the process is to end. */
function wishToEnd(): Promise<string> {
  const wish = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      wish.resolve(signal);
    });
  }
  process.on('message', (message) => {
    if (isSupervisorMessage(message) && message.kind === 'stop') wish.resolve('stop');
  });
  process.on('disconnect', () => {
    wish.resolve('the supervisor is gone');
  });
  return wish.promise;
}

/** Resolves when the supervisor says so. */
function allReady(): Promise<void> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (isSupervisorMessage(message) && message.kind === 'all ready') resolve();
    });
  });
}

/** Runs one of the two roles until it is to end. */
async function runRole<R extends { reload(): Promise<void>; close(cause: string): Promise<void> }>(
  config: Config,
  open: (given: { events: Events; tls: Tls | undefined }, ending: AbortSignal) => Promise<R>,
): Promise<R | undefined> {
  const [{ createEvents }, { Tls }] = await Promise.all([import('./telemetry/events.ts'), import('./app/tls.ts')]);
  const events = createEvents({ level: config.logLevel, process: processNumber() });
  const wish = wishToEnd();
  const ending = new AbortController();
  void wish.then(() => {
    ending.abort();
  });
  const running: { role: R | undefined } = { role: undefined };
  process.on('SIGHUP', () => {
    // Before the start is over it reads the directory anyway.
    void running.role?.reload();
  });
  try {
    running.role = await open({ events, tls: await Tls.open(config, events) }, ending.signal);
  } catch (caught) {
    const reason = describeError(caught);
    refuse(reason);
    process.send?.({ kind: 'refused', reason });
    process.exit(2);
  }
  await running.role.close(await wish);
  return running.role;
}

async function serve(config: Config): Promise<void> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  // Requests lie outside of the heap, and V8 answers each 64 MB of them with a full collection: with tensors of 600 kB
  // that is most of the process's time. With this it weighs them against the whole heap's limit.
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  const place = placeFromText(placeText);
  if (place.of > 1) process.title = `sluice serve ${String(place.number)}`;
  const placed = placedConfig(config, place);
  const { ServeProcess: Server } = await import('./app/serve.ts');
  const { compileOtlpOptions } = await import('./telemetry/otlp-env.ts');
  const own = { place, allReady: place.of === 1 ? Promise.resolve() : allReady() };
  const server: ServeProcess | undefined = await runRole(placed, (given, ending) =>
    Server.open({ config: placed, ...given, otlp: compileOtlpOptions(env), host: { ...host(), ...own, ending } }),
  );
  // A process with a thread in a native run can neither end that nor exit.
  if (server?.stuck === true) process.kill(process.pid, 'SIGKILL');
  process.exit(0);
}

async function admin(config: Config): Promise<void> {
  const { AdminProcess } = await import('./app/admin.ts');
  const { compileOtlpOptions } = await import('./telemetry/otlp-env.ts');
  await runRole(config, (given) =>
    AdminProcess.open({ config, ...given, otlp: compileOtlpOptions(env), host: host() }),
  );
  process.exit(0);
}

/** What tells the log lines of several serve processes apart; undefined where there is one of a kind. */
function processNumber(): number | undefined {
  const { number, of } = placeFromText(placeText);
  return of === 1 ? undefined : number;
}

function host() {
  return {
    cores: availableParallelism(),
    name: hostname(),
    nodeVersion: process.version,
    instanceId: `${String(process.pid)}-${String(Date.now())}`,
    readings: process,
    availableMemory: () => process.availableMemory(),
    nodePath: process.execPath,
    tell: (message: object) => {
      if (process.connected) process.send?.(message);
    },
  };
}

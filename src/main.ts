/** The command: argv, environment, signals and exit code. The only file of the server that touches `process`. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { SERVER_VERSION } from './app/build-info.ts';
import { isStopMessage } from './app/messages.ts';
import { findBusyPort } from './app/ports.ts';
import { ServeProcess } from './app/serve.ts';
import { Supervisor } from './app/up.ts';
import type { ServeProcess as Supervised } from './app/up.ts';
import { compileOptions } from './config/compile-options.ts';
import type { Config } from './config/options.ts';
import { describeError } from './domain/errors.ts';
import { createEvents } from './telemetry/events.ts';
import { compileOtlpOptions } from './telemetry/otlp-env.ts';

const ROLES = ['up', 'serve'] as const;
type Role = (typeof ROLES)[number];

/** After the drain time has passed, what else a serve process gets before it is killed. */
const STOP_MARGIN_MS = 5_000;

const [first, ...rest] = process.argv.slice(2);
const named = ROLES.find((role) => role === first);
const role: Role = named ?? 'up';
const argv = named === undefined ? process.argv.slice(2) : rest;
/** Set by the supervisor for a process that takes over from another; not an option of people. */
const SUCCESSOR = 'SLUICE_INTERNAL_SUCCESSOR';
const { [SUCCESSOR]: successor, ...env } = process.env;

const compiled = compileOptions({ argv, env });
switch (compiled.kind) {
  case 'help':
    process.stdout.write(compiled.text);
    break;
  case 'version':
    process.stdout.write(`${SERVER_VERSION}\n`);
    break;
  case 'error':
    refuse(compiled.message);
    break;
  case 'config':
    process.title = `sluice ${role}`;
    await (role === 'up' ? up(compiled.config) : serve(compiled.config));
}

/** A start that cannot be: one sentence, exit code 2. */
function refuse(sentence: string): void {
  process.stderr.write(`sluice: ${sentence}\n`);
  process.exitCode = 2;
}

async function up(config: Config): Promise<void> {
  const busy = await findBusyPort(config);
  if (busy !== undefined) {
    refuse(busy);
    return;
  }
  const events = createEvents({ level: config.logLevel });
  const supervisor = new Supervisor({
    spawn: spawnServe,
    stopTimeoutMs: config.drainDelayMs + config.drainTimeoutMs + STOP_MARGIN_MS,
    now: () => performance.now(),
    onGreeting: (text) => {
      process.stdout.write(text);
    },
    onRestart: (restart) => {
      events.serveRestarting(restart);
    },
    onRecycle: (recycle) => {
      events.serveRecycling(recycle);
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      supervisor.stop();
    });
  }
  process.on('SIGHUP', () => {
    supervisor.reload();
  });
  const { exitCode, reason } = await supervisor.ended;
  if (exitCode !== 0) process.stderr.write(`sluice: ${reason}\n`);
  process.exit(exitCode);
}

function spawnServe(options: { successor: boolean }): Supervised {
  const child = fork(fileURLToPath(import.meta.url), ['serve', ...argv], {
    env: { ...env, ...(options.successor ? { [SUCCESSOR]: '1' } : {}) },
    // A signal from the terminal reaches the whole group; the supervisor alone decides what it means.
    detached: true,
  });
  const ends: ((how: string) => void)[] = [];
  const end = (how: string): void => {
    for (const listener of ends.splice(0)) listener(how);
  };
  child.once('exit', (code, signal) => {
    end(signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`);
  });
  child.once('error', (error) => {
    end(`could not be started: ${describeError(error)}`);
  });
  return {
    pid: child.pid,
    onMessage: (listener) => child.on('message', listener),
    onEnd: (listener) => ends.push(listener),
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    signal: (name) => child.kill(name),
  };
}

async function serve(config: Config): Promise<void> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const events = createEvents({ level: config.logLevel });
  const wish = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      wish.resolve(signal);
    });
  }
  process.on('message', (message) => {
    if (isStopMessage(message)) wish.resolve('stop');
  });
  process.on('disconnect', () => {
    wish.resolve('the supervisor is gone');
  });
  const running: { server: ServeProcess | undefined } = { server: undefined };
  process.on('SIGHUP', () => {
    // Before the start is over it reads the directory anyway.
    void running.server?.reload();
  });
  const server = await openServe(config, events);
  if (server === undefined) return;
  running.server = server;
  await server.close(await wish.promise);
  // A process with a thread in a native run can neither end that nor exit.
  if (server.stuck) process.kill(process.pid, 'SIGKILL');
  process.exit(0);
}

async function openServe(config: Config, events: ReturnType<typeof createEvents>): Promise<ServeProcess | undefined> {
  try {
    return await ServeProcess.open({
      config,
      events,
      otlp: compileOtlpOptions(env),
      host: {
        cores: availableParallelism(),
        nodeVersion: process.version,
        instanceId: `${String(process.pid)}-${String(Date.now())}`,
        readings: process,
        availableMemory: () => process.availableMemory(),
        successor: successor !== undefined,
        tell: (message) => {
          if (process.connected) process.send?.(message);
        },
      },
    });
  } catch (caught) {
    const reason = describeError(caught);
    refuse(reason);
    process.send?.({ kind: 'refused', reason });
    process.exit(2);
  }
}

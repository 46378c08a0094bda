/** Compiling flags and environment into the Config. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileOptions } from '../../../src/config/compile-options.ts';
import { OPTIONS, OPTION_FIELDS, envOf, flagOf, printValue } from '../../../src/config/options.ts';
import type { Config, OptionField } from '../../../src/config/options.ts';

const DEFAULTS: Config = {
  modelsDir: './models',
  dataDir: './data',
  predictAddress: { host: '127.0.0.1', port: 50_051 },
  adminAddress: { host: '127.0.0.1', port: 50_052 },
  controlAddress: 'auto',
  tlsCert: 'off',
  tlsKey: 'off',
  tlsClientCa: 'off',
  tlsPredictClientAuth: 'required',
  tlsAdminClientAuth: 'required',
  adminTokenFile: 'off',
  clientRoles: new Map(),
  predictAuth: 'off',
  databaseUrl: 'off',
  importDirs: [],
  maxModelBytes: 17_179_869_184,
  stages: ['development', 'staging', 'production', 'archived'],
  approvals: new Map(),
  holdFormerMs: 600_000,
  epochRetentionMs: 7_776_000_000,
  metricsAddress: { host: '127.0.0.1', port: 9464 },
  adminMetricsAddress: { host: '127.0.0.1', port: 9463 },
  consoleAddress: 'auto',
  consoleHosts: [],
  predictTransport: 'h2',
  reflection: true,
  serverName: 'sluice',
  serveProcesses: 0,
  lanes: 0,
  intraOpThreads: 1,
  executionProviders: ['cpu'],
  maxBatchRows: 64,
  maxQueueDelayMs: 0,
  maxQueueRows: 1024,
  maxQueueBytes: 268_435_456,
  maxMessageBytes: 67_108_864,
  maxConcurrentStreams: 384,
  maxConnectionAgeMs: 'auto',
  maxRunMs: 30_000,
  weights: 'auto' as const,
  maxLostLanes: 4,
  qualificationTimeoutMs: 60_000,
  qualificationMemoryBytes: 4_294_967_296,
  drainDelayMs: 0,
  drainTimeoutMs: 30_000,
  logLevel: 'info',
  traceRatio: 0.01,
};

function compile(argv: string[], env: Record<string, string> = {}) {
  return compileOptions({ argv, env });
}

function configOf(argv: string[], env: Record<string, string> = {}): Config {
  const compiled = compile(argv, env);
  assert.equal(compiled.kind, 'config', 'message' in compiled ? compiled.message : undefined);
  assert('config' in compiled);
  return compiled.config;
}

function errorOf(argv: string[], env: Record<string, string> = {}): string {
  const compiled = compile(argv, env);
  assert('message' in compiled, `${argv.join(' ')} was taken`);
  return compiled.message;
}

test('without flags and variables the defaults hold, frozen', () => {
  const config = configOf([], { PATH: '/bin', OTEL_SERVICE_NAME: 'x' });
  assert.deepEqual(config, DEFAULTS);
  assert(
    Object.isFrozen(config) && Object.isFrozen(config.predictAddress) && Object.isFrozen(config.executionProviders),
  );
});

test('a flag is given as --x=v or --x v, a variable as SLUICE_X, and the flag wins', () => {
  const env = { SLUICE_LANES: '2', SLUICE_MAX_RUN: '1m', SLUICE_SERVER_NAME: '' };
  const config = configOf(['--lanes=3', '--models-dir', '/srv/models', '--server-name', '-x-'], env);
  assert.deepEqual(config, { ...DEFAULTS, lanes: 3, modelsDir: '/srv/models', maxRunMs: 60_000, serverName: '-x-' });
});

test("durations and sizes take units, and a plain number is in the option's own", () => {
  const durations = ['250ms', '30s', '5m', '1h', '1500', '0.5ms', '2 S'].map(
    (text) => configOf([`--drain-timeout=${text}`]).drainTimeoutMs,
  );
  assert.deepEqual(durations, [250, 30_000, 300_000, 3_600_000, 1500, 0.5, 2000]);
  const sizes = ['64MiB', '16MB', '4096', '1.5KiB', '1 gib', '2kB'].map(
    (text) => configOf([`--max-queue-bytes=${text}`]).maxQueueBytes,
  );
  assert.deepEqual(sizes, [67_108_864, 16_000_000, 4096, 1536, 1_073_741_824, 2000]);
});

test('addresses are host:port with IPv6 in brackets, and only metrics can be off', () => {
  const hosts = ['0.0.0.0:0', '[::1]:50051', 'my-host.example:65535'];
  assert.deepEqual(
    hosts.map((text) => configOf([`--predict-address=${text}`]).predictAddress),
    [
      { host: '0.0.0.0', port: 0 },
      { host: '::1', port: 50_051 },
      { host: 'my-host.example', port: 65_535 },
    ],
  );
  assert.equal(configOf(['--metrics-address', 'off']).metricsAddress, 'off');
  for (const text of [
    'off',
    '::1:5',
    'localhost',
    ':50051',
    'a:65536',
    'a:-1',
    '-a:1',
    '[::1]',
    'http://a:1',
    'a:1 ',
  ]) {
    assert.match(errorOf([`--predict-address=${text}`]), /^--predict-address cannot be ".*"; give host:port such as/);
  }
});

test('what is true or false is switched by --x and --no-x', () => {
  const states = [['--no-reflection'], ['--reflection'], ['--reflection=false']].map(
    (argv) => configOf(argv).reflection,
  );
  assert.deepEqual(states, [false, true, false]);
  assert.equal(configOf([], { SLUICE_REFLECTION: 'false' }).reflection, false);
  assert.equal(configOf(['--reflection'], { SLUICE_REFLECTION: 'false' }).reflection, true);
});

test('a bad value gets one sentence with the option, the value and what is allowed', () => {
  assert.deepEqual(
    [
      errorOf(['--lanes', 'many']),
      errorOf(['--lanes=-1']),
      errorOf(['--lanes='], {}),
      errorOf(['--max-run=2h']),
      errorOf([], { SLUICE_MAX_MESSAGE_BYTES: '2GiB' }),
      errorOf(['--log-level', 'loud']),
      errorOf(['--predict-transport', 'h3']),
      errorOf(['--trace-ratio=101%']),
      errorOf(['--execution-providers=cpu,cpu']),
      errorOf(['--reflection=maybe']),
    ],
    [
      '--lanes cannot be "many"; give a whole number from 0 to 256',
      '--lanes cannot be "-1"; give a whole number from 0 to 256',
      '--lanes cannot be ""; give a whole number from 0 to 256',
      '--max-run cannot be "2h"; give a duration from 1ms to 1h, such as 250ms, 30s or 5m; a plain number is milliseconds',
      'SLUICE_MAX_MESSAGE_BYTES cannot be "2GiB"; give a size from 1KiB to 1GiB, such as 64MiB or 16MB; a plain number is bytes',
      '--log-level cannot be "loud"; give one of debug, info, warn, error',
      '--predict-transport cannot be "h3"; give one of h2, grpc-js',
      '--trace-ratio cannot be "101%"; give a share from 0 to 1 or a percentage, such as 0.01 or 1%',
      '--execution-providers cannot be "cpu,cpu"; give up to 8 different words with commas between them, such as cuda,cpu',
      '--reflection cannot be "maybe"; give true or false',
    ],
  );
});

test('flags and variables that are not known, doubled, incomplete or stray are refused', () => {
  assert.deepEqual(
    [
      errorOf(['--max-batch-row=3']),
      errorOf(['--colour=red']),
      errorOf([], { SLUICE_LANE: '3' }),
      errorOf([], { SLUICE_PREDICT_PORT: '8001' }),
      errorOf(['--lanes=1', '--lanes', '2']),
      errorOf(['--reflection', '--no-reflection']),
      errorOf(['--lanes']),
      errorOf(['--models-dir', '--lanes=1']),
      errorOf(['serve']),
      errorOf(['-l', '1']),
      errorOf(['--no-lanes']),
      errorOf(['--no-reflection=true']),
      errorOf(['--']),
    ],
    [
      'unknown option --max-batch-row; did you mean --max-batch-rows?',
      'unknown option --colour; --help lists all that there are',
      'unknown environment variable SLUICE_LANE; did you mean SLUICE_LANES?',
      'unknown environment variable SLUICE_PREDICT_PORT; did you mean SLUICE_PREDICT_AUTH?',
      '--lanes is given twice, as "1" and as "2"; give it once',
      '--reflection is given twice, as "true" and as "false"; give it once',
      '--lanes needs a value; give a whole number from 0 to 256',
      '--models-dir needs a value; give off, or a path',
      '"serve" is not an option; options start with --, see --help',
      '"-l" is not an option; options start with --, see --help',
      'unknown option --no-lanes; --help lists all that there are',
      '--no-reflection takes no value; got "true"',
      'unknown option --; --help lists all that there are',
    ],
  );
});

test('a message stays short however long the value', () => {
  assert(errorOf([`--lanes=${'9'.repeat(100_000)}`]).length < 200);
  assert(errorOf([`--${'x'.repeat(100_000)}`]).length < 200);
});

test('the variables that Kubernetes makes for a Service named sluice are not taken for options', () => {
  const env = {
    SLUICE_SERVICE_HOST: '10.0.0.1',
    SLUICE_SERVICE_PORT: '50051',
    SLUICE_SERVICE_PORT_GRPC: '50051',
    SLUICE_PORT: 'tcp://10.0.0.1:50051',
    SLUICE_PORT_50051_TCP: 'tcp://10.0.0.1:50051',
    SLUICE_PORT_50051_TCP_ADDR: '10.0.0.1',
    SLUICE_ADMIN_SERVICE_HOST: '10.0.0.2',
  };
  assert.deepEqual(configOf([], env), DEFAULTS);
  const hidden = OPTION_FIELDS.map(envOf).filter((name) => /_PORT$|_SERVICE_/.test(name));
  assert.deepEqual(hidden, [], 'no option may be named like one of them');
});

test('--help and --version win over everything else', () => {
  const help = compile(['--nonsense', '-h'], { SLUICE_X: '1' });
  assert(help.kind === 'help');
  for (const field of OPTION_FIELDS) {
    assert(help.text.includes(flagOf(field)) && help.text.includes(envOf(field)), `--help does not tell of ${field}`);
  }
  assert(help.text.split('\n').every((line) => line.length <= 100));
  assert.deepEqual(compile(['--version', '--nonsense']), { kind: 'version' });
});

const ms = fc.integer({ min: 1000, max: 3_600_000_000 }).map((thousandths) => thousandths / 1000);
const words = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/), { minLength: 1, maxLength: 8 });
const addresses = fc.record(
  {
    host: fc.constantFrom('127.0.0.1', '::', 'fe80::1', 'localhost', 'a.b-c.d'),
    port: fc.integer({ min: 0, max: 65_535 }),
  },
  { noNullPrototype: true },
);
const paths = fc
  .string({ minLength: 1, maxLength: 60 })
  .filter((text) => !text.startsWith('--') && !text.includes('\0'));

const listedPaths = paths.filter((text) => !text.includes(',') && text !== 'none');
const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
const approvers = fc.uniqueArray(names, { minLength: 9, maxLength: 12 });
const approvals = fc
  .uniqueArray(fc.tuple(names, fc.integer({ min: 1, max: 9 }), fc.oneof(fc.constant([]), approvers)), {
    maxLength: 5,
    selector: ([stage]) => stage,
  })
  .map((rules) => new Map(rules.map(([stage, needed, list]) => [stage, { needed, approvers: list }])));

const clientRoles = fc
  .uniqueArray(fc.tuple(names, fc.constantFrom('viewer', 'operator', 'approver', 'admin')), {
    maxLength: 5,
    selector: ([name]) => name,
  })
  .map((roles) => new Map(roles));

function limits(
  field:
    | 'maxModelBytes'
    | 'maxQueueBytes'
    | 'maxMessageBytes'
    | 'qualificationMemoryBytes'
    | 'serveProcesses'
    | 'lanes'
    | 'maxBatchRows',
) {
  const { min, max } = OPTIONS[field].kind;
  return fc.integer({ min, max });
}

const configs: fc.Arbitrary<Config> = fc.record(
  {
    modelsDir: paths,
    dataDir: paths,
    predictAddress: addresses,
    adminAddress: addresses,
    controlAddress: fc.oneof(
      fc.constantFrom('auto', 'off', '127.0.0.1:50053'),
      paths.map((path) => `unix:${path}`),
    ),
    tlsCert: fc.oneof(paths, fc.constant('off' as const)),
    tlsKey: fc.oneof(paths, fc.constant('off' as const)),
    tlsClientCa: fc.oneof(paths, fc.constant('off' as const)),
    tlsPredictClientAuth: fc.constantFrom('off', 'optional', 'required'),
    tlsAdminClientAuth: fc.constantFrom('off', 'optional', 'required'),
    adminTokenFile: fc.oneof(paths, fc.constant('off' as const)),
    clientRoles,
    predictAuth: fc.constantFrom('off', 'token'),
    databaseUrl: fc.constantFrom('off' as const, 'postgresql://sluice:secret@127.0.0.1:5432/sluice'),
    importDirs: fc.uniqueArray(listedPaths, { maxLength: 8 }),
    maxModelBytes: limits('maxModelBytes'),
    stages: fc.uniqueArray(names, { minLength: 1, maxLength: 8 }),
    approvals,
    holdFormerMs: fc.integer({ min: 0, max: 604_800_000 }),
    epochRetentionMs: ms,
    metricsAddress: fc.oneof(addresses, fc.constant('off' as const)),
    adminMetricsAddress: fc.oneof(addresses, fc.constant('off' as const)),
    consoleAddress: fc.oneof(addresses, fc.constantFrom('off' as const, 'auto' as const)),
    consoleHosts: fc
      .uniqueArray(fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/), { maxLength: 16 })
      .filter((list) => !list.includes('none')),
    predictTransport: fc.constantFrom('h2', 'grpc-js'),
    reflection: fc.boolean(),
    serverName: fc.stringMatching(/^[ -~]{1,128}$/).filter((text) => !text.startsWith('--')),
    serveProcesses: limits('serveProcesses'),
    lanes: limits('lanes'),
    intraOpThreads: fc.integer({ min: 1, max: 256 }),
    executionProviders: words,
    weights: fc.constantFrom('auto' as const, 'memory' as const, 'throughput' as const),
    maxBatchRows: limits('maxBatchRows'),
    maxQueueDelayMs: fc.integer({ min: 0, max: 10_000_000 }).map((thousandths) => thousandths / 1000),
    maxQueueRows: fc.integer({ min: 1, max: 1_000_000 }),
    maxQueueBytes: limits('maxQueueBytes'),
    maxMessageBytes: limits('maxMessageBytes'),
    maxConcurrentStreams: fc.integer({ min: 1, max: 1_000_000 }),
    maxConnectionAgeMs: fc.oneof(
      fc.integer({ min: 1000, max: 604_800_000 }),
      fc.constantFrom('off' as const, 'auto' as const),
    ),
    maxRunMs: ms,
    maxLostLanes: fc.integer({ min: 1, max: 64 }),
    qualificationTimeoutMs: fc.integer({ min: 100, max: 3_600_000 }),
    qualificationMemoryBytes: limits('qualificationMemoryBytes'),
    drainDelayMs: fc.integer({ min: 0, max: 3_600_000 }),
    drainTimeoutMs: ms,
    logLevel: fc.constantFrom('debug', 'info', 'warn', 'error'),
    traceRatio: fc.integer({ min: 0, max: 10_000 }).map((parts) => parts / 10_000),
  },
  { noNullPrototype: true },
);

const everyForm = fc.record({ config: configs, form: fc.constantFrom('--x=v', '--x v', 'SLUICE_X') });

test('every configuration that is printed, in any of the three forms, compiles to itself', () => {
  fc.assert(
    fc.property(everyForm, ({ config, form }) => {
      const texts = OPTION_FIELDS.map((field) => [field, printValue(field, config[field])] as const);
      const argv = form === 'SLUICE_X' ? [] : texts.flatMap(([field, text]) => flagWords(field, text, form));
      const env = form === 'SLUICE_X' ? Object.fromEntries(texts.map(([field, text]) => [envOf(field), text])) : {};
      assert.deepEqual(configOf(argv, env), config);
    }),
  );
});

function flagWords(field: OptionField, text: string, form: string): string[] {
  if (field === 'reflection' && form === '--x v') return [text === 'true' ? '--reflection' : '--no-reflection'];
  return form === '--x=v' ? [`${flagOf(field)}=${text}`] : [flagOf(field), text];
}

test('no input throws', () => {
  const words = fc.oneof(
    fc.string(),
    fc.string().map((text) => `--${text}`),
    fc.constantFrom(...OPTION_FIELDS.map(flagOf)),
  );
  fc.assert(
    fc.property(
      fc.array(words),
      fc.dictionary(
        fc.string().map((name) => `SLUICE_${name}`),
        fc.string(),
      ),
      (argv, env) => {
        const { kind } = compileOptions({ argv, env });
        assert(['config', 'help', 'version', 'error'].includes(kind));
      },
    ),
  );
});

test('an address of a database that cannot be is refused without showing it', () => {
  const message = errorOf([], { DATABASE_URL: 'mysql://user:secret@db/sluice' });
  assert.match(message, /^DATABASE_URL cannot be what was given; give off, or postgresql:/);
  assert(!message.includes('secret'));
});

test('serve processes and the admin process meet at a socket or an address with a port', () => {
  for (const place of ['auto', 'off', 'unix:/run/sluice.sock', '127.0.0.1:50053', 'localhost:1', '10.0.0.1:50053']) {
    assert.equal(configOf(['--control-address', place]).controlAddress, place);
  }
  for (const place of ['unix:', '127.0.0.1:0', 'somewhere']) {
    assert.match(errorOf(['--control-address', place]), /give auto, off, unix:PATH, or host:port/);
  }
});

test('approvals say how many of whom, and are refused where so many are not named', () => {
  const { approvals: rules } = configOf(['--approvals', 'production=2:ann,bob,cy; staging=1']);
  assert.deepEqual(
    [...rules],
    [
      ['production', { needed: 2, approvers: ['ann', 'bob', 'cy'] }],
      ['staging', { needed: 1, approvers: [] }],
    ],
  );
  for (const text of ['production', 'production=0', 'production=2:ann', 'production=1;production=2', 'a=1:b:c', ';']) {
    assert.match(errorOf(['--approvals', text]), /give none, or stage=N/, text);
  }
});

test('stages are different names', () => {
  assert.deepEqual(configOf(['--stages', 'new,live']).stages, ['new', 'live']);
  for (const text of ['a,a', 'a,,b', 'with space', '']) {
    assert.match(errorOf(['--stages', text]), /different names/, text);
  }
});

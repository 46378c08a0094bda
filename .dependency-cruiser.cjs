/** The import rules of the rooms: inward only, pure rooms pure, one door per heavy dependency. */

/** From the inside out; a room imports from the layers before its own. Rooms of one layer do not know each other. */
const LAYERS = [
  ['domain'],
  ['config'],
  ['access'],
  ['monitor', 'routing', 'batching', 'onnx', 'stats'],
  ['rollout', 'experiment'],
  ['runtime'],
  ['registry'],
  ['lifecycle'],
  ['serving'],
  ['admin'],
  ['control'],
  ['transport', 'telemetry', 'certs'],
  ['cli'],
  ['console'],
  ['app'],
];

/** Rooms, and one file, whose functions take clocks, timers and effects as arguments; $1 is the room. */
const PURE = '^src/(domain|config|access|routing|batching|onnx|stats|lifecycle(?=/policy))/';

/** Rooms without effects that reckon with what other pure rooms know. */
const RECKONING = '^src/(rollout|experiment)/';

/** Core modules without effects. */
const PURE_CORE = '^(node:)?(assert|assert/strict)$';

/** Who may import each heavy dependency. */
const DOORS = [
  ['grpc', '^src/(transport/(grpc-js|gen)|cli)/', '@grpc/(grpc-js|proto-loader|reflection)|grpc-health-check'],
  ['piscina', '^src/runtime/(lane|worker)\\.ts$', 'piscina'],
  ['onnxruntime', '^src/runtime/session\\.ts$', 'onnxruntime-(node|common)'],
  ['otel-sdk', '^src/telemetry/setup\\.ts$', '@opentelemetry/(sdk-[^/]+|exporter-[^/]+|resources)'],
  ['otel-api', '^src/telemetry/', '@opentelemetry/(api|core|semantic-conventions)'],
  ['x509', '^src/certs/', '@peculiar/x509'],
  ['pino', '^src/telemetry/events\\.ts$', 'pino'],
  ['sql', '^src/registry/sql/', '(node:)?sqlite|pg'],
];

const inwardOnly = LAYERS.flatMap((rooms, depth) =>
  rooms.map((room) => {
    const allowed = [room, ...LAYERS.slice(0, depth).flat()];
    return {
      name: `inward-only-${room}`,
      comment: `${room} may import from ${allowed.join(', ')}. To call outward, take a function as an argument.`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
    };
  }),
);

const doors = DOORS.map(([name, from, packages]) => ({
  name: `one-door-${name}`,
  comment: 'A heavy dependency has one door; the rest of the server does not know it.',
  severity: 'error',
  from: { path: '^src/', pathNot: from },
  to: { path: `(^|node_modules/)(${packages})(/|$)` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { pathNot: '^src/transport/gen/' }, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'known-rooms',
      comment: 'A new room gets its place in LAYERS.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(main\\.ts$|(${LAYERS.flat().join('|')})/)` },
    },
    {
      name: 'only-main-knows-app',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts$|app/)' },
      to: { path: '^src/app/' },
    },
    ...inwardOnly,
    {
      name: 'pure-rooms-take-effects-as-arguments',
      comment: 'A pure room imports domain, types of config, itself, and nothing that has effects.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'], pathNot: PURE_CORE },
    },
    {
      name: 'pure-rooms-need-no-packages',
      severity: 'error',
      from: { path: PURE },
      to: { path: 'node_modules/' },
    },
    {
      name: 'pure-rooms-know-the-nouns-only',
      severity: 'error',
      from: { path: PURE },
      to: { path: '^src/', pathNot: '^src/(domain|config|$1)/' },
    },
    {
      name: 'pure-rooms-take-types-of-config-only',
      severity: 'error',
      from: { path: PURE, pathNot: '^src/config/' },
      to: { path: '^src/config/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'reckoning-rooms-take-effects-as-arguments',
      severity: 'error',
      from: { path: RECKONING },
      to: { dependencyTypes: ['core'], pathNot: PURE_CORE },
    },
    {
      name: 'reckoning-rooms-need-no-packages',
      severity: 'error',
      from: { path: RECKONING },
      to: { path: 'node_modules/' },
    },
    {
      name: 'the-transport-stands-alone',
      comment: 'The HTTP/2 transport knows nothing of what it carries: it could be a package.',
      severity: 'error',
      from: { path: '^src/transport/h2/' },
      to: { path: '^src/|node_modules/', pathNot: '^src/transport/h2/' },
    },
    ...doors,
    {
      name: 'no-test-code-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|benchmarks)/' },
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

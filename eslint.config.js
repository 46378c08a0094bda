/** Lint rules: typescript-eslint's strictest set, and what STYLE asks for beyond it. */
import tseslint from 'typescript-eslint';

/** The files that may touch `process`: entries of the program, of threads and of children. */
const PROCESS_FILES = [
  'src/main.ts',
  'src/runtime/worker.ts',
  'src/runtime/qualification-child.ts',
  'src/runtime/orphan-watch.ts',
];

/** The files where a type assertion may stand: at the doors, where wire types meet ours. */
const ASSERTION_FILES = ['src/**/*codec*.ts', 'test/**', 'benchmarks/**'];

/** They take clocks, timers and randomness as arguments. */
const PURE = [
  ...['domain', 'config', 'routing', 'batching', 'onnx', 'stats'].map((room) => `src/${room}/**`),
  'src/lifecycle/policy.ts',
];

const TIME = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'fetch'];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'data/',
      'coverage/',
      'src/transport/gen/',
      'benchmarks/out/',
      'test/interop/clients/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  // The console's page: its types are checked by tsc, and markup is made of nodes alone.
  {
    files: ['console/**/*.js'],
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-unused-vars': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map((property) => ({ property, message: 'Make nodes.' })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
        { selector: 'Property[key.name="dangerouslySetInnerHTML"]', message: 'Make nodes.' },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // It takes Promise.withResolvers<void>() for a mistake.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' }],
    },
  },
  {
    files: ['src/**'],
    ignores: PROCESS_FILES,
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only the entries know it; take an argument.' }],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, message: 'Only the entries know it.' })) },
      ],
    },
  },
  {
    files: PURE,
    rules: {
      'no-restricted-globals': ['error', 'process', ...TIME],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pure rooms take the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Pure rooms take randomness as an argument.' },
      ],
    },
  },
  // piscina calls what its worker file exports by default.
  { files: ['src/runtime/worker.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ASSERTION_FILES, rules: { '@typescript-eslint/consistent-type-assertions': 'off' } },
  {
    files: ['test/**', 'benchmarks/**'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'suite', 'describe'] },
          ],
        },
      ],
    },
  },
);

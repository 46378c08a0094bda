/** The house rules that neither the compiler nor the linter checks. */
import assert from 'node:assert/strict';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { cruise } from 'dependency-cruiser';
import type { ICruiseOptions, ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';
import ts from 'typescript';

const ROOT = dirname(import.meta.dirname);
const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 70;
const MAX_LINE_CHARACTERS = 120;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

function readSources(pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: ROOT })
    .filter((path) => !path.startsWith(join('src', 'transport', 'gen')))
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return { path, text, lines: text.trimEnd().split('\n') };
    });
}

/** "path:line: complaint" for every line that a pattern matches. */
function complaints(sources: readonly SourceFile[], pattern: RegExp, complaint: string): string[] {
  return sources.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${complaint}`] : [])),
  );
}

const src = readSources('src/**/*.ts');
const ours = [...src, ...readSources('test/**/*.ts'), ...readSources('benchmarks/**/*.ts')];

suite('source files', () => {
  test('there are some, named in kebab-case', () => {
    assert(src.length > 20);
    const odd = ours
      .map(({ path }) => path)
      .filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(basename(path)));
    assert.deepEqual(odd, []);
  });

  test('each in src begins with a sentence that says what it is', () => {
    assert.deepEqual(
      src.filter(({ text }) => !/^\/\*\*\s[^]{20,}?[.:?]\s*\*\//.test(firstComment(text))).map(({ path }) => path),
      [],
    );
  });

  test(`each in src has at most ${MAX_FILE_LINES} lines, or its first comment says "Longer than" that and why`, () => {
    assert.deepEqual(
      src
        .filter(
          ({ text, lines }) => lines.length > MAX_FILE_LINES && !/longer than 300 lines/i.test(firstComment(text)),
        )
        .map(({ path, lines }) => `${path}: ${lines.length} lines`),
      [],
    );
  });

  test(`each function in src fits a screen of ${MAX_FUNCTION_LINES} lines`, () => {
    assert.deepEqual(src.flatMap(longFunctions), []);
  });

  test(`no line is longer than ${MAX_LINE_CHARACTERS} characters, but for messages, which stay in one piece`, () => {
    const long = src.flatMap(({ path, lines }) =>
      lines.flatMap((line, at) =>
        withoutTexts(line).length > MAX_LINE_CHARACTERS && !line.includes('eslint-disable')
          ? [`${path}:${at + 1}`]
          : [],
      ),
    );
    assert.deepEqual(long, []);
  });

  test('what is left to do has an issue', () => {
    const bare = /\b(TODO(?!\(#\d+\))|FIXME|XXX)\b/;
    const others = ours.filter(({ path }) => path !== join('test', basename(import.meta.filename)));
    assert.deepEqual(complaints(others, bare, 'write TODO(#issue)'), []);
  });

  test('nothing is passed on from another file: whoever needs it imports it from where it is', () => {
    assert.deepEqual(complaints(src, /^export .*\bfrom '|^export \* /, 'is a re-export'), []);
  });

  test("no path of anybody's machine is in the code", () => {
    assert.deepEqual(complaints(src, /['"`\s(](\/(work|tmp|home|root|Users)\/|[A-Z]:\\)/, 'names a path'), []);
  });
});

/** The line with its strings emptied, if it is not a comment. */
function withoutTexts(line: string): string {
  return /^\s*(\*|\/\/|\/\*)/.test(line) ? line : line.replaceAll(/'[^']*'|`[^`]*`/g, "''");
}

function firstComment(text: string): string {
  return /^\/\*\*[^]*?\*\//.exec(text)?.[0] ?? '';
}

function longFunctions({ path, text }: SourceFile): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
      const lines = last - first + 1;
      if (lines > MAX_FUNCTION_LINES) found.push(`${path}:${first + 1}: ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

interface CruiserConfig {
  readonly forbidden: IForbiddenRuleType[];
  readonly options: ICruiseOptions;
}

/** The rules as `npm run check:imports` reads them. */
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as CruiserConfig;

async function cruiseFrom(baseDir: string): Promise<ICruiseResult> {
  const settings = { ...options, validate: true, ruleSet: { forbidden }, baseDir };
  const { output } = await cruise(['src'], settings, options.enhancedResolveOptions);
  assert(typeof output !== 'string');
  return output;
}

suite('import rules', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-imports-'));
  after(() => {
    rmSync(scratch, { recursive: true });
  });

  test('they hold, and every file was looked at', async () => {
    const { summary, modules } = await cruiseFrom(ROOT);
    assert.deepEqual(
      summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
      [],
    );
    const seen = new Set(modules.map(({ source }) => source));
    assert.deepEqual(
      src.map(({ path }) => path).filter((path) => !seen.has(path)),
      [],
    );
  });

  const PLANTED: readonly (readonly [file: string, imports: string, rule: string])[] = [
    ['domain/a.ts', "import '../config/b.ts'", 'inward-only-domain'],
    ['runtime/a.ts', "import type { B } from '../serving/b.ts'", 'inward-only-runtime'],
    ['routing/a.ts', "import '../batching/b.ts'", 'inward-only-routing'],
    ['telemetry/a.ts', "import '../app/b.ts'", 'only-main-knows-app'],
    ['config/a.ts', "import '../rollup/b.ts'", 'known-rooms'],
    ['config/a.ts', "import 'node:fs'", 'pure-rooms-take-effects-as-arguments'],
    ['lifecycle/policy.ts', "import 'node:timers'", 'pure-rooms-take-effects-as-arguments'],
    ['lifecycle/policy.ts', "import '../runtime/b.ts'", 'pure-rooms-know-the-nouns-only'],
    ['batching/a.ts', "import '../config/b.ts'", 'pure-rooms-take-types-of-config-only'],
    ['batching/a.ts', "import 'pino'", 'pure-rooms-need-no-packages'],
    ['serving/a.ts', "import '@grpc/grpc-js'", 'one-door-grpc'],
    ['runtime/a.ts', "import { Piscina } from 'piscina'", 'one-door-piscina'],
    ['runtime/a.ts', "import type { Tensor } from 'onnxruntime-node'", 'one-door-onnxruntime'],
    ['telemetry/a.ts', "import '@opentelemetry/sdk-metrics'", 'one-door-otel-sdk'],
    ['serving/a.ts', "import type { Span } from '@opentelemetry/api'", 'one-door-otel-api'],
    ['app/a.ts', "import 'pino'", 'one-door-pino'],
    ['app/a.ts', "import './gone.ts'", 'resolvable'],
    ['app/a.ts', "import 'fast-check'", 'only-declared-packages'],
    ['app/a.ts', "import '../../test/b.ts'", 'no-test-code-in-src'],
    ['app/a.ts', "import './b.ts'", 'no-cycles'],
  ];

  for (const [index, [file, imports, rule]] of PLANTED.entries()) {
    test(`${rule} finds ${imports} in ${file}`, async () => {
      const tree = join(scratch, String(index));
      plant(tree, file, imports);
      const { summary } = await cruiseFrom(tree);
      assert(summary.violations.some((violation) => violation.rule.name === rule));
    });
  }
});

/** A small project with one file that should not be, and a `b.ts` in every room for it to import. */
function plant(tree: string, file: string, imports: string): void {
  const rooms = ['domain', 'config', 'rollup', 'batching', 'runtime', 'serving', 'app'].map(
    (room) => `src/${room}/b.ts`,
  );
  const files = new Map([...rooms, 'test/b.ts'].map((path) => [path, 'export type B = 1;\n']));
  files.set('src/app/b.ts', "import './a.ts';\nexport type B = 1;\n");
  files.set(`src/${file}`, `${imports};\nexport type A = 1;\n`);
  for (const path of ['package.json', 'tsconfig.json']) files.set(path, readFileSync(join(ROOT, path), 'utf8'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
}

/** Compiling a model's config.json. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModelConfig, parseModelConfig } from '../../../src/config/model-config.ts';
import type { ModelConfig } from '../../../src/config/model-config.ts';
import { ServerError } from '../../../src/domain/errors.ts';

const DEFAULTS = {
  maxBatchRows: 64,
  maxQueueDelayMs: 0,
  maxQueueRows: 1024,
  maxQueueBytes: 2 ** 28,
  intraOpThreads: 1,
  executionProviders: ['cpu'],
  maxRunMs: 30_000,
  weights: 'auto' as const,
};

const UNTOUCHED: ModelConfig = {
  settings: { ...DEFAULTS, batching: true, instances: 0, isolated: false },
  versionPolicy: { kind: 'all' },
  traffic: undefined,
};

function parse(json: unknown): ModelConfig {
  return parseModelConfig({ text: JSON.stringify(json), file: 'iris/config.json', defaults: DEFAULTS });
}

test("a model that says nothing is run as the server's options say", () => {
  assert.deepEqual([defaultModelConfig(DEFAULTS), parse({})], [UNTOUCHED, UNTOUCHED]);
});

test('every key has its place', () => {
  const settings = {
    batching: false,
    maxBatchRows: 8,
    maxQueueDelayMs: 1.5,
    maxQueueRows: 9,
    maxQueueBytes: 2048,
    instances: 2,
    isolated: true,
    intraOpThreads: 3,
    executionProviders: ['cuda', 'cpu'],
    maxRunMs: 500,
    weights: 'memory',
  };
  assert.deepEqual(parse({ ...settings, versionPolicy: { latest: 2 }, traffic: { '1': 9000, '2': 1000 } }), {
    settings,
    versionPolicy: { kind: 'latest', count: 2 },
    traffic: new Map([
      ['1', 9000],
      ['2', 1000],
    ]),
  });
});

test('the version policy is all, the latest, or some by name', () => {
  assert.deepEqual(
    ['all', { latest: 1 }, { specific: ['2', '1.5'] }].map((versionPolicy) => parse({ versionPolicy }).versionPolicy),
    [{ kind: 'all' }, { kind: 'latest', count: 1 }, { kind: 'specific', versions: ['2', '1.5'] }],
  );
});

test('an isolated model has at least one lane of its own', () => {
  assert.equal(parse({ isolated: true }).settings.instances, 1);
});

test('tolerances of shadows are absolute, relative or both', () => {
  const shadowOf = (shadow: unknown): unknown => parse({ shadow }).settings.shadow;
  assert.deepEqual(shadowOf({}), { tolerances: {}, private: false });
  assert.deepEqual(
    shadowOf({ tolerances: { y: { absolute: 0.5 }, z: { absolute: 0, relative: 1e-3 } }, private: true }),
    {
      tolerances: { y: { absolute: 0.5, relative: 0 }, z: { absolute: 0, relative: 1e-3 } },
      private: true,
    },
  );
});

const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [[], /^iris\/config\.json: holds \[\]; write a JSON object$/],
  [{ batchng: true }, /^iris\/config\.json: unknown key "batchng"; did you mean "batching"\?$/],
  [{ colour: 1 }, /unknown key "colour"; the keys are batching, /],
  [{ batching: 'yes' }, /"batching" cannot be "yes"; give true or false$/],
  [{ batching: null }, /"batching" cannot be null; give true or false$/],
  [{ maxBatchRows: 0 }, /"maxBatchRows" cannot be 0; give a whole number from 1 to 65536$/],
  [{ maxBatchRows: 1.5 }, /"maxBatchRows" cannot be 1.5; give a whole number/],
  [{ maxBatchRows: '8' }, /"maxBatchRows" cannot be "8"; give a whole number/],
  [{ weights: 'speed' }, /"weights" cannot be "speed"; give one of auto, memory, throughput$/],
  [{ weights: 1 }, /"weights" cannot be 1; give one of auto, memory, throughput$/],
  [{ maxRunMs: 1e9 }, /"maxRunMs" cannot be 1000000000; give a number from 1 to 3600000$/],
  [{ executionProviders: [] }, /"executionProviders" cannot be \[\]; give a list of different words/],
  [{ executionProviders: ['a,b'] }, /"executionProviders" cannot be \["a,b"\]; give a list/],
  [{ versionPolicy: { latest: 0 } }, /"versionPolicy" cannot be \{"latest":0\}; give "all", \{"latest": 2\} or/],
  [{ versionPolicy: { latest: 1, specific: ['1'] } }, /"versionPolicy" cannot be/],
  [{ versionPolicy: { specific: ['../1'] } }, /"versionPolicy" cannot be/],
  [{ versionPolicy: { specific: ['1', '1'] } }, /"versionPolicy" cannot be/],
  [{ traffic: { '1': 9000, '2': 999 } }, /"traffic" cannot be \{"1":9000,"2":999\}; give .*; these sum to 9999$/],
  [{ traffic: { '1': 10_001, '2': -1 } }, /"traffic" cannot be/],
  [{ traffic: { '/': 10_000 } }, /"traffic" cannot be/],
  [{ traffic: {} }, /these sum to 0$/],
  [{ shadow: true }, /"shadow" cannot be true; give an object such as \{"tolerances": /],
  [{ shadow: { tolerance: {} } }, /"shadow" cannot be \{"tolerance":\{\}\}; give an object such as/],
  [{ shadow: { private: 1 } }, /"shadow" cannot be \{"private":1\}/],
  [{ shadow: { tolerances: [] } }, /"shadow.tolerances" cannot be \[\]; give an object of tolerances by output$/],
  [{ shadow: { tolerances: { y: {} } } }, /"shadow.tolerances.y" cannot be \{\}; give absolute and relative, numbers/],
  [{ shadow: { tolerances: { y: { absolute: -1 } } } }, /"shadow.tolerances.y" cannot be \{"absolute":-1\}/],
  [{ shadow: { tolerances: { y: { absolute: 1, per: 1 } } } }, /"shadow.tolerances.y" cannot be/],
];

for (const [json, message] of REFUSED) {
  test(`${JSON.stringify(json)} is refused with the file, the key and what is allowed`, () => {
    assert.throws(
      () => parse(json),
      (error) => {
        assert(error instanceof ServerError);
        assert.equal(error.code, 'invalid_argument');
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('what is no JSON is refused with the file', () => {
  assert.throws(() => parseModelConfig({ text: '{"batching": tru', file: 'iris/config.json', defaults: DEFAULTS }), {
    code: 'invalid_argument',
    message: /^iris\/config\.json: .*JSON/,
  });
});

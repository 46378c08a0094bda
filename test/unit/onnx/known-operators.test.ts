/** The list of operators is the runtime's: the runtime itself is asked for each of them. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { KNOWN_OPERATORS, MAX_IR_VERSION, MAX_OPSETS, RUNTIME_VERSION } from '../../../src/onnx/known-operators.ts';
import { asModel, encodeModel, value } from '../../support/onnx-models.ts';
import type { OnnxModel } from '../../support/onnx-models.ts';
import { REPOSITORY } from '../../support/sluice.ts';

/** The last with operators that are gone since. */
const OLD_OPSET = 9;
const IDENTITY = graphOf('Identity');

function graphOf(op_type: string, domain = '', limit = Infinity): OnnxModel {
  const node = [{ op_type, domain, input: ['x'], output: ['y'] }];
  const opset_import = [...MAX_OPSETS].map(([imported, newest]) => {
    return { domain: imported, version: imported === '' ? Math.min(newest, limit) : newest };
  });
  return { ...asModel({ name: 'g', node, input: [value('x', 4)], output: [value('y', 4)] }), opset_import };
}

/** Why it cannot be loaded; '' where it can. */
async function refusalOf(model: OnnxModel): Promise<string> {
  try {
    const session = await InferenceSession.create(encodeModel(model), { logSeverityLevel: 4 });
    await session.release();
    return '';
  } catch (caught) {
    return String(caught);
  }
}

const UNKNOWN = /No Op registered|is not a registered function/;

suite('the operators that the runtime knows', () => {
  test('each on the list is one, and what is not there is none', async () => {
    const strangers: string[] = [];
    for (const [domain, names] of KNOWN_OPERATORS) {
      for (const name of names) {
        const isUnknown = async (limit: number) => UNKNOWN.test(await refusalOf(graphOf(name, domain, limit)));
        if ((await isUnknown(Infinity)) && (await isUnknown(OLD_OPSET))) strangers.push(`${domain}.${name}`);
      }
    }
    assert.deepEqual(strangers, []);
    assert.match(await refusalOf(graphOf('Swoosh')), UNKNOWN);
  });

  test('the newest versions are the newest that it takes', async () => {
    assert.equal(await refusalOf({ ...IDENTITY, ir_version: MAX_IR_VERSION }), '');
    assert.match(await refusalOf({ ...IDENTITY, ir_version: MAX_IR_VERSION + 1 }), /Unsupported model IR version/);
    for (const [domain, version] of MAX_OPSETS) {
      const imported = (newest: number) => ({
        ...IDENTITY,
        opset_import: [{ version: 18 }, { domain, version: newest }].slice(domain === '' ? 1 : 0),
      });
      assert.equal(await refusalOf(imported(version)), '', domain);
    }
    const newer = { ...IDENTITY, opset_import: [{ version: (MAX_OPSETS.get('') ?? 0) + 1 }] };
    assert.match(await refusalOf(newer), /only \*guarantees\* support for models stamped with official released/);
  });

  test('the list is made anew when the runtime changes', () => {
    const { dependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const how =
      "python3 -c 'from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema as all; print(*sorted((x.domain, x.name) for x in all()))'";
    assert.equal(
      dependencies['onnxruntime-node'],
      RUNTIME_VERSION,
      `make the lists of known-operators.ts anew: ${how}`,
    );
  });
});

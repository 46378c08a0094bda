import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceparent } from '../../../src/telemetry/tracing.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('a traceparent is read as W3C Trace Context says', () => {
  assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-01`), { traceId, spanId, sampled: true });
  assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-00`), { traceId, spanId, sampled: false });
  assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-03`), { traceId, spanId, sampled: true });
  // A later version may say more at the end.
  assert.deepEqual(parseTraceparent(`cc-${traceId}-${spanId}-01-what`), { traceId, spanId, sampled: true });
});

test('a traceparent that must be ignored is', () => {
  const invalid = [
    '',
    'x',
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `cc-${traceId}-${spanId}-01x`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}`,
  ];
  for (const header of invalid) assert.equal(parseTraceparent(header), undefined, header);
});

/**
 * `npm run bench` answers every question in some minutes; `npm run bench -- throughput --seconds 5 --rounds 3` one of
 * them.
 */
import { abuse } from './abuse.ts';
import { adminLatency } from './admin-latency.ts';
import { armEvidence } from './arm-evidence.ts';
import { codec } from './codec.ts';
import { cores } from './cores.ts';
import { hpack } from './hpack.ts';
import { predictAuth } from './predict-auth.ts';
import { hop } from './hop.ts';
import { latency } from './latency.ts';
import { loading } from './loading.ts';
import { memory } from './memory.ts';
import { modelCheck } from './model-check.ts';
import { overload } from './overload.ts';
import { predictionId } from './prediction-id.ts';
import { registryScale } from './registry-scale.ts';
import { shadow } from './shadow.ts';
import { simulateBudget } from './simulate-budget.ts';
import { simulateErrors } from './simulate-errors.ts';
import { simulateLatency } from './simulate-latency.ts';
import { throughput } from './throughput.ts';
import { tuning } from './tuning.ts';
import { weights } from './weights.ts';
import { transport } from './transport.ts';

const SCENARIOS = new Map(
  Object.entries({
    throughput,
    latency,
    cores,
    tuning,
    transport,
    hpack,
    'predict-auth': predictAuth,
    overload,
    abuse,
    loading,
    weights,
    memory,
    'model-check': modelCheck,
    'prediction-id': predictionId,
    'arm-evidence': armEvidence,
    codec,
    hop,
    'admin-latency': adminLatency,
    'registry-scale': registryScale,
    shadow,
    'simulate-errors': simulateErrors,
    'simulate-latency': simulateLatency,
    'simulate-budget': simulateBudget,
  }),
);

const [first, ...rest] = process.argv.slice(2);
if (first === undefined || first.startsWith('-')) {
  const flags = first === undefined ? rest : [first, ...rest];
  for (const scenario of SCENARIOS.values()) {
    await scenario(flags);
    console.log();
  }
} else {
  const scenario = SCENARIOS.get(first);
  if (scenario === undefined) throw new Error(`no scenario ${first}; there are ${[...SCENARIOS.keys()].join(', ')}`);
  await scenario(rest);
}

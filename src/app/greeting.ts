/** The words with which a start-up ends: what is served, where, and a call to try. */
import { type Address, formatAddress } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import type { ModelStatus } from '../domain/catalog.ts';
import type { Signature } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';
import { callHints, type CallHints } from './call-hints.ts';
import { exampleCall } from './example-call.ts';
import type { Tls } from './tls.ts';

export interface GreetingFacts {
  readonly models: readonly ModelStatus[];
  /** Inputs that the model answers; undefined when no version is ready. */
  readonly sampleOf: (model: string) => { signature: Signature; sample: readonly Tensor[] } | undefined;
  readonly predictAddress: Address;
  readonly metricsAddress: string | undefined;
  readonly config: Config;
  readonly tls: Tls | undefined;
}

export function greeting(facts: GreetingFacts): string {
  const { models, sampleOf, predictAddress, metricsAddress, config, tls } = facts;
  const { serveProcesses: processes } = config;
  const versions = models.flatMap((model) => model.versions);
  const failed = versions.filter((version) => version.state === 'failed');
  const lines = [
    '',
    `Sluice serves ${String(versions.length - failed.length)} versions of ${String(models.length)} models.`,
    `  predict  ${formatAddress(predictAddress)}  (gRPC: sluice.v1, Open Inference Protocol v2, health, reflection)`,
  ];
  if (metricsAddress !== undefined) {
    const others = processes === 1 ? '' : `  (of serve process 1 of ${String(processes)}; see docs/cores.md)`;
    lines.push(`  metrics  http://${metricsAddress}/metrics${others}`);
  }
  for (const { model, version, reason } of failed) lines.push(`  FAILED   ${model} ${version}: ${reason}`);
  const hints = callHints(predictAddress, config, tls, config.tlsPredictClientAuth);
  const example = firstExample(models, sampleOf, hints);
  if (example !== undefined) lines.push('Try it:', `  ${example}`);
  return `${lines.join('\n')}\n`;
}

/** Of the model with the shortest example: people read it. */
function firstExample(
  models: readonly ModelStatus[],
  sampleOf: GreetingFacts['sampleOf'],
  hints: CallHints,
): string | undefined {
  const examples = models.flatMap(({ model }) => {
    const known = sampleOf(model);
    return known === undefined ? [] : (exampleCall(model, known.signature, known.sample, hints) ?? []);
  });
  return examples.sort((a, b) => a.length - b.length)[0];
}

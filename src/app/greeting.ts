/** The words with which a start-up ends: what is served, where, and a call to try. */
import type { ModelStatus } from '../domain/catalog.ts';
import type { Signature } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';
import { exampleCall } from './example-call.ts';

export interface GreetingFacts {
  readonly models: readonly ModelStatus[];
  /** Inputs that the model answers; undefined when no version is ready. */
  readonly sampleOf: (model: string) => { signature: Signature; sample: readonly Tensor[] } | undefined;
  readonly predictAddress: string;
  readonly metricsAddress: string | undefined;
  /** Serve processes. */
  readonly processes: number;
}

export function greeting(facts: GreetingFacts): string {
  const { models, sampleOf, predictAddress, metricsAddress, processes } = facts;
  const versions = models.flatMap((model) => model.versions);
  const failed = versions.filter((version) => version.state === 'failed');
  const lines = [
    '',
    `Sluice serves ${String(versions.length - failed.length)} versions of ${String(models.length)} models.`,
    `  predict  ${predictAddress}  (gRPC: sluice.v1, Open Inference Protocol v2, health, reflection)`,
  ];
  if (metricsAddress !== undefined) {
    const others = processes === 1 ? '' : `  (of serve process 1 of ${String(processes)}; see docs/cores.md)`;
    lines.push(`  metrics  http://${metricsAddress}/metrics${others}`);
  }
  for (const { model, version, reason } of failed) lines.push(`  FAILED   ${model} ${version}: ${reason}`);
  const example = firstExample(models, sampleOf, predictAddress);
  if (example !== undefined) lines.push('Try it:', `  ${example}`);
  return `${lines.join('\n')}\n`;
}

/** Of the model with the shortest example: people read it. */
function firstExample(
  models: readonly ModelStatus[],
  sampleOf: GreetingFacts['sampleOf'],
  address: string,
): string | undefined {
  const examples = models.flatMap(({ model }) => {
    const known = sampleOf(model);
    return known === undefined ? [] : (exampleCall(model, known.signature, known.sample, address) ?? []);
  });
  return examples.sort((a, b) => a.length - b.length)[0];
}

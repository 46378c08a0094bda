/** What people say about a version, between its message and the domain. Its sizes are the use case's to check. */
import { ServerError } from '../../../domain/errors.ts';
import type { VersionMetadata } from '../../../domain/registry.ts';
import type { Metadata, Metadata__Output as MetadataIn } from '../../gen/sluice/admin/v1/Metadata.ts';
import { quote } from '../quote.ts';
import { toStruct } from '../struct.ts';
import { fromStruct } from './from-struct.ts';

const NOTHING_SAID: VersionMetadata = {
  description: '',
  tags: {},
  modelType: '',
  framework: '',
  metrics: {},
  parameters: {},
  trainingData: '',
  trainingDataDigest: '',
  codeCommit: '',
  dependencyLockDigest: '',
  source: '',
  parent: '',
  extra: {},
};

export function parseMetadata(wire: MetadataIn | null): VersionMetadata {
  if (wire === null) return NOTHING_SAID;
  for (const [name, value] of Object.entries(wire.metrics)) {
    if (Number.isFinite(value)) continue;
    throw new ServerError('invalid_argument', `metric ${quote(name)} is ${value}; send a number, or leave it out`);
  }
  const { extra, ...said } = wire;
  return { ...said, extra: fromStruct('metadata.extra', extra) };
}

export function formatMetadata({ extra, ...said }: VersionMetadata): Metadata {
  const { tags, metrics, parameters } = said;
  return {
    ...said,
    tags: { ...tags },
    metrics: { ...metrics },
    parameters: { ...parameters },
    extra: toStruct(extra),
  };
}

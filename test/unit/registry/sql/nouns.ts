/** Small builders of what a registry holds: a valid thing by default, with what the test is about on top. */
import { TOTAL_WEIGHT } from '../../../../src/domain/traffic.ts';
import type {
  Epoch,
  EventDraft,
  RegisteredModel,
  RegisteredVersion,
  Transition,
} from '../../../../src/domain/registry.ts';
import type { RegistryFile } from '../../../../src/domain/registry-file.ts';
import type { StatisticsSlot } from '../../../../src/registry/store.ts';

export function model(name: string, over: Partial<RegisteredModel> = {}): RegisteredModel {
  return { model: name, config: {}, importedTraffic: undefined, createdAt: 1, ...over };
}

export function file(path: string, sha256: string, size = 1): RegistryFile {
  return { path, size, sha256 };
}

export function version(over: Partial<RegisteredVersion> = {}): RegisteredVersion {
  return {
    model: 'iris',
    version: '1',
    digest: 'd',
    files: [file('model.onnx', 'f')],
    bytes: 1,
    state: 'uploaded',
    reason: '',
    stage: 'development',
    metadata: {
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
    },
    warm: false,
    report: undefined,
    createdAt: 1,
    createdBy: 'ada',
    deletedAt: undefined,
    ...over,
  };
}

/** Of iris: all to version 1, in force from an instant on. */
export function epoch(number: number, validFrom: number): Epoch {
  return {
    model: 'iris',
    policy: {
      epoch: number,
      arms: [{ version: '1', arm: 'stable', weight: TOTAL_WEIGHT, slots: [[0, TOTAL_WEIGHT]] }],
      rules: [{ name: 'beta', header: 'x-beta', match: { kind: 'one_of', values: ['a', 'b'] }, version: '1' }],
      shadows: [{ version: '1', share: 5 }],
      failOverTo: '',
      sticky: true,
      routingKeyHeader: '',
      salt: 'salt',
      hashVersion: 1,
    },
    digests: { '1': 'd' },
    validFrom,
    validTo: undefined,
    actor: 'ada',
    reason: 'why not',
    cause: 'set',
  };
}

export function transition(over: Partial<Omit<Transition, 'id'>> = {}): Omit<Transition, 'id'> {
  return {
    model: 'iris',
    version: '1',
    digest: 'd',
    fromStage: 'development',
    toStage: 'staging',
    status: 'pending',
    requestedBy: 'ada',
    requestedAt: 5,
    reason: '',
    approvalsNeeded: 2,
    rule: 'r',
    decisions: [],
    ...over,
  };
}

export function draft(over: Partial<EventDraft> = {}): EventDraft {
  return {
    at: 1000,
    kind: 'alias.set',
    model: 'iris',
    subject: 'champion',
    actor: 'ada',
    reason: 'better',
    before: {},
    after: { version: '2' },
    ...over,
  };
}

export function slot(over: Partial<StatisticsSlot> = {}): StatisticsSlot {
  return { model: 'iris', version: '1', role: 'live', at: 10, widthMs: 1000, totals: '{}', ...over };
}

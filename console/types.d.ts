/** The replies of the Admin services as the page reads them: proto3 JSON, whole numbers of 64 bits as text. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Failure {
  code: string;
  message: string;
}

export interface Session {
  signedIn: boolean;
  /** '' where nobody has to say who they are. */
  name: string;
  role: string;
  /** "Traffic/SetTraffic", …: what one may do. */
  methods: string[];
}

export interface Model {
  model: string;
  versions: number;
  latest: string;
  epoch: string;
  weights: { version: string; weight: number }[];
}

export interface Tensor {
  name: string;
  datatype: string;
  shape: string[];
}

export interface Qualification {
  inputs: Tensor[];
  outputs: Tensor[];
  skippedOutputs: string[];
  batchable: boolean;
  batchingReason: string;
  loadMs: number;
  singleRunMs: number;
  batchRunMs: number;
  batchRows: number;
  memoryBytes: string;
  weights?: { layout: string; reason: string };
}

export interface Metadata {
  description: string;
  tags: Record<string, string>;
  modelType: string;
  framework: string;
  metrics: Record<string, number>;
  parameters: Record<string, string>;
  trainingData: string;
  codeCommit: string;
  source: string;
  parent: string;
}

export interface Version {
  model: string;
  version: string;
  digest: string;
  files: { path: string; size: string; sha256: string }[];
  bytes: string;
  state: string;
  reason: string;
  stage: string;
  metadata?: Metadata;
  createdAt: string;
  createdBy: string;
  aliases: string[];
  weight: number;
  warm: boolean;
  qualification?: Qualification;
  instances: { instance: string; state: string; reason: string; since: string }[];
}

export interface Arm {
  version: string;
  weight: number;
  arm: string;
}

export interface Policy {
  arms: Arm[];
  rules: { name: string; header: string; version: string }[];
  shadows: { version: string; share: number }[];
  failOverTo: string;
}

export interface Epoch {
  model: string;
  epoch: string;
  policy: Policy;
  validFrom: string;
  validTo?: string;
  actor: string;
  reason: string;
  cause: string;
}

export interface TrafficReply {
  epoch: Epoch;
  applied: boolean;
  instances: { instance: string; epoch: string; reason: string }[];
}

export interface Latency {
  count: string;
  avgMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface Slot {
  from: string;
  seconds: number;
  total: string;
  ok: string;
  latency: Latency;
  buckets: { toMs: number; count: string }[];
}

export interface Stats {
  version: string;
  from: string;
  to: string;
  total: string;
  ok: string;
  successRate: number;
  requestsPerSecond: number;
  latency: Latency;
  errors: Record<string, string>;
  batchRowsAvg: number;
  slots: Slot[];
}

export interface Verdict {
  metric: string;
  verdict: string;
  summary: string;
  candidate: number;
  stable: number;
  limit: number;
  bound: number;
  eValue: number;
  threshold: number;
  alpha: number;
  alphaSpent: number;
  candidateSamples: string;
  stableSamples: string;
  onFail: string;
}

export interface ArmView {
  version: string;
  calls: string;
  ok: string;
  faults: string;
  requestP50Ms: number;
  requestP95Ms: number;
  requestP99Ms: number;
}

export interface Transition {
  seq: string;
  at: string;
  kind: string;
  fromPhase: string;
  toPhase: string;
  stage: number;
  weight: number;
  actor: string;
  reason: string;
  epoch: string;
}

export interface Rollout {
  id: string;
  model: string;
  stable: string;
  candidate: string;
  phase: string;
  reason: string;
  generation: string;
  stage: number;
  stageCount: number;
  stages: string[];
  weight: number;
  startedAt: string;
  stageSince?: string;
  stageDeadline?: string;
  endedAt?: string;
  startedBy: string;
  verdicts: Verdict[];
  verdict: string;
  candidateArm?: ArmView;
  stableArm?: ArmView;
  transitions: Transition[];
  holdDownUntil?: string;
}

export interface Experiment {
  name: string;
  model: string;
  hypothesis: string;
  arms: { name: string; version: string; share: number }[];
  trafficShare: number;
  layer: string;
  alpha: number;
  phase: string;
  reason: string;
  generation: string;
  plannedUnitsPerArm: string;
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
  createdBy: string;
  promoted: string;
}

export interface Comparison {
  arm: string;
  difference: number;
  lift: number;
  fixedLower: number;
  fixedUpper: number;
  anytimeLower: number;
  anytimeUpper: number;
  adjustedPValue: number;
  verdict: string;
}

export interface SampleRatio {
  verdict: string;
  pValue: number;
  summary: string;
}

export interface ExperimentResults {
  experiment: Experiment;
  arms: { arm: string; version: string; exposures: string; units: string; outcomes: string; reported: string }[];
  metrics: {
    metric: string;
    kind: string;
    role: string;
    arms: { arm: string; units: string; mean: number }[];
    comparisons: Comparison[];
  }[];
  exposures?: SampleRatio;
  reporting?: SampleRatio;
  conclusion: string;
  refused: Record<string, string>;
}

export interface OutputComparison {
  output: string;
  kind: string;
  pairs: string;
  disagreed: string;
  maxAbsolute: number;
  meanAbsolute: number;
  rows: string;
  argmaxAgreed: string;
}

export interface ShadowComparison {
  live: string;
  shadow: string;
  since: string;
  pairs: string;
  disagreed: string;
  disagreement: number;
  disagreementLower: number;
  disagreementUpper: number;
  shadowErrors: Record<string, string>;
  skipped: Record<string, string>;
  outputs: OutputComparison[];
  noisePairs: string;
  noiseDisagreed: string;
  latency?: { liveMeanMs: number; shadowMeanMs: number; meanDifferenceMs: number; lowerMs: number; upperMs: number };
}

export interface ShadowExample {
  at: string;
  score: number | string;
  output: string;
  inputsJson: string;
  liveJson: string;
  shadowJson: string;
  summary: string;
}

export interface DriftTest {
  verdict: string;
  samples: string;
  psi: number;
  psiExpected: number;
  pValue: number;
}

export interface DriftReport {
  version: string;
  against: string;
  samples: string;
  referenceSamples: string;
  features: { feature: string; kind: string; reference?: DriftTest; concurrent?: DriftTest }[];
  verdict: string;
  summary: string;
}

export interface AuditEvent {
  seq: string;
  at: string;
  kind: string;
  model: string;
  subject: string;
  actor: string;
  reason: string;
  before?: Json;
  after?: Json;
  hash: string;
}

export interface ServingEpoch {
  epoch: string;
  versions: { version: string; weight: number; arm: string; digest: string }[];
  version: string;
  digest: string;
  arm: string;
  slot?: number;
  validFrom: string;
  validTo?: string;
  instances: string[];
}

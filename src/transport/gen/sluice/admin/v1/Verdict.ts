// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Long } from '@grpc/proto-loader';

export interface Verdict {
  'metric'?: (string);
  'verdict'?: (string);
  'summary'?: (string);
  'candidate'?: (number | string);
  'stable'?: (number | string);
  'limit'?: (number | string);
  'bound'?: (number | string);
  'eValue'?: (number | string);
  'threshold'?: (number | string);
  'alpha'?: (number | string);
  'alphaSpent'?: (number | string);
  'candidateSamples'?: (number | string | Long);
  'stableSamples'?: (number | string | Long);
  'onFail'?: (string);
}

export interface Verdict__Output {
  'metric': (string);
  'verdict': (string);
  'summary': (string);
  'candidate': (number);
  'stable': (number);
  'limit': (number);
  'bound': (number);
  'eValue': (number);
  'threshold': (number);
  'alpha': (number);
  'alphaSpent': (number);
  'candidateSamples': (Long);
  'stableSamples': (Long);
  'onFail': (string);
}

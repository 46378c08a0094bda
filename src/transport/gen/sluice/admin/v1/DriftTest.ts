// Original file: proto/sluice/admin/v1/drift.proto

import type { Long } from '@grpc/proto-loader';

export interface DriftTest {
  'verdict'?: (string);
  'samples'?: (number | string | Long);
  'otherSamples'?: (number | string | Long);
  'psi'?: (number | string);
  'psiExpected'?: (number | string);
  'jensenShannon'?: (number | string);
  'ks'?: (number | string);
  'pValue'?: (number | string);
}

export interface DriftTest__Output {
  'verdict': (string);
  'samples': (Long);
  'otherSamples': (Long);
  'psi': (number);
  'psiExpected': (number);
  'jensenShannon': (number);
  'ks': (number);
  'pValue': (number);
}

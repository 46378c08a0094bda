// Original file: proto/sluice/admin/v1/shadows.proto

import type { Long } from '@grpc/proto-loader';

export interface OutputComparison {
  'output'?: (string);
  'kind'?: (string);
  'pairs'?: (number | string | Long);
  'disagreed'?: (number | string | Long);
  'maxAbsolute'?: (number | string);
  'meanAbsolute'?: (number | string);
  'maxRelative'?: (number | string);
  'meanRelative'?: (number | string);
  'elements'?: (number | string | Long);
  'elementsBeyond'?: (number | string | Long);
  'rows'?: (number | string | Long);
  'argmaxAgreed'?: (number | string | Long);
  'topKOverlap'?: (number | string);
  'topK'?: (number);
  'equalElements'?: (number | string | Long);
  'shapeDifferences'?: (number | string | Long);
  'nanDifferences'?: (number | string | Long);
  'absoluteTolerance'?: (number | string);
  'relativeTolerance'?: (number | string);
}

export interface OutputComparison__Output {
  'output': (string);
  'kind': (string);
  'pairs': (Long);
  'disagreed': (Long);
  'maxAbsolute': (number);
  'meanAbsolute': (number);
  'maxRelative': (number);
  'meanRelative': (number);
  'elements': (Long);
  'elementsBeyond': (Long);
  'rows': (Long);
  'argmaxAgreed': (Long);
  'topKOverlap': (number);
  'topK': (number);
  'equalElements': (Long);
  'shapeDifferences': (Long);
  'nanDifferences': (Long);
  'absoluteTolerance': (number);
  'relativeTolerance': (number);
}

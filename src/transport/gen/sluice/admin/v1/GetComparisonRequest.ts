// Original file: proto/sluice/admin/v1/shadows.proto


export interface GetComparisonRequest {
  'model'?: (string);
  'shadow'?: (string);
  'live'?: (string);
}

export interface GetComparisonRequest__Output {
  'model': (string);
  'shadow': (string);
  'live': (string);
}

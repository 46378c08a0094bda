// Original file: proto/sluice/admin/v1/experiments.proto


export interface SampleRatio {
  'verdict'?: (string);
  'pValue'?: (number | string);
  'sequentialPValue'?: (number | string);
  'summary'?: (string);
}

export interface SampleRatio__Output {
  'verdict': (string);
  'pValue': (number);
  'sequentialPValue': (number);
  'summary': (string);
}

// Original file: proto/sluice/admin/v1/rollouts.proto


export interface Metric {
  'metric'?: (string);
  'margin'?: (number | string);
  'onFail'?: (string);
  'direction'?: (string);
}

export interface Metric__Output {
  'metric': (string);
  'margin': (number);
  'onFail': (string);
  'direction': (string);
}

// Original file: proto/sluice/admin/v1/experiments.proto


export interface ExperimentMetric {
  'name'?: (string);
  'kind'?: (string);
  'direction'?: (string);
  'role'?: (string);
  'minimumEffect'?: (number | string);
  'baseline'?: (number | string);
  'standardDeviation'?: (number | string);
}

export interface ExperimentMetric__Output {
  'name': (string);
  'kind': (string);
  'direction': (string);
  'role': (string);
  'minimumEffect': (number);
  'baseline': (number);
  'standardDeviation': (number);
}

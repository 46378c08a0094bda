// Original file: proto/sluice/admin/v1/experiments.proto


export interface ExperimentArm {
  'name'?: (string);
  'version'?: (string);
  'share'?: (number);
}

export interface ExperimentArm__Output {
  'name': (string);
  'version': (string);
  'share': (number);
}

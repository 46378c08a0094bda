// Original file: proto/sluice/admin/v1/experiments.proto


export interface GetExperimentRequest {
  'name'?: (string);
}

export interface GetExperimentRequest__Output {
  'name': (string);
}

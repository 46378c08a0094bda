// Original file: proto/sluice/control/v1/control.proto


export interface EvidenceRow {
  'kind'?: (string);
  'model'?: (string);
  'name'?: (string);
  'bodyJson'?: (string);
}

export interface EvidenceRow__Output {
  'kind': (string);
  'model': (string);
  'name': (string);
  'bodyJson': (string);
}

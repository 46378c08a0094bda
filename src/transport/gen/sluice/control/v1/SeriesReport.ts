// Original file: proto/sluice/control/v1/control.proto


export interface SeriesReport {
  'model'?: (string);
  'version'?: (string);
  'role'?: (string);
  'totalsJson'?: (string);
}

export interface SeriesReport__Output {
  'model': (string);
  'version': (string);
  'role': (string);
  'totalsJson': (string);
}

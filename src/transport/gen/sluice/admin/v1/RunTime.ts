// Original file: proto/sluice/admin/v1/registry.proto


export interface RunTime {
  'rows'?: (number);
  'ms'?: (number | string);
}

export interface RunTime__Output {
  'rows': (number);
  'ms': (number);
}

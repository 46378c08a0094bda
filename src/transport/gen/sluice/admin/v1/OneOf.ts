// Original file: proto/sluice/admin/v1/traffic.proto


export interface OneOf {
  'values'?: (string)[];
}

export interface OneOf__Output {
  'values': (string)[];
}

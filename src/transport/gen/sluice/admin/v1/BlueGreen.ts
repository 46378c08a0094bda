// Original file: proto/sluice/admin/v1/rollouts.proto


export interface BlueGreen {
  'approval'?: (boolean);
}

export interface BlueGreen__Output {
  'approval': (boolean);
}

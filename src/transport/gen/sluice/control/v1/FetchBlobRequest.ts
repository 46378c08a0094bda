// Original file: proto/sluice/control/v1/control.proto


export interface FetchBlobRequest {
  'sha256'?: (string);
}

export interface FetchBlobRequest__Output {
  'sha256': (string);
}

// Original file: proto/sluice/admin/v1/registry.proto


export interface DownloadVersionRequest {
  'model'?: (string);
  'version'?: (string);
}

export interface DownloadVersionRequest__Output {
  'model': (string);
  'version': (string);
}

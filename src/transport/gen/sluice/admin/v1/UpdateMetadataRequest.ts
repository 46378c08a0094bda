// Original file: proto/sluice/admin/v1/registry.proto


export interface UpdateMetadataRequest {
  'model'?: (string);
  'version'?: (string);
  'description'?: (string);
  'tags'?: ({[key: string]: string});
  'reason'?: (string);
  'idempotencyKey'?: (string);
  '_description'?: "description";
}

export interface UpdateMetadataRequest__Output {
  'model': (string);
  'version': (string);
  'description'?: (string);
  'tags': ({[key: string]: string});
  'reason': (string);
  'idempotencyKey': (string);
  '_description'?: "description";
}

// Original file: proto/sluice/admin/v1/registry.proto


export interface DeleteAliasReply {
}

export interface DeleteAliasReply__Output {
}

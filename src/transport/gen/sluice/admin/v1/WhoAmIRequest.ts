// Original file: proto/sluice/admin/v1/access.proto


export interface WhoAmIRequest {
}

export interface WhoAmIRequest__Output {
}

// Original file: proto/sluice/admin/v1/monitor.proto


export interface ListInstancesRequest {
}

export interface ListInstancesRequest__Output {
}

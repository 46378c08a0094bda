// Original file: proto/sluice/v1/predict.proto


export interface ListModelsRequest {
}

export interface ListModelsRequest__Output {
}

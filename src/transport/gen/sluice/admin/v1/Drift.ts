// Original file: proto/sluice/admin/v1/drift.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DriftReport as _sluice_admin_v1_DriftReport, DriftReport__Output as _sluice_admin_v1_DriftReport__Output } from '../../../sluice/admin/v1/DriftReport.ts';
import type { GetDriftRequest as _sluice_admin_v1_GetDriftRequest, GetDriftRequest__Output as _sluice_admin_v1_GetDriftRequest__Output } from '../../../sluice/admin/v1/GetDriftRequest.ts';

export interface DriftClient extends grpc.Client {
  GetDrift(argument: _sluice_admin_v1_GetDriftRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  GetDrift(argument: _sluice_admin_v1_GetDriftRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  GetDrift(argument: _sluice_admin_v1_GetDriftRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  GetDrift(argument: _sluice_admin_v1_GetDriftRequest, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _sluice_admin_v1_GetDriftRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _sluice_admin_v1_GetDriftRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _sluice_admin_v1_GetDriftRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _sluice_admin_v1_GetDriftRequest, callback: grpc.requestCallback<_sluice_admin_v1_DriftReport__Output>): grpc.ClientUnaryCall;
  
}

export interface DriftHandlers extends grpc.UntypedServiceImplementation {
  GetDrift: grpc.handleUnaryCall<_sluice_admin_v1_GetDriftRequest__Output, _sluice_admin_v1_DriftReport>;
  
}

export interface DriftDefinition extends grpc.ServiceDefinition {
  GetDrift: MethodDefinition<_sluice_admin_v1_GetDriftRequest, _sluice_admin_v1_DriftReport, _sluice_admin_v1_GetDriftRequest__Output, _sluice_admin_v1_DriftReport__Output>
}

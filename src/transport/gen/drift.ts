import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { DriftClient as _sluice_admin_v1_DriftClient, DriftDefinition as _sluice_admin_v1_DriftDefinition } from './sluice/admin/v1/Drift.ts';
import type { DriftReport as _sluice_admin_v1_DriftReport, DriftReport__Output as _sluice_admin_v1_DriftReport__Output } from './sluice/admin/v1/DriftReport.ts';
import type { DriftTest as _sluice_admin_v1_DriftTest, DriftTest__Output as _sluice_admin_v1_DriftTest__Output } from './sluice/admin/v1/DriftTest.ts';
import type { FeatureDrift as _sluice_admin_v1_FeatureDrift, FeatureDrift__Output as _sluice_admin_v1_FeatureDrift__Output } from './sluice/admin/v1/FeatureDrift.ts';
import type { GetDriftRequest as _sluice_admin_v1_GetDriftRequest, GetDriftRequest__Output as _sluice_admin_v1_GetDriftRequest__Output } from './sluice/admin/v1/GetDriftRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  sluice: {
    admin: {
      v1: {
        Drift: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_DriftClient> & { service: _sluice_admin_v1_DriftDefinition }
        DriftReport: MessageTypeDefinition<_sluice_admin_v1_DriftReport, _sluice_admin_v1_DriftReport__Output>
        DriftTest: MessageTypeDefinition<_sluice_admin_v1_DriftTest, _sluice_admin_v1_DriftTest__Output>
        FeatureDrift: MessageTypeDefinition<_sluice_admin_v1_FeatureDrift, _sluice_admin_v1_FeatureDrift__Output>
        GetDriftRequest: MessageTypeDefinition<_sluice_admin_v1_GetDriftRequest, _sluice_admin_v1_GetDriftRequest__Output>
      }
    }
  }
}


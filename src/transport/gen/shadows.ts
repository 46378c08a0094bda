import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { GetComparisonRequest as _sluice_admin_v1_GetComparisonRequest, GetComparisonRequest__Output as _sluice_admin_v1_GetComparisonRequest__Output } from './sluice/admin/v1/GetComparisonRequest.ts';
import type { ListExamplesReply as _sluice_admin_v1_ListExamplesReply, ListExamplesReply__Output as _sluice_admin_v1_ListExamplesReply__Output } from './sluice/admin/v1/ListExamplesReply.ts';
import type { OutputComparison as _sluice_admin_v1_OutputComparison, OutputComparison__Output as _sluice_admin_v1_OutputComparison__Output } from './sluice/admin/v1/OutputComparison.ts';
import type { PairedLatency as _sluice_admin_v1_PairedLatency, PairedLatency__Output as _sluice_admin_v1_PairedLatency__Output } from './sluice/admin/v1/PairedLatency.ts';
import type { ShadowComparison as _sluice_admin_v1_ShadowComparison, ShadowComparison__Output as _sluice_admin_v1_ShadowComparison__Output } from './sluice/admin/v1/ShadowComparison.ts';
import type { ShadowExample as _sluice_admin_v1_ShadowExample, ShadowExample__Output as _sluice_admin_v1_ShadowExample__Output } from './sluice/admin/v1/ShadowExample.ts';
import type { ShadowsClient as _sluice_admin_v1_ShadowsClient, ShadowsDefinition as _sluice_admin_v1_ShadowsDefinition } from './sluice/admin/v1/Shadows.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  sluice: {
    admin: {
      v1: {
        GetComparisonRequest: MessageTypeDefinition<_sluice_admin_v1_GetComparisonRequest, _sluice_admin_v1_GetComparisonRequest__Output>
        ListExamplesReply: MessageTypeDefinition<_sluice_admin_v1_ListExamplesReply, _sluice_admin_v1_ListExamplesReply__Output>
        OutputComparison: MessageTypeDefinition<_sluice_admin_v1_OutputComparison, _sluice_admin_v1_OutputComparison__Output>
        PairedLatency: MessageTypeDefinition<_sluice_admin_v1_PairedLatency, _sluice_admin_v1_PairedLatency__Output>
        ShadowComparison: MessageTypeDefinition<_sluice_admin_v1_ShadowComparison, _sluice_admin_v1_ShadowComparison__Output>
        ShadowExample: MessageTypeDefinition<_sluice_admin_v1_ShadowExample, _sluice_admin_v1_ShadowExample__Output>
        Shadows: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_ShadowsClient> & { service: _sluice_admin_v1_ShadowsDefinition }
      }
    }
  }
}


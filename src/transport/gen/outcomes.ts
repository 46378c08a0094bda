import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Outcome as _sluice_v1_Outcome, Outcome__Output as _sluice_v1_Outcome__Output } from './sluice/v1/Outcome.ts';
import type { OutcomeServiceClient as _sluice_v1_OutcomeServiceClient, OutcomeServiceDefinition as _sluice_v1_OutcomeServiceDefinition } from './sluice/v1/OutcomeService.ts';
import type { ReportOutcomesReply as _sluice_v1_ReportOutcomesReply, ReportOutcomesReply__Output as _sluice_v1_ReportOutcomesReply__Output } from './sluice/v1/ReportOutcomesReply.ts';
import type { ReportOutcomesRequest as _sluice_v1_ReportOutcomesRequest, ReportOutcomesRequest__Output as _sluice_v1_ReportOutcomesRequest__Output } from './sluice/v1/ReportOutcomesRequest.ts';

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
    v1: {
      Outcome: MessageTypeDefinition<_sluice_v1_Outcome, _sluice_v1_Outcome__Output>
      OutcomeService: SubtypeConstructor<typeof grpc.Client, _sluice_v1_OutcomeServiceClient> & { service: _sluice_v1_OutcomeServiceDefinition }
      ReportOutcomesReply: MessageTypeDefinition<_sluice_v1_ReportOutcomesReply, _sluice_v1_ReportOutcomesReply__Output>
      ReportOutcomesRequest: MessageTypeDefinition<_sluice_v1_ReportOutcomesRequest, _sluice_v1_ReportOutcomesRequest__Output>
    }
  }
}


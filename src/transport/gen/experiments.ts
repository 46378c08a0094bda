import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { ArmResults as _sluice_admin_v1_ArmResults, ArmResults__Output as _sluice_admin_v1_ArmResults__Output } from './sluice/admin/v1/ArmResults.ts';
import type { ChangeExperimentRequest as _sluice_admin_v1_ChangeExperimentRequest, ChangeExperimentRequest__Output as _sluice_admin_v1_ChangeExperimentRequest__Output } from './sluice/admin/v1/ChangeExperimentRequest.ts';
import type { Comparison as _sluice_admin_v1_Comparison, Comparison__Output as _sluice_admin_v1_Comparison__Output } from './sluice/admin/v1/Comparison.ts';
import type { ConcludeExperimentRequest as _sluice_admin_v1_ConcludeExperimentRequest, ConcludeExperimentRequest__Output as _sluice_admin_v1_ConcludeExperimentRequest__Output } from './sluice/admin/v1/ConcludeExperimentRequest.ts';
import type { CreateExperimentRequest as _sluice_admin_v1_CreateExperimentRequest, CreateExperimentRequest__Output as _sluice_admin_v1_CreateExperimentRequest__Output } from './sluice/admin/v1/CreateExperimentRequest.ts';
import type { Experiment as _sluice_admin_v1_Experiment, Experiment__Output as _sluice_admin_v1_Experiment__Output } from './sluice/admin/v1/Experiment.ts';
import type { ExperimentArm as _sluice_admin_v1_ExperimentArm, ExperimentArm__Output as _sluice_admin_v1_ExperimentArm__Output } from './sluice/admin/v1/ExperimentArm.ts';
import type { ExperimentMetric as _sluice_admin_v1_ExperimentMetric, ExperimentMetric__Output as _sluice_admin_v1_ExperimentMetric__Output } from './sluice/admin/v1/ExperimentMetric.ts';
import type { ExperimentResults as _sluice_admin_v1_ExperimentResults, ExperimentResults__Output as _sluice_admin_v1_ExperimentResults__Output } from './sluice/admin/v1/ExperimentResults.ts';
import type { ExperimentsClient as _sluice_admin_v1_ExperimentsClient, ExperimentsDefinition as _sluice_admin_v1_ExperimentsDefinition } from './sluice/admin/v1/Experiments.ts';
import type { GetExperimentRequest as _sluice_admin_v1_GetExperimentRequest, GetExperimentRequest__Output as _sluice_admin_v1_GetExperimentRequest__Output } from './sluice/admin/v1/GetExperimentRequest.ts';
import type { ListExperimentsReply as _sluice_admin_v1_ListExperimentsReply, ListExperimentsReply__Output as _sluice_admin_v1_ListExperimentsReply__Output } from './sluice/admin/v1/ListExperimentsReply.ts';
import type { ListExperimentsRequest as _sluice_admin_v1_ListExperimentsRequest, ListExperimentsRequest__Output as _sluice_admin_v1_ListExperimentsRequest__Output } from './sluice/admin/v1/ListExperimentsRequest.ts';
import type { MetricArm as _sluice_admin_v1_MetricArm, MetricArm__Output as _sluice_admin_v1_MetricArm__Output } from './sluice/admin/v1/MetricArm.ts';
import type { MetricResults as _sluice_admin_v1_MetricResults, MetricResults__Output as _sluice_admin_v1_MetricResults__Output } from './sluice/admin/v1/MetricResults.ts';
import type { SampleRatio as _sluice_admin_v1_SampleRatio, SampleRatio__Output as _sluice_admin_v1_SampleRatio__Output } from './sluice/admin/v1/SampleRatio.ts';

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
        ArmResults: MessageTypeDefinition<_sluice_admin_v1_ArmResults, _sluice_admin_v1_ArmResults__Output>
        ChangeExperimentRequest: MessageTypeDefinition<_sluice_admin_v1_ChangeExperimentRequest, _sluice_admin_v1_ChangeExperimentRequest__Output>
        Comparison: MessageTypeDefinition<_sluice_admin_v1_Comparison, _sluice_admin_v1_Comparison__Output>
        ConcludeExperimentRequest: MessageTypeDefinition<_sluice_admin_v1_ConcludeExperimentRequest, _sluice_admin_v1_ConcludeExperimentRequest__Output>
        CreateExperimentRequest: MessageTypeDefinition<_sluice_admin_v1_CreateExperimentRequest, _sluice_admin_v1_CreateExperimentRequest__Output>
        Experiment: MessageTypeDefinition<_sluice_admin_v1_Experiment, _sluice_admin_v1_Experiment__Output>
        ExperimentArm: MessageTypeDefinition<_sluice_admin_v1_ExperimentArm, _sluice_admin_v1_ExperimentArm__Output>
        ExperimentMetric: MessageTypeDefinition<_sluice_admin_v1_ExperimentMetric, _sluice_admin_v1_ExperimentMetric__Output>
        ExperimentResults: MessageTypeDefinition<_sluice_admin_v1_ExperimentResults, _sluice_admin_v1_ExperimentResults__Output>
        Experiments: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_ExperimentsClient> & { service: _sluice_admin_v1_ExperimentsDefinition }
        GetExperimentRequest: MessageTypeDefinition<_sluice_admin_v1_GetExperimentRequest, _sluice_admin_v1_GetExperimentRequest__Output>
        ListExperimentsReply: MessageTypeDefinition<_sluice_admin_v1_ListExperimentsReply, _sluice_admin_v1_ListExperimentsReply__Output>
        ListExperimentsRequest: MessageTypeDefinition<_sluice_admin_v1_ListExperimentsRequest, _sluice_admin_v1_ListExperimentsRequest__Output>
        MetricArm: MessageTypeDefinition<_sluice_admin_v1_MetricArm, _sluice_admin_v1_MetricArm__Output>
        MetricResults: MessageTypeDefinition<_sluice_admin_v1_MetricResults, _sluice_admin_v1_MetricResults__Output>
        SampleRatio: MessageTypeDefinition<_sluice_admin_v1_SampleRatio, _sluice_admin_v1_SampleRatio__Output>
      }
    }
  }
}


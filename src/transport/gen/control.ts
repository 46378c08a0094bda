import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AppliedEpoch as _sluice_control_v1_AppliedEpoch, AppliedEpoch__Output as _sluice_control_v1_AppliedEpoch__Output } from './sluice/control/v1/AppliedEpoch.ts';
import type { BlobChunk as _sluice_control_v1_BlobChunk, BlobChunk__Output as _sluice_control_v1_BlobChunk__Output } from './sluice/control/v1/BlobChunk.ts';
import type { Callers as _sluice_control_v1_Callers, Callers__Output as _sluice_control_v1_Callers__Output } from './sluice/control/v1/Callers.ts';
import type { ControlPlaneClient as _sluice_control_v1_ControlPlaneClient, ControlPlaneDefinition as _sluice_control_v1_ControlPlaneDefinition } from './sluice/control/v1/ControlPlane.ts';
import type { DesiredFile as _sluice_control_v1_DesiredFile, DesiredFile__Output as _sluice_control_v1_DesiredFile__Output } from './sluice/control/v1/DesiredFile.ts';
import type { DesiredModel as _sluice_control_v1_DesiredModel, DesiredModel__Output as _sluice_control_v1_DesiredModel__Output } from './sluice/control/v1/DesiredModel.ts';
import type { DesiredUpdate as _sluice_control_v1_DesiredUpdate, DesiredUpdate__Output as _sluice_control_v1_DesiredUpdate__Output } from './sluice/control/v1/DesiredUpdate.ts';
import type { DesiredVersion as _sluice_control_v1_DesiredVersion, DesiredVersion__Output as _sluice_control_v1_DesiredVersion__Output } from './sluice/control/v1/DesiredVersion.ts';
import type { EvidenceRow as _sluice_control_v1_EvidenceRow, EvidenceRow__Output as _sluice_control_v1_EvidenceRow__Output } from './sluice/control/v1/EvidenceRow.ts';
import type { FetchBlobRequest as _sluice_control_v1_FetchBlobRequest, FetchBlobRequest__Output as _sluice_control_v1_FetchBlobRequest__Output } from './sluice/control/v1/FetchBlobRequest.ts';
import type { Hello as _sluice_control_v1_Hello, Hello__Output as _sluice_control_v1_Hello__Output } from './sluice/control/v1/Hello.ts';
import type { InstanceMessage as _sluice_control_v1_InstanceMessage, InstanceMessage__Output as _sluice_control_v1_InstanceMessage__Output } from './sluice/control/v1/InstanceMessage.ts';
import type { KeepOutcomesReply as _sluice_control_v1_KeepOutcomesReply, KeepOutcomesReply__Output as _sluice_control_v1_KeepOutcomesReply__Output } from './sluice/control/v1/KeepOutcomesReply.ts';
import type { KeepOutcomesRequest as _sluice_control_v1_KeepOutcomesRequest, KeepOutcomesRequest__Output as _sluice_control_v1_KeepOutcomesRequest__Output } from './sluice/control/v1/KeepOutcomesRequest.ts';
import type { KeptOutcome as _sluice_control_v1_KeptOutcome, KeptOutcome__Output as _sluice_control_v1_KeptOutcome__Output } from './sluice/control/v1/KeptOutcome.ts';
import type { PredictToken as _sluice_control_v1_PredictToken, PredictToken__Output as _sluice_control_v1_PredictToken__Output } from './sluice/control/v1/PredictToken.ts';
import type { SeriesReport as _sluice_control_v1_SeriesReport, SeriesReport__Output as _sluice_control_v1_SeriesReport__Output } from './sluice/control/v1/SeriesReport.ts';
import type { VersionReport as _sluice_control_v1_VersionReport, VersionReport__Output as _sluice_control_v1_VersionReport__Output } from './sluice/control/v1/VersionReport.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sluice: {
    control: {
      v1: {
        AppliedEpoch: MessageTypeDefinition<_sluice_control_v1_AppliedEpoch, _sluice_control_v1_AppliedEpoch__Output>
        BlobChunk: MessageTypeDefinition<_sluice_control_v1_BlobChunk, _sluice_control_v1_BlobChunk__Output>
        Callers: MessageTypeDefinition<_sluice_control_v1_Callers, _sluice_control_v1_Callers__Output>
        ControlPlane: SubtypeConstructor<typeof grpc.Client, _sluice_control_v1_ControlPlaneClient> & { service: _sluice_control_v1_ControlPlaneDefinition }
        DesiredFile: MessageTypeDefinition<_sluice_control_v1_DesiredFile, _sluice_control_v1_DesiredFile__Output>
        DesiredModel: MessageTypeDefinition<_sluice_control_v1_DesiredModel, _sluice_control_v1_DesiredModel__Output>
        DesiredUpdate: MessageTypeDefinition<_sluice_control_v1_DesiredUpdate, _sluice_control_v1_DesiredUpdate__Output>
        DesiredVersion: MessageTypeDefinition<_sluice_control_v1_DesiredVersion, _sluice_control_v1_DesiredVersion__Output>
        EvidenceRow: MessageTypeDefinition<_sluice_control_v1_EvidenceRow, _sluice_control_v1_EvidenceRow__Output>
        FetchBlobRequest: MessageTypeDefinition<_sluice_control_v1_FetchBlobRequest, _sluice_control_v1_FetchBlobRequest__Output>
        Hello: MessageTypeDefinition<_sluice_control_v1_Hello, _sluice_control_v1_Hello__Output>
        InstanceMessage: MessageTypeDefinition<_sluice_control_v1_InstanceMessage, _sluice_control_v1_InstanceMessage__Output>
        KeepOutcomesReply: MessageTypeDefinition<_sluice_control_v1_KeepOutcomesReply, _sluice_control_v1_KeepOutcomesReply__Output>
        KeepOutcomesRequest: MessageTypeDefinition<_sluice_control_v1_KeepOutcomesRequest, _sluice_control_v1_KeepOutcomesRequest__Output>
        KeptOutcome: MessageTypeDefinition<_sluice_control_v1_KeptOutcome, _sluice_control_v1_KeptOutcome__Output>
        PredictToken: MessageTypeDefinition<_sluice_control_v1_PredictToken, _sluice_control_v1_PredictToken__Output>
        SeriesReport: MessageTypeDefinition<_sluice_control_v1_SeriesReport, _sluice_control_v1_SeriesReport__Output>
        VersionReport: MessageTypeDefinition<_sluice_control_v1_VersionReport, _sluice_control_v1_VersionReport__Output>
      }
    }
  }
}


// Original file: proto/sluice/control/v1/control.proto

import type { Hello as _sluice_control_v1_Hello, Hello__Output as _sluice_control_v1_Hello__Output } from '../../../sluice/control/v1/Hello.ts';
import type { AppliedEpoch as _sluice_control_v1_AppliedEpoch, AppliedEpoch__Output as _sluice_control_v1_AppliedEpoch__Output } from '../../../sluice/control/v1/AppliedEpoch.ts';
import type { VersionReport as _sluice_control_v1_VersionReport, VersionReport__Output as _sluice_control_v1_VersionReport__Output } from '../../../sluice/control/v1/VersionReport.ts';
import type { SeriesReport as _sluice_control_v1_SeriesReport, SeriesReport__Output as _sluice_control_v1_SeriesReport__Output } from '../../../sluice/control/v1/SeriesReport.ts';
import type { EvidenceRow as _sluice_control_v1_EvidenceRow, EvidenceRow__Output as _sluice_control_v1_EvidenceRow__Output } from '../../../sluice/control/v1/EvidenceRow.ts';
import type { Long } from '@grpc/proto-loader';

export interface InstanceMessage {
  'hello'?: (_sluice_control_v1_Hello | null);
  'applied'?: (_sluice_control_v1_AppliedEpoch)[];
  'versions'?: (_sluice_control_v1_VersionReport)[];
  'revision'?: (number | string | Long);
  'settled'?: (boolean);
  'statisticsSeq'?: (number | string | Long);
  'series'?: (_sluice_control_v1_SeriesReport)[];
  'evidenceSeq'?: (number | string | Long);
  'evidence'?: (_sluice_control_v1_EvidenceRow)[];
}

export interface InstanceMessage__Output {
  'hello': (_sluice_control_v1_Hello__Output | null);
  'applied': (_sluice_control_v1_AppliedEpoch__Output)[];
  'versions': (_sluice_control_v1_VersionReport__Output)[];
  'revision': (Long);
  'settled': (boolean);
  'statisticsSeq': (Long);
  'series': (_sluice_control_v1_SeriesReport__Output)[];
  'evidenceSeq': (Long);
  'evidence': (_sluice_control_v1_EvidenceRow__Output)[];
}

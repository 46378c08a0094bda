// Original file: proto/sluice/control/v1/control.proto

import type { DesiredModel as _sluice_control_v1_DesiredModel, DesiredModel__Output as _sluice_control_v1_DesiredModel__Output } from '../../../sluice/control/v1/DesiredModel.ts';
import type { Callers as _sluice_control_v1_Callers, Callers__Output as _sluice_control_v1_Callers__Output } from '../../../sluice/control/v1/Callers.ts';
import type { Long } from '@grpc/proto-loader';

export interface DesiredUpdate {
  'revision'?: (number | string | Long);
  'reset'?: (boolean);
  'more'?: (boolean);
  'models'?: (_sluice_control_v1_DesiredModel)[];
  'removed'?: (string)[];
  'starting'?: (boolean);
  'predictionKey'?: (Buffer | Uint8Array | string);
  'statisticsAck'?: (number | string | Long);
  'evidenceAck'?: (number | string | Long);
  'callers'?: (_sluice_control_v1_Callers | null);
}

export interface DesiredUpdate__Output {
  'revision': (Long);
  'reset': (boolean);
  'more': (boolean);
  'models': (_sluice_control_v1_DesiredModel__Output)[];
  'removed': (string)[];
  'starting': (boolean);
  'predictionKey': (Buffer);
  'statisticsAck': (Long);
  'evidenceAck': (Long);
  'callers': (_sluice_control_v1_Callers__Output | null);
}

// Original file: proto/sluice/admin/v1/experiments.proto


export interface Comparison {
  'arm'?: (string);
  'difference'?: (number | string);
  'lift'?: (number | string);
  'liftLower'?: (number | string);
  'liftUpper'?: (number | string);
  'fixedPValue'?: (number | string);
  'fixedLower'?: (number | string);
  'fixedUpper'?: (number | string);
  'anytimePValue'?: (number | string);
  'anytimeLower'?: (number | string);
  'anytimeUpper'?: (number | string);
  'adjustedPValue'?: (number | string);
  'verdict'?: (string);
}

export interface Comparison__Output {
  'arm': (string);
  'difference': (number);
  'lift': (number);
  'liftLower': (number);
  'liftUpper': (number);
  'fixedPValue': (number);
  'fixedLower': (number);
  'fixedUpper': (number);
  'anytimePValue': (number);
  'anytimeLower': (number);
  'anytimeUpper': (number);
  'adjustedPValue': (number);
  'verdict': (string);
}

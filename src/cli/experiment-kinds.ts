/** How an experiment's arms and metrics are written on one line, and the messages that they stand for. */
import type { Kind } from '../config/kinds.ts';
import { signedNumber, weight } from './kinds.ts';
import { eachPart, withOptions } from './one-line.ts';

const METRIC_KINDS = ['mean', 'proportion', 'ratio'] as const;
const DIRECTIONS: readonly string[] = ['increase', 'decrease'];
const ROLES: readonly string[] = ['primary', 'secondary', 'guardrail'];

interface ArmMessage {
  readonly name: string;
  readonly version: string;
  /** In 1/10,000; absent = as much as the others. */
  readonly share?: number;
}

/** "control=1:50%,treatment=2:50%": all with a share, or none. */
export function arms(): Kind<ArmMessage[]> {
  return {
    parse(given) {
      const all = eachPart(given, parseArm);
      const shared = all?.filter(({ share }) => share !== undefined).length;
      return shared === 0 || shared === all?.length ? all : undefined;
    },
    print: (all) => all.map(({ name, version }) => `${name}=${version}`).join(','),
    allowed:
      'NAME=VERSION[:SHARE] with commas between them, the control first, such as control=1:50%,treatment=2:50%; all with a share, or none',
  };
}

function parseArm(given: string): ArmMessage | undefined {
  const [, name, version, share] = /^([^=:]+)=([^=:]+)(?::([^:]+))?$/.exec(given) ?? [];
  if (name === undefined || version === undefined) return undefined;
  if (share === undefined) return { name, version };
  const parsed = weight().parse(share);
  return parsed === undefined ? undefined : { name, version, share: parsed };
}

interface MetricMessage {
  readonly name: string;
  readonly kind: string;
  readonly direction?: string;
  readonly role?: string;
  readonly minimumEffect?: number;
  readonly baseline?: number;
  readonly standardDeviation?: number;
}

/** "conversion:proportion:increase:primary:min=0.01:base=0.1". */
export function experimentMetric(): Kind<MetricMessage> {
  return {
    parse(given) {
      const [name = '', kind = '', ...options] = given.split(':');
      if (name === '' || !METRIC_KINDS.some((known) => known === kind)) return undefined;
      return withOptions<MetricMessage>({ name, kind }, options, metricOption);
    },
    print: ({ name, kind }) => `${name}:${kind}`,
    allowed: `NAME:KIND with KIND ${METRIC_KINDS.join(', ')}, then any of increase or decrease, primary, secondary or guardrail, min=N, base=N, sd=N, such as conversion:proportion:min=0.01:base=0.1`,
  };
}

function metricOption(option: string): Partial<MetricMessage> | undefined {
  if (DIRECTIONS.includes(option)) return { direction: option };
  if (ROLES.includes(option)) return { role: option };
  const [name, text = '', ...more] = option.split('=');
  const number = signedNumber().parse(text);
  if (number === undefined || more.length > 0) return undefined;
  switch (name) {
    case 'min':
      return { minimumEffect: number };
    case 'base':
      return { baseline: number };
    case 'sd':
      return { standardDeviation: number };
    default:
      return undefined;
  }
}

/** How a rollout's steps, metrics and limits are written on one line, and the messages that they stand for. */
import type { Kind } from '../config/kinds.ts';
import { integer, ratio } from '../config/kinds.ts';
import { longDuration, weight } from './kinds.ts';
import { eachPart, withOptions } from './one-line.ts';
import { wireTime } from './wire.ts';
import type { WireTime } from './wire.ts';

const MONTH_MS = 30 * 86_400_000;
const MOST_CALLS = 2 ** 32 - 1;
const NUMBER = /^\d{1,12}(\.\d{1,9})?$/;

export const HOLD = longDuration({ min: 0, max: MONTH_MS });
export const CALLS = integer({ min: 0, max: MOST_CALLS });
const PAIRS = integer({ min: 1, max: MOST_CALLS });
const ON_FAIL: readonly string[] = ['rollback', 'pause', 'alert'];
const DIRECTIONS: readonly string[] = ['increase', 'decrease'];

interface StepMessage {
  readonly weight: number;
  readonly hold?: WireTime;
  readonly minRequests?: number;
  readonly analysis?: boolean;
  readonly approval?: boolean;
}

/** "10%:1m,25%:5m:n=500,50%:10m:approve,100%". */
export function steps(): Kind<StepMessage[]> {
  return {
    parse: (given) => eachPart(given, parseStep),
    print: (all) => all.map((step) => step.weight).join(','),
    allowed:
      'WEIGHT[:HOLD][:n=CALLS][:approve][:no-analysis] with commas between them, such as 10%:1m,50%:5m:approve,100%',
  };
}

function parseStep(given: string): StepMessage | undefined {
  const [head = '', ...options] = given.split(':');
  const share = weight().parse(head);
  return share === undefined ? undefined : withOptions({ weight: share }, options, stepOption);
}

function stepOption(option: string): Partial<StepMessage> | undefined {
  if (option === 'approve') return { approval: true };
  if (option === 'no-analysis') return { analysis: false };
  return callsOption(option) ?? holdOption(option);
}

interface ShadowMessage {
  readonly share: number;
  readonly minPairs?: number;
  readonly hold?: WireTime;
}

/** "100%:200:10m". */
export function shadowStage(): Kind<ShadowMessage> {
  return {
    parse(given) {
      const [head = '', ...options] = given.split(':');
      const share = weight().parse(head);
      if (share === undefined || share === 0) return undefined;
      return withOptions<ShadowMessage>({ share }, options, (option) => {
        const minPairs = PAIRS.parse(option);
        return minPairs === undefined ? holdOption(option) : { minPairs };
      });
    },
    print: ({ share }) => String(share),
    allowed: 'SHARE[:PAIRS][:HOLD], such as 100%:200 or 10%:1000:30m, the share above 0',
  };
}

interface MetricMessage {
  readonly metric: string;
  readonly margin?: number;
  readonly onFail?: string;
  readonly direction?: string;
}

/** "error_rate=1%,request_p99=1.3:pause,outcome:clicks=0.5:decrease". The names are the server's to check. */
export function metrics(): Kind<MetricMessage[]> {
  return {
    parse: (given) => eachPart(given, parseMetric),
    print: (all) => all.map(({ metric }) => metric).join(','),
    allowed:
      'NAME[=MARGIN][:rollback|pause|alert][:increase|decrease] with commas between them, such as error_rate=1%,request_p99=1.3:pause',
  };
}

function parseMetric(given: string): MetricMessage | undefined {
  const [head = '', ...rest] = given.split(':');
  const [outcome, ...options] = head === 'outcome' ? rest : ['', ...rest];
  if (outcome === undefined) return undefined;
  const [name = '', margin, ...more] = (outcome === '' ? head : `${head}:${outcome}`).split('=');
  const value = margin === undefined ? undefined : parseNumber(margin);
  if (name === '' || more.length > 0 || (margin !== undefined && value === undefined)) return undefined;
  return withOptions<MetricMessage>(
    { metric: name, ...(value === undefined ? {} : { margin: value }) },
    options,
    (option) => (DIRECTIONS.includes(option) ? { direction: option } : onFailOption(option)),
  );
}

interface GuardrailMessage {
  readonly metric: string;
  readonly limit: number;
  readonly minRequests?: number;
  readonly window?: WireTime;
  readonly onFail?: string;
}

const GUARDRAIL = /^([a-z0-9_]{1,64})(<=|>=)([^:]+)((?::[^:]+)*)$/;
const WINDOW = longDuration({ min: 10_000, max: 3_600_000 });

/** "request_p99<=100ms", "success_rate>=95%:5m:n=500:pause". */
export function guardrail(): Kind<GuardrailMessage> {
  return {
    parse(given) {
      const [, metric, sign, limit = '', tail = ''] = GUARDRAIL.exec(given) ?? [];
      if (metric === undefined) return undefined;
      const isRate = metric.endsWith('_rate');
      const value = isRate ? ratio().parse(limit) : HOLD.parse(limit);
      if (value === undefined || isRate !== (sign === '>=')) return undefined;
      return withOptions<GuardrailMessage>({ metric, limit: value }, tail.split(':').slice(1), (option) => {
        const ms = WINDOW.parse(option);
        return ms === undefined ? (callsOption(option) ?? onFailOption(option)) : { window: wireTime(ms) };
      });
    },
    print: ({ metric, limit }) => `${metric}=${limit}`,
    allowed:
      'METRIC<=DURATION or success_rate>=SHARE, then [:WINDOW][:n=CALLS][:rollback|pause|alert], such as "request_p99<=100ms"',
  };
}

function callsOption(option: string): { readonly minRequests: number } | undefined {
  const minRequests = option.startsWith('n=') ? CALLS.parse(option.slice(2)) : undefined;
  return minRequests === undefined ? undefined : { minRequests };
}

function onFailOption(option: string): { readonly onFail: string } | undefined {
  return ON_FAIL.includes(option) ? { onFail: option } : undefined;
}

/** With its unit: a plain number might as well be a number of calls. */
function holdOption(option: string): { readonly hold: WireTime } | undefined {
  const ms = /[a-z]$/.test(option) ? HOLD.parse(option) : undefined;
  return ms === undefined ? undefined : { hold: wireTime(ms) };
}

/** A number, or a percentage as a share. */
function parseNumber(given: string): number | undefined {
  if (given.endsWith('%')) return ratio().parse(given);
  return NUMBER.test(given) ? Number(given) : undefined;
}

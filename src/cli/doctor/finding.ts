/** What one check of `sluice doctor` found. */
import { describeError } from '../../domain/errors.ts';

export interface Finding {
  readonly check: string;
  /** warn: it works, and somebody should look at it. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** What to do; '' where there is nothing. */
  readonly advice: string;
}

/** No check takes longer. */
export const CHECK_MS = 2000;

export function ok(check: string, text: string): Finding {
  return { check, verdict: 'ok', text, advice: '' };
}

export function warn(check: string, text: string, advice: string): Finding {
  return { check, verdict: 'warn', text, advice };
}

export function fail(check: string, text: string, advice: string): Finding {
  return { check, verdict: 'fail', text, advice };
}

/** A check that fails or hangs is a finding, too. */
export async function inTime(
  check: string,
  run: () => Finding[] | Promise<Finding[]>,
  limitMs = CHECK_MS,
): Promise<Finding[]> {
  const late = Promise.withResolvers<Finding[]>();
  const timer = setTimeout(() => {
    late.resolve([
      warn(check, `took longer than ${limitMs / 1000} s`, 'the machine or what was asked is slow; run it again'),
    ]);
  }, limitMs);
  try {
    return await Promise.race([(async () => await run())(), late.promise]);
  } catch (caught) {
    return [fail(check, describeError(caught), '')];
  } finally {
    clearTimeout(timer);
  }
}

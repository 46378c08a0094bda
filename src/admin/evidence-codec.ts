/** The body of a row of evidence from its JSON. */
import type { JsonRecord } from '../domain/registry.ts';
import { MAX_BODY_CHARACTERS } from '../monitor/evidence-reporter.ts';

/** undefined where it is no JSON object, or too large. */
export function evidenceBodyFrom(text: string): JsonRecord | undefined {
  if (text.length > MAX_BODY_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
  } catch {
    return undefined;
  }
}

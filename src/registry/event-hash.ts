/** The hash chain of the audit log: each event's hash covers the event and the hash before it. */
import { createHash } from 'node:crypto';
import type { AuditEvent, JsonRecord } from '../domain/registry.ts';

/** In hex. `previous` is the hash of the event before, '' for the first. */
export function hashEvent(previous: string, event: Omit<AuditEvent, 'hash'>): string {
  const { seq, at, kind, model, subject, actor, reason, before, after } = event;
  const head = JSON.stringify({ seq, at, kind, model, subject, actor, reason }).slice(0, -1);
  const text = `${head},"before":${canonicalJson(before)},"after":${canonicalJson(after)}}`;
  return createHash('sha256').update(`${previous}\n${text}`).digest('hex');
}

/**
 * The record as JSON with the keys of every object in UTF-16 order and no spaces: the same text whatever order the
 * keys were added in, also after it was parsed again.
 */
export function canonicalJson(record: JsonRecord): string {
  const plain: unknown = JSON.parse(JSON.stringify(record));
  return write(plain);
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(',')}}`;
}

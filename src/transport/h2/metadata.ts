/** gRPC metadata: the headers of a call beyond HTTP's own, ASCII and binary. */
import type { HeaderList } from './hpack/header-list.ts';

/** Names are lower-case; those that end in `-bin` hold bytes, all others printable ASCII. */
export type MetadataFields = readonly (readonly [name: string, value: string | Uint8Array])[];

/** What a caller sent. */
export class Metadata {
  /** `get` by itself, to be handed on. */
  readonly getter: (name: string) => string | undefined;
  readonly #list: HeaderList;

  constructor(list: HeaderList) {
    this.#list = list;
    this.getter = (name) => list.get(name);
  }

  /** The first value under this lower-case name; undefined when there is none. Binary ones stay base64. */
  get(name: string): string | undefined {
    return this.#list.get(name);
  }

  /** All values, in order; those of `-bin` names as bytes. A list that a proxy joined with commas is taken apart. */
  fields(): MetadataFields {
    const fields: (readonly [string, string | Uint8Array])[] = [];
    for (const { name, value } of this.#list.fields) {
      if (isReserved(name)) continue;
      if (!name.endsWith('-bin')) fields.push([name, value]);
      else for (const part of value.split(',')) fields.push([name, Buffer.from(part.trim(), 'base64')]);
    }
    return fields;
  }
}

/** HTTP's and gRPC's own, which are no metadata. */
function isReserved(name: string): boolean {
  return name.startsWith(':') || name.startsWith('grpc-') || name === 'te' || name === 'content-type';
}

/** As header fields. A value that cannot travel as ASCII would corrupt the block, so it is made to. */
export function toHeaderFields(fields: MetadataFields): [string, string][] {
  return fields.map(([name, value]) => {
    if (typeof value !== 'string') return [name, Buffer.from(value).toString('base64').replace(/=+$/, '')];
    return [name, value.replace(/[^\x20-\x7e]/g, '?')];
  });
}

/** As gRPC sends `grpc-message`: printable ASCII but `%` as it is, every other byte as %XX. */
export function percentEncode(text: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

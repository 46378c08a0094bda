/** A decoded header block. */

/** Bytes as latin1 strings: a character is a byte, so lengths are those of the wire. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** Equal blocks may give the same list; what is derived from it may be kept in `memo`. */
export class HeaderList {
  /** As they were sent: order kept, names repeated where they were. */
  readonly fields: readonly HeaderField[];
  /** Its user's, to keep what the fields mean to it; undefined in a new list. */
  memo: unknown = undefined;

  constructor(fields: readonly HeaderField[]) {
    this.fields = fields;
  }

  /** The first value of that name. */
  get(name: string): string | undefined {
    for (const field of this.fields) if (field.name === name) return field.value;
    return undefined;
  }
}

/** The WHERE of a statement whose filters may be absent: conditions joined by AND, and their values in order. */
import type { SqlValue } from './database.ts';

export class Conditions {
  readonly #parts: string[] = [];
  readonly #values: SqlValue[] = [];

  get values(): readonly SqlValue[] {
    return this.#values;
  }

  /** Begins with WHERE; '' where there is no condition. */
  get where(): string {
    return this.#parts.length === 0 ? '' : `WHERE ${this.#parts.join(' AND ')}`;
  }

  /** The placeholder of this value. */
  bind(value: SqlValue): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  /** `operand` is a column with its operator: "seq <". Nothing happens where there is no value. */
  add(operand: string, value: SqlValue | undefined): void {
    if (value !== undefined) this.addText(`${operand} ${this.bind(value)}`);
  }

  addText(condition: string): void {
    this.#parts.push(condition);
  }
}

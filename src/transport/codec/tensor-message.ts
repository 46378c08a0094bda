/** One tensor of a request as it came, whichever protocol it came by: nothing is judged yet. */
import { Elements } from './elements.ts';
import { MAX_RANK } from './shape.ts';
import type { NumberField } from './typed-fields.ts';
import { SIZED, type WireReader } from './wire-reader.ts';

const TWO_32 = 4_294_967_296;

/** Stands for every empty list, and stays empty: see `append`. */
export const NO_ITEMS: never[] = [];

export class TensorMessage {
  name = '';
  datatype = '';
  /** The first MAX_RANK dimensions of `rank`, rounded beyond 2^53. */
  shape: number[] = NO_ITEMS;
  rank = 0;
  /** The first typed field that holds numbers, and those beside it, of which there should be none. */
  numbers: Elements | undefined = undefined;
  others: Elements[] = NO_ITEMS;
  texts: string[] = NO_ITEMS;
  /** The first of `texts` that is not UTF-8, where that matters; else -1. */
  notText = -1;

  /** How many typed fields hold values. */
  get filled(): number {
    return (this.numbers === undefined ? 0 : 1) + this.others.length + (this.texts.length > 0 ? 1 : 0);
  }

  /** Forgets the typed values read so far. */
  clear(): void {
    this.numbers = undefined;
    this.others = NO_ITEMS;
    this.texts = NO_ITEMS;
    this.notText = -1;
  }

  /** The numbers of a field so far. */
  elementsOf(field: NumberField, width: number): Elements {
    if (this.numbers === undefined) return (this.numbers = new Elements(field, width));
    if (this.numbers.field === field) return this.numbers;
    const other = this.others.find((elements) => elements.field === field);
    if (other !== undefined) return other;
    const elements = new Elements(field, width);
    this.others = append(this.others, elements);
    return elements;
  }

  /** Reads a field of dimensions, packed or one of many. */
  readShape(reader: WireReader, wireType: number): void {
    const outer = wireType === SIZED ? reader.enter() : reader.end;
    const count = wireType === SIZED ? reader.countVarints() : 1;
    const before = this.shape;
    const kept = Math.min(this.rank + count, MAX_RANK);
    if (before.length < kept) {
      this.shape = new Array<number>(kept);
      for (let index = 0; index < before.length; index += 1) this.shape[index] = before[index] ?? 0;
    }
    for (let index = this.rank; index < this.rank + count; index += 1) {
      reader.int64();
      if (index < MAX_RANK) this.shape[index] = reader.high * TWO_32 + (reader.low >>> 0);
    }
    this.rank += count;
    reader.leave(outer);
  }
}

/** The list with one more; an empty one is replaced, by one that has room for nothing else. */
export function append<Item>(list: Item[], item: Item): Item[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}

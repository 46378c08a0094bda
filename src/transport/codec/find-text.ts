/** Finds one text in a message that may be broken, so that a refusal can say which request it refuses. */
import { ServerError } from '../../domain/errors.ts';
import { SIZED, WireReader } from './wire-reader.ts';

/** The text of the field, a direct one of the message; '' where it has none or cannot be walked to its end. */
export function findText(bytes: Uint8Array, field: number): string {
  const reader = new WireReader(bytes);
  let text = '';
  try {
    while (reader.at < reader.end) {
      const tag = reader.uint32();
      if (tag >>> 3 === field && (tag & 7) === SIZED) text = reader.text();
      else reader.skip(tag & 7, 0);
    }
  } catch (caught) {
    if (caught instanceof ServerError) return '';
    throw caught;
  }
  return text;
}

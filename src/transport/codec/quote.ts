/** Callers' words in error messages: quoted, and cut so that they cannot crowd out the rest. */

const MAX_CHARACTERS = 100;
const MAX_DIMENSIONS = 12;

export function quote(text: string): string {
  return text.length > MAX_CHARACTERS ? `'${text.slice(0, MAX_CHARACTERS)}…'` : `'${text}'`;
}

/** As Triton writes shapes: [-1,16]. */
export function formatShape(shape: readonly number[]): string {
  const shown = shape.slice(0, MAX_DIMENSIONS).join(',');
  return shape.length > MAX_DIMENSIONS ? `[${shown},…]` : `[${shown}]`;
}

/** Replies as they may be shown: letters that hide or turn text around are written out. */

/** Escapes of JSON, whole, and among them those of controls and of what changes the direction of writing. */
const ESCAPE = /\\(?:u(00[7-9][0-9a-f]|20[0-6][0-9a-f]|feff)|.)/g;

/**
 * The server escapes such letters; here the escapes are kept as text.
 * @param {string} json
 * @returns {any}
 */
export function parseLegibly(json) {
  return JSON.parse(json.replaceAll(ESCAPE, (whole, code) => (code === undefined ? whole : `\\\\u${code}`)));
}

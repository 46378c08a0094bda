/** The page's one way to change or ask something: the Admin methods in JSON. */

import { parseLegibly } from './legible.js';

/** @import { Failure, Session } from './types.d.ts' */

const NAME_KEY = 'sluice-name';

/** What the server refused, in its own words. */
class Refusal extends Error {
  /** @param {Failure} failure */
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

/** How changes are signed where nobody has to sign in. */
export function ownName() {
  return localStorage.getItem(NAME_KEY) ?? 'console';
}

/** @param {string} name */
export function setOwnName(name) {
  localStorage.setItem(NAME_KEY, name);
}

function headers() {
  return { 'x-sluice-console': '1', 'x-sluice-actor': ownName() };
}

/**
 * @param {string} url
 * @param {{ method?: string, body?: unknown, parse?: (json: string) => any }} [options]
 * @returns {Promise<any>}
 */
async function request(url, { method = 'GET', body, parse = parseLegibly } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: body === undefined ? headers() : { ...headers(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refusal({ code: 'unavailable', message: 'The admin process does not answer; what serves goes on.' });
  }
  return readAnswer(response.ok, await response.text(), parse);
}

/**
 * @param {boolean} isOk
 * @param {string} text
 * @param {(json: string) => any} [parse]
 */
function readAnswer(isOk, text, parse = parseLegibly) {
  const reply = parsed(text, parse);
  if (isOk && reply !== undefined) return reply;
  throw new Refusal(reply ?? { code: 'internal', message: 'The server gave an answer that cannot be read.' });
}

/**
 * @param {string} text
 * @param {(json: string) => any} parse
 */
function parsed(text, parse) {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name "Traffic/SetTraffic"
 * @param {object} [message]
 */
export function ask(name, message = {}) {
  return request(`/api/${name}`, { method: 'POST', body: message });
}

/**
 * The reply letter by letter, for what is to be sent back.
 * @param {string} name
 * @param {object} message
 */
export function askExactly(name, message) {
  return request(`/api/${name}`, { method: 'POST', body: message, parse: JSON.parse });
}

/**
 * A change: twice with the same key is once.
 * @param {string} name
 * @param {object} message
 */
export async function change(name, message) {
  const keyed = { ...message, idempotencyKey: randomKey() };
  try {
    return await ask(name, keyed);
  } catch (caught) {
    if (!(caught instanceof Refusal) || caught.code !== 'unavailable') throw caught;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return await ask(name, keyed);
  }
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string} model '' = no certain one
 * @returns {Promise<Session>}
 */
export function session(model) {
  return request(`/api/session?model=${encodeURIComponent(model)}`);
}

/** @param {string} token */
export function signIn(token) {
  return request('/api/session', { method: 'POST', body: { token } });
}

export function signOut() {
  return request('/api/session', { method: 'DELETE' });
}

/**
 * Sends the files of a version one after the other.
 * @param {object} version
 * @param {{ path: string, file: File }[]} files
 * @param {(sent: number, total: number) => void} onProgress
 * @returns {Promise<any>}
 */
export function upload(version, files, onProgress) {
  const sizes = files.map(({ path, file }) => [path, file.size]);
  const query = new URLSearchParams({
    version: JSON.stringify({ ...version, idempotencyKey: randomKey() }),
    files: JSON.stringify(sizes),
  });
  return new Promise((resolve, reject) => {
    // fetch does not tell how much has left.
    const sending = new XMLHttpRequest();
    sending.open('PUT', `/api/upload?${query}`);
    for (const [name, value] of Object.entries(headers())) sending.setRequestHeader(name, value);
    sending.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded, total));
    sending.addEventListener('load', () => {
      try {
        resolve(readAnswer(sending.status === 200, sending.responseText));
      } catch (caught) {
        reject(caught);
      }
    });
    sending.addEventListener('error', () => {
      reject(new Refusal({ code: 'unavailable', message: 'The upload broke off; nothing was registered. Try again.' }));
    });
    sending.send(new Blob(files.map(({ file }) => file)));
  });
}

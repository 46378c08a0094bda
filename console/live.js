/**
 * What the page sees live: one stream of server-sent events for all that is on it. When the stream breaks, what was
 * seen stays, and everything is asked for anew as soon as the server is back.
 */
import { useEffect, useState } from 'preact/hooks';
import { parseLegibly } from './legible.js';

/** @import { Failure } from './types.d.ts' */
/** @typedef {{ reply?: any, error?: Failure }} Seen */
/** @typedef {'connecting' | 'live' | 'lost'} Connection */
/** @typedef {{ name: string, request: object, users: number, seen: Seen, listeners: Set<() => void> }} Watched */

/** @type {Map<string, Watched>} */
const watched = new Map();
/** @type {Set<(connection: Connection) => void>} */
const connectionListeners = new Set();
/** @type {EventSource | undefined} */
let source;
/** @type {Connection} */
let connection = 'connecting';
/** @type {ReturnType<typeof setTimeout> | undefined} */
let reopening;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;

/** The server's heart beats every 10 s. */
const MAX_SILENCE_MS = 25_000;
const RETRY_MS = 1000;

/** @param {Connection} next */
function tell(next) {
  if (next === connection) return;
  connection = next;
  for (const listener of connectionListeners) listener(next);
}

function reopenSoon(ms = 30) {
  clearTimeout(reopening);
  reopening = setTimeout(open, ms);
}

function open() {
  source?.close();
  clearTimeout(silence);
  source = undefined;
  const keys = [...watched.keys()];
  if (keys.length === 0 || document.hidden) return;
  const of = JSON.stringify(keys.map((key) => [watched.get(key)?.name, watched.get(key)?.request]));
  const opened = new EventSource(`/api/watch?of=${encodeURIComponent(of)}`);
  source = opened;
  opened.addEventListener('message', ({ data }) => {
    hear();
    take(keys, parseLegibly(data));
  });
  opened.addEventListener('error', () => {
    if (source !== opened) return;
    tell('lost');
    // The browser itself tries again only where the connection broke, not where it was refused.
    if (opened.readyState === EventSource.CLOSED) reopenSoon(RETRY_MS);
  });
}

function hear() {
  tell('live');
  clearTimeout(silence);
  silence = setTimeout(() => {
    tell('lost');
    open();
  }, MAX_SILENCE_MS);
}

/**
 * @param {string[]} keys
 * @param {{ watch?: number, reply?: any, error?: Failure, ended?: boolean }} event
 */
function take(keys, { watch, reply, error }) {
  const entry = watch === undefined ? undefined : watched.get(keys[watch] ?? '');
  if (entry === undefined || (reply === undefined && error === undefined)) return;
  entry.seen = error === undefined ? { reply } : { ...entry.seen, error };
  for (const listener of [...entry.listeners]) listener();
}

document.addEventListener('visibilitychange', () => reopenSoon());

/** Asks for everything anew, for one who has just signed in. */
export function reconnect() {
  for (const entry of watched.values()) entry.seen = {};
  reopenSoon();
}

/** @returns {Connection} */
export function useConnection() {
  const [state, setState] = useState(connection);
  useEffect(() => {
    connectionListeners.add(setState);
    setState(connection);
    return () => connectionListeners.delete(setState);
  }, []);
  return state;
}

/**
 * What a watch told last. `request` undefined: nothing is watched.
 * @param {string} name
 * @param {object | undefined} request
 * @returns {Seen}
 */
export function useWatch(name, request) {
  const key = request === undefined ? undefined : `${name} ${JSON.stringify(request)}`;
  const [, redraw] = useState(0);
  useEffect(() => {
    if (key === undefined || request === undefined) return undefined;
    /** @type {Watched} */
    const entry = watched.get(key) ?? { name, request, users: 0, seen: {}, listeners: new Set() };
    const listener = () => redraw((count) => count + 1);
    watched.set(key, entry);
    entry.users += 1;
    entry.listeners.add(listener);
    if (entry.users === 1) reopenSoon();
    return () => {
      entry.users -= 1;
      entry.listeners.delete(listener);
      if (entry.users > 0) return;
      watched.delete(key);
      reopenSoon();
    };
  }, [key]);
  return (key === undefined ? undefined : watched.get(key)?.seen) ?? {};
}

/** Numbers and times as people read them. */

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' });
const THIN = '\u202f';

/** @param {number} weight in 1/10,000 */
export function percent(weight) {
  return share(weight / 10_000);
}

/** @param {number} value of 1 */
export function share(value) {
  return `${trimmed(value * 100, 2)}${THIN}%`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
function trimmed(value, digits) {
  return String(Number(value.toFixed(digits)));
}

/** @param {number} ms */
export function millis(ms) {
  if (ms === 0) return '–';
  if (ms >= 10_000) return `${trimmed(ms / 1000, 1)}${THIN}s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)}${THIN}ms`;
}

/** @param {number | string} value */
export function count(value) {
  return COUNT.format(Number(value));
}

/** @param {number} value */
export function rate(value) {
  return value >= 100 ? COUNT.format(value) : value.toFixed(1);
}

/** Three figures. @param {number} value */
export function figure(value) {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return COUNT.format(value);
  return size < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** @param {number | string} value */
export function bytes(value) {
  const size = Number(value);
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = size < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  return `${trimmed(size / 1000 ** step, 1)}${THIN}${units[step]}`;
}

/** @param {string | undefined} instant */
export function clock(instant) {
  if (instant === undefined) return '–';
  const at = new Date(instant);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`;
}

/**
 * @param {string | undefined} instant
 * @param {number} now
 */
export function ago(instant, now) {
  return instant === undefined ? '–' : `${span(now - Date.parse(instant))} ago`;
}

/** @param {number} ms */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds}${THIN}s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)}${THIN}min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)}${THIN}h` : `${Math.round(seconds / 86_400)}${THIN}d`;
}

/** @param {string} digest */
export function shortDigest(digest) {
  return digest.slice(0, 12);
}

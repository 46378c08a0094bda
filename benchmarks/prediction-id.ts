/** What does it cost to sign a reply's prediction id, and what would the other ways of signing cost? */
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import { PredictionIds } from '../src/serving/prediction-id.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

const KEY = randomBytes(32);
/** As long as a body usually is. */
const BODY = randomBytes(48);
const KEY_AND_BODY = Buffer.concat([KEY, BODY]);
const SECRET = createSecretKey(KEY);
const IDS = new PredictionIds({ key: KEY, boot: randomBytes(8), now: Date.now });
const FACTS = {
  model: 'iris',
  version: '20260101_120000',
  arm: 'canary',
  epoch: 12,
  slot: 4255,
  unit: '00c0ffee12345678',
};

const WAYS: Readonly<Record<string, () => string>> = {
  'a whole prediction id': () => IDS.sign(FACTS),
  'SHA-512/256 of key and body': () => hash('sha512-256', KEY_AND_BODY, 'base64url'),
  'HMAC-SHA-256, key as an object': () => createHmac('sha256', SECRET).update(BODY).digest('base64url'),
  'HMAC-SHA-256, key as bytes': () => createHmac('sha256', KEY).update(BODY).digest('base64url'),
};

const BATCH = 1000;

export function predictionId(args: readonly string[]): void {
  const { seconds, rounds } = parseSettings(args, { seconds: 1, rounds: 3 });
  console.log(`## Signing\n\n${describeMachine()}\n`);
  const rows = Object.entries(WAYS).map(([way, sign]) => {
    const costs = Array.from({ length: rounds }, () => microseconds(sign, seconds / rounds));
    return { way, 'µs (best round)': Math.min(...costs) };
  });
  console.log(markdownTable(rows));
}

function microseconds(sign: () => string, seconds: number): number {
  const startedAt = performance.now();
  let count = 0;
  let length = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    for (let turn = 0; turn < BATCH; turn += 1) length += sign().length;
    count += BATCH;
  }
  const ms = performance.now() - startedAt;
  if (length < count) throw new Error('nothing was signed');
  return (ms * 1000) / count;
}

/** A qualification child that dies instead of answering, as a fault in native code would let it. */
import { writeSync } from 'node:fs';
import process from 'node:process';

process.once('message', () => {
  writeSync(2, 'terminate called without an active exception\n');
  process.abort();
});

/** A parent that qualifies an endless model and says which process does: to be killed in the middle. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fixture } from './builders.ts';

const CHILD = fileURLToPath(new URL('../../src/runtime/qualification-child.ts', import.meta.url));

const child = fork(CHILD, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
child.send(await fixture('endless_loop'));
process.stdout.write(`${String(child.pid)}\n`);

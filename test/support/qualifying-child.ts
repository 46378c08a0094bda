/** A parent that qualifies an endless model and says which process does: to be killed in the middle. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fixture, qualifyTools } from './builders.ts';

const CHILD = fileURLToPath(new URL('../../src/runtime/qualification-child.ts', import.meta.url));

const child = fork(CHILD, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
child.send({ spec: await fixture('endless_loop'), place: qualifyTools().place });
process.stdout.write(`${String(child.pid)}\n`);

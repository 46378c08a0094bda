/** One attack in a process of its own: until it is told to stop, then it tells how often it dealt its blow. */
import { ATTACKS, type Target } from './attacks.ts';

const [name, port = '', path = '', message = ''] = process.argv.slice(2);
const attack = ATTACKS.find((candidate) => candidate.name === name);
if (attack === undefined) throw new Error(`no attack is called ${name}`);
const target: Target = { port: Number(port), path, message: Buffer.from(message, 'hex') };

let goesOn = true;
process.once('message', () => (goesOn = false));
process.send?.('started');
const blows = await attack.run(target, () => goesOn && process.connected);
process.send?.(blows);
process.disconnect();

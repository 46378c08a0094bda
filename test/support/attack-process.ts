/** The attack of attack-child.ts, from outside: honest callers in this process are not kept from their work by it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Attack, Target } from './attacks.ts';

const ANSWER_TIMEOUT_MS = 30_000;

export class AttackProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start({ name }: Attack, { port, path, message }: Target): Promise<AttackProcess> {
    const args = [name, String(port), path, Buffer.from(message).toString('hex')];
    const child = fork(join(import.meta.dirname, 'attack-child.ts'), args, { stdio: 'inherit' });
    await once(child, 'message', timeout());
    return new AttackProcess(child);
  }

  /** How often it dealt its blow; fails where the attack itself did. */
  async stop(): Promise<number> {
    const exited = once(this.#child, 'exit', timeout());
    this.#child.send('stop');
    const [blows] = (await Promise.race([once(this.#child, 'message', timeout()), exited])) as [number];
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`the attacker ended with ${code}`);
    return blows;
  }
}

function timeout(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
}

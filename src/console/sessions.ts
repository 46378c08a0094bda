/** Who has signed in: a random name in a cookie stands for a token, which never returns to the page. */
import { randomBytes } from 'node:crypto';

interface Session {
  /** The `authorization` that its calls are made with. */
  readonly authorization: string;
  /** Milliseconds of the clock. */
  readonly until: number;
}

const MAX_SESSIONS = 1000;
const LIFETIME_MS = 12 * 3_600_000;
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #now: () => number;
  readonly #name: string;
  readonly #secure: boolean;

  /** Cookies do not mind the port: consoles of one host keep apart by the name. */
  constructor({ port, secure, now }: { readonly port: number; readonly secure: boolean; readonly now: () => number }) {
    this.#name = `sluice_console_${port}`;
    this.#secure = secure;
    this.#now = now;
  }

  /** The value of Set-Cookie. Where there are too many, the oldest session ends. */
  begin(authorization: string): string {
    const id = randomBytes(32).toString('base64url');
    if (this.#sessions.size >= MAX_SESSIONS) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest);
        break;
      }
    }
    this.#sessions.set(id, { authorization, until: this.#now() + LIFETIME_MS });
    return this.#cookie(id, LIFETIME_MS / 1000);
  }

  /** undefined: nobody has signed in with these cookies, or not lately. */
  authorizationOf(cookies: string | undefined): string | undefined {
    const id = this.#idIn(cookies);
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (id === undefined || session === undefined) return undefined;
    if (session.until > this.#now()) return session.authorization;
    this.#sessions.delete(id);
    return undefined;
  }

  /** The value of Set-Cookie. */
  end(cookies: string | undefined): string {
    const id = this.#idIn(cookies);
    if (id !== undefined) this.#sessions.delete(id);
    return this.#cookie('', 0);
  }

  #idIn(cookies = ''): string | undefined {
    const pairs = cookies.split(';').map((pair) => pair.trim());
    const value = pairs.find((pair) => pair.startsWith(`${this.#name}=`))?.slice(this.#name.length + 1);
    return value !== undefined && COOKIE.test(value) ? value : undefined;
  }

  #cookie(value: string, seconds: number): string {
    const secure = this.#secure ? '; Secure' : '';
    return `${this.#name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
  }
}

/** The console's server as its page calls it, without a browser. */

export interface ConsoleReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> & { readonly code?: string; readonly message?: string };
}

export class ConsoleClient {
  readonly #url: string;
  #cookie = '';

  /** @param url With the scheme. */
  constructor(url: string) {
    this.#url = url;
  }

  /** The value of the session's cookie, for a browser to go on with; '' before. */
  get cookie(): string {
    return this.#cookie;
  }

  async signIn(token: string): Promise<ConsoleReply> {
    const reply = await this.send('/api/session', { method: 'POST', body: { token } });
    this.#cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
    return reply;
  }

  /** The reply; throws what was refused. */
  async ask<Reply = Record<string, unknown>>(name: string, message: object): Promise<Reply> {
    const { status, body } = await this.send(`/api/${name}`, { method: 'POST', body: message });
    if (status !== 200) throw new Error(`${String(body.code)}: ${String(body.message)}`);
    return body as Reply;
  }

  async send(
    path: string,
    options: {
      readonly method?: string;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<ConsoleReply> {
    const { method = 'GET', body, headers = {} } = options;
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        'x-sluice-console': '1',
        'content-type': 'application/json',
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as ConsoleReply['body']) : { text },
    };
  }
}

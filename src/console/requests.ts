/** What the console's server answers: the page's files, the Admin methods in JSON, watches, uploads and signing in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, Credentials, Gate } from '../access/gate.ts';
import { permissionOf } from '../access/permissions.ts';
import { mayDo } from '../access/role.ts';
import { ServerError, toServerError } from '../domain/errors.ts';
import { peerOf } from '../transport/h2/peer.ts';
import type { AdminCalls } from './admin-calls.ts';
import { EventStream, parseWatches } from './event-stream.ts';
import { errorText, httpStatusOf } from './http-error.ts';
import type { From } from './json-call.ts';
import { parseJson, readJson, timely } from './request-body.ts';
import { checkHost, checkOrigin } from './same-site.ts';
import type { SiteOptions } from './same-site.ts';
import type { Sessions } from './sessions.ts';
import type { StaticFiles } from './static-files.ts';
import { parseFiles, piecesOf } from './upload-body.ts';

export interface RequestsOptions {
  readonly calls: AdminCalls;
  readonly gate: Gate;
  readonly site: SiteOptions;
  readonly pages: StaticFiles;
  /** A fault whose cause no page is told. */
  readonly onFault: (what: string, cause: unknown) => void;
}

const MAX_STREAMS = 64;
const MAX_TOKEN_CHARACTERS = 4096;
const UPLOAD_IDLE_MS = 60_000;
const LINGER_MS = 10_000;
/** Whoever has an identity may ask this. */
const WHO_AM_I = 'Access/WhoAmI';
/** Whoever may do this may look. */
const LOOK = 'Registry/ListModels';
const METHOD_PATH = /^\/api\/([A-Z]\w{0,40}\/[A-Z]\w{0,40})$/;

export class Requests {
  readonly #options: RequestsOptions;
  readonly #sessions: Sessions;
  #streams = 0;

  constructor(options: RequestsOptions, sessions: Sessions) {
    this.#options = options;
    this.#sessions = sessions;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pages, onFault } = this.#options;
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    response.setHeader('content-security-policy', pages.policy);
    try {
      await this.#route(request, response);
    } catch (caught) {
      const error = toServerError(caught);
      if (error.code === 'internal') onFault('the console failed to answer', error.cause ?? error);
      if (response.headersSent) response.destroy();
      else sendJson(request, response, { status: httpStatusOf(error), json: errorText(error) });
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method = '' } = request;
    checkHost(headers, this.#options.site);
    const url = URL.parse(request.url ?? '/', 'http://console');
    if (url === null) throw new ServerError('invalid_argument', 'the address is none; see docs/console.md');
    if (!url.pathname.startsWith('/api/')) {
      this.#page(url.pathname, request, response);
      return;
    }
    checkOrigin(headers, method !== 'GET');
    response.setHeader('cache-control', 'no-store');
    const [, name] = METHOD_PATH.exec(url.pathname) ?? [];
    if (url.pathname === '/api/session') await this.#session(url, request, response);
    else if (url.pathname === '/api/watch' && method === 'GET') await this.#watch(url, request, response);
    else if (url.pathname === '/api/upload' && method === 'PUT') await this.#upload(url, request, response);
    else if (name !== undefined && method === 'POST') {
      const body = await readJson(request);
      sendJson(request, response, { json: await this.#options.calls.ask(name, body, this.#from(request, response)) });
    } else {
      throw new ServerError('not_found', `there is no ${method} ${url.pathname.slice(0, 100)}; see docs/console.md`);
    }
  }

  #page(path: string, request: IncomingMessage, response: ServerResponse): void {
    const file = this.#options.pages.files.get(path);
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
      throw new ServerError('not_found', `there is no ${path.slice(0, 100)}`);
    }
    const { body, type, etag } = file;
    const fields = { 'cache-control': 'no-cache', etag };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, fields).end();
      return;
    }
    response.writeHead(200, { ...fields, 'content-type': type, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  /** Who one is, and which methods one may use of `model`; with a token, signs in; or signs out. */
  async #session(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method } = request;
    const { certificateNames } = peerOf(request.socket);
    if (method === 'POST') {
      const authorization = `Bearer ${tokenOf(await readJson(request))}`;
      await this.#options.gate.authorize({ authorization, certificateNames }, methodOf(WHO_AM_I), '');
      response.setHeader('set-cookie', this.#sessions.begin(authorization));
      sendJson(request, response, { json: '{}' });
    } else if (method === 'DELETE') {
      response.setHeader('set-cookie', this.#sessions.end(headers.cookie));
      sendJson(request, response, { json: '{}' });
    } else {
      const authorization = this.#sessions.authorizationOf(headers.cookie);
      const json = await this.#whoAmI({ authorization, certificateNames }, url.searchParams.get('model') ?? '');
      sendJson(request, response, { json });
    }
  }

  async #whoAmI(credentials: Credentials, model: string): Promise<string> {
    const { calls, gate } = this.#options;
    try {
      const caller = await gate.authorize(credentials, methodOf(WHO_AM_I), '');
      const methods = calls.names.filter((name) => mayCall(caller, name, model));
      return JSON.stringify({ signedIn: true, name: caller.name, role: caller.role, methods });
    } catch (caught) {
      if (toServerError(caught).code !== 'unauthenticated') throw caught;
      return JSON.stringify({ signedIn: false, name: '', role: '', methods: [] });
    }
  }

  async #watch(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { calls } = this.#options;
    const watches = parseWatches(url.searchParams.get('of'), calls);
    const from = this.#from(request, response);
    // A page that may not look is told so as such, since a browser does not show what the stream would say.
    await calls.ask(LOOK, { pageSize: 1 }, from);
    if (this.#streams >= MAX_STREAMS) {
      throw new ServerError('resource_exhausted', `${MAX_STREAMS} pages are watching already; close one`);
    }
    this.#streams += 1;
    try {
      await new EventStream(response, calls, from).run(watches);
    } finally {
      this.#streams -= 1;
      response.end();
    }
  }

  async #upload(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const version = parseJson(url.searchParams.get('version') ?? '{}', 'version');
    const files = parseFiles(url.searchParams.get('files'));
    const pieces = piecesOf(files, timely(request, UPLOAD_IDLE_MS));
    sendJson(request, response, {
      json: await this.#options.calls.register(version, pieces, this.#from(request, response)),
    });
  }

  #from(request: IncomingMessage, response: ServerResponse): From {
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    const { 'x-sluice-actor': actor, cookie } = request.headers;
    const authorization = this.#sessions.authorizationOf(cookie);
    const fields = [
      ...(typeof actor === 'string' ? [{ name: 'x-sluice-actor', value: actor }] : []),
      ...(authorization === undefined ? [] : [{ name: 'authorization', value: authorization }]),
    ];
    return { fields, peer: peerOf(request.socket), signal: gone.signal };
  }
}

function methodOf(name: string): string {
  return `sluice.admin.v1.${name}`;
}

/** What the page offers; what is asked for is authorised call by call all the same. `model` '' = no certain one. */
function mayCall({ role, models }: Caller, name: string, model: string): boolean {
  const { need, subject } = permissionOf(methodOf(name));
  if (subject === 'self') return true;
  if (!mayDo(role, need)) return false;
  return models.length === 0 || subject === 'own models' || (subject !== 'server' && models.includes(model));
}

function tokenOf(body: unknown): string {
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
  if (typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_CHARACTERS) return token;
  throw new ServerError('invalid_argument', 'give {"token": "…"}, as `sluice token` made it');
}

/** A client that still sends the body of what was refused would not see why, if the connection ended at once. */
function readRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => {
    clearTimeout(timer);
  });
  request.resume();
}

function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, json }: { readonly status?: number; readonly json: string },
): void {
  if (!request.complete) readRest(request);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

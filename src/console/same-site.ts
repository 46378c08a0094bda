/** Whether a request comes from the page itself: other sites reach a loopback port through their visitors. */
import type { IncomingHttpHeaders } from 'node:http';
import { ServerError } from '../domain/errors.ts';

/** A page of another site cannot send it without being asked for leave, which it is not given. */
const CONSOLE_HEADER = 'x-sluice-console';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?$/;
const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

export interface SiteOptions {
  /** Names and addresses under which the console is reached, beside those of the loopback. */
  readonly hosts: readonly string[];
}

/** A name that somebody else points at this address (DNS rebinding) is not among those that are answered. */
export function checkHost({ host = '' }: IncomingHttpHeaders, { hosts }: SiteOptions): void {
  const [, name] = HOST.exec(host.toLowerCase()) ?? [];
  if (name !== undefined && (LOOPBACK.test(name) || hosts.includes(name))) return;
  const shown = JSON.stringify(host.slice(0, 100));
  throw new ServerError('permission_denied', `the console is not served as ${shown}; name it in --console-hosts`);
}

/** `changes`: more than a look. A proxy in front may speak TLS, so either scheme is the page's own. */
export function checkOrigin(headers: IncomingHttpHeaders, changes: boolean): void {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const own = ['http://', 'https://'].map((scheme) => scheme + host.toLowerCase());
  const isOther = (origin !== undefined && !own.includes(origin)) || (site !== undefined && site !== 'same-origin');
  const isBare = changes && headers[CONSOLE_HEADER] !== '1';
  if (!isOther && !isBare) return;
  const message = `requests come from the console's own page, with ${CONSOLE_HEADER}: 1; use the Admin port for others`;
  throw new ServerError('permission_denied', message);
}

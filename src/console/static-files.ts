/** The files of the page: read once at the start, each under the one path at which it is served. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StaticFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

export interface StaticFiles {
  /** By path; nothing else can be read. */
  readonly files: ReadonlyMap<string, StaticFile>;
  /** The value of Content-Security-Policy. */
  readonly policy: string;
}

const PAGE_DIRECTORY = fileURLToPath(new URL('../../console', import.meta.url));

/** Libraries of the page, by the path under which its import map names them. */
const LIBRARIES: Readonly<Record<string, string>> = {
  '/lib/preact.js': import.meta.resolve('preact'),
  '/lib/preact-hooks.js': import.meta.resolve('preact/hooks'),
  '/lib/uplot.js': new URL('uPlot.esm.js', import.meta.resolve('uplot')).href,
  '/lib/uplot.css': new URL('uPlot.min.css', import.meta.resolve('uplot')).href,
};

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const IMPORT_MAP = /<script type="importmap">([^]*?)<\/script>/;

export async function loadStaticFiles(): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  for (const entry of await readdir(PAGE_DIRECTORY, { withFileTypes: true, recursive: true })) {
    const type = TYPES[entry.name.replace(/^.*\./, '')];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const served = path.slice(PAGE_DIRECTORY.length);
    files.set(served === '/index.html' ? '/' : served, staticFile(await readFile(path), type));
  }
  for (const [path, url] of Object.entries(LIBRARIES)) {
    files.set(path, staticFile(await readFile(fileURLToPath(url)), TYPES[path.replace(/^.*\./, '')] ?? ''));
  }
  return { files, policy: policyFor(files.get('/')?.body.toString() ?? '') };
}

function staticFile(body: Buffer, type: string): StaticFile {
  return { body, type, etag: `"${digestOf(body)}"` };
}

function digestOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

/** Everything from here, nothing in the page's text but the one import map, which a file of its own cannot hold. */
function policyFor(page: string): string {
  const [, map = ''] = IMPORT_MAP.exec(page) ?? [];
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${digestOf(map)}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

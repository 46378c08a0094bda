import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type H2Server, serve } from '../../../src/transport/h2/serve.ts';
import { testService } from '../../interop/test-service.ts';
import { type Certificate, selfSigned } from '../../support/certificate.ts';
import { goTool, type Tool } from '../../support/tools.ts';

const run = promisify(execFile);
const H2SPEC_TIMEOUT_MS = 120_000;

/** Of h2spec 2.2.1, strict ones included: fewer would say that it was not run whole. */
const CASES = 146;

describe('h2spec, strict cases included', () => {
  let h2spec: Tool;
  let certificate: Certificate;
  let dir: string;
  before(async () => {
    h2spec = await goTool('h2spec');
    certificate = await selfSigned();
    dir = await mkdtemp(join(tmpdir(), 'sluice-h2spec-'));
  });
  after(async () => {
    await rm(dir, { recursive: true });
    await rm(dirname(certificate.certFile), { recursive: true });
  });

  it('finds nothing wrong with plain connections', async (context) => {
    const server = await serve(testService(), { host: '127.0.0.1', port: 0 });
    await passesAll(context, server);
  });

  it('finds nothing wrong with connections over TLS', async (context) => {
    const { key, cert } = certificate;
    const server = await serve(testService(), { host: '127.0.0.1', port: 0, tls: { key, cert } });
    await passesAll(context, server, '--tls', '--insecure');
  });

  async function passesAll(context: TestContext, server: H2Server, ...more: readonly string[]): Promise<void> {
    try {
      if ('missing' in h2spec) {
        context.skip(h2spec.missing);
        return;
      }
      const file = join(dir, `${String(server.port)}.xml`);
      const place = ['--host', '127.0.0.1', '--port', String(server.port), '--junit-report', file];
      const args = ['--strict', ...place, ...more];
      // It ends with 1 when a case failed; the report says which.
      const { stdout } = await run(h2spec.path, args, { timeout: H2SPEC_TIMEOUT_MS }).catch(
        (caught: unknown) => caught as { stdout: string },
      );
      assert.deepEqual(failuresOf(await readFile(file, 'utf8')), []);
      assert.match(stdout, new RegExp(`\\n${CASES} tests, ${CASES} passed, 0 skipped, 0 failed\\n`));
    } finally {
      server.close();
    }
  }
});

/** The cases of a JUnit report that failed, each with what was expected and what came. */
function failuresOf(xml: string): string[] {
  return [...xml.matchAll(/<testcase [^>]*>[^]*?<\/testcase>/g)]
    .map(([text]) => text)
    .filter((text) => /<(failure|error)\b/.test(text));
}

import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type H2Server, serve } from '../../src/transport/h2/serve.ts';
import { type Certificate, selfSigned } from '../support/certificate.ts';
import { goTool, type Tool } from '../support/tools.ts';
import { testService } from './test-service.ts';

const run = promisify(execFile);
const CLIENT_TIMEOUT_MS = 30_000;

/** As gRPC describes them in doc/interop-test-descriptions.md. */
const CASES = [
  'empty_unary',
  'large_unary',
  'client_streaming',
  'server_streaming',
  'ping_pong',
  'empty_stream',
  'timeout_on_sleeping_server',
  'cancel_after_begin',
  'cancel_after_first_response',
  'status_code_and_message',
  'special_status_message',
  'custom_metadata',
  'unimplemented_method',
  'unimplemented_service',
];

describe("grpc-go's interop client", () => {
  let client: Tool;
  let certificate: Certificate;
  let plain: H2Server;
  let secure: H2Server;
  before(async () => {
    client = await goTool('interopClient');
    certificate = await selfSigned();
    const { key, cert } = certificate;
    plain = await serve(testService(), { host: '127.0.0.1', port: 0 });
    secure = await serve(testService(), { host: '127.0.0.1', port: 0, tls: { key, cert } });
  });
  after(async () => {
    plain.close();
    secure.close();
    await rm(dirname(certificate.certFile), { recursive: true });
  });

  for (const name of CASES) {
    it(`passes ${name}`, async (context) => {
      if ('missing' in client) context.skip(client.missing);
      else await call(client.path, name, plain);
    });
    it(`passes ${name} over TLS`, async (context) => {
      const { certFile } = certificate;
      if ('missing' in client) context.skip(client.missing);
      else await call(client.path, name, secure, '--use_tls', '--use_test_ca', `--ca_file=${certFile}`);
    });
  }
});

/** Rejects, with what the client wrote, when the case fails. */
async function call(path: string, name: string, server: H2Server, ...more: readonly string[]): Promise<void> {
  const place = ['--server_host=localhost', `--server_port=${String(server.port)}`];
  await run(path, [`--test_case=${name}`, ...place, ...more], { timeout: CLIENT_TIMEOUT_MS });
}

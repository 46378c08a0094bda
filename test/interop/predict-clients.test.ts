import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { loadReflectedSchema } from '../../src/transport/grpc-js/codec.ts';
import { filesOf, loadDescriptorCodec } from '../../src/transport/grpc-js/descriptor-codec.ts';
import { mendDescriptors } from '../../src/transport/grpc-js/mend-descriptors.ts';
import { MODELS, REPOSITORY, Sluice } from '../support/sluice.ts';
import { cargoTool, npmTool, python, type Tool } from '../support/tools.ts';

const run = promisify(execFile);
const CLIENTS = join(REPOSITORY, 'test/interop/clients');
const CLIENT_TIMEOUT_MS = 60_000;

describe('clients of other makes predict over the lean transport', () => {
  let dir: string;
  let server: Sluice;
  let rust: Tool;
  before(async () => {
    // Building it takes longer than a test may.
    rust = await cargoTool('rust');
    dir = await mkdtemp(join(tmpdir(), 'sluice-interop-'));
    await cp(join(MODELS, 'iris'), join(dir, 'models/iris'), { recursive: true });
    await writeFile(join(dir, 'predict.binpb'), fileDescriptorSet());
    server = await Sluice.start({ modelsDir: join(dir, 'models'), args: ['--predict-transport', 'h2'] });
  });
  after(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });

  it('tonic in Rust', async (context) => {
    await answersAll(rust, context, (path) => [path, server.predictAddress]);
  });

  it('Connect in Node', async (context) => {
    const descriptors = fileDescriptorSet().toString('base64');
    const tool = await npmTool('node', 'connect-client.mjs');
    await answersAll(tool, context, (path) => [process.execPath, path, server.predictAddress, descriptors]);
  });

  it('grpcio in Python', async (context) => {
    const script = join(CLIENTS, 'python/grpcio_client.py');
    const descriptors = join(dir, 'predict.binpb');
    await answersAll(await python(), context, (path) => [path, script, server.predictAddress, descriptors]);
  });
});

async function answersAll(tool: Tool, context: TestContext, line: (path: string) => string[]): Promise<void> {
  if ('missing' in tool) {
    context.skip(tool.missing);
    return;
  }
  const [command = '', ...args] = line(tool.path);
  const { stdout } = await run(command, args, { timeout: CLIENT_TIMEOUT_MS });
  assert.equal(stdout, 'all answered\n');
}

/** A google.protobuf.FileDescriptorSet of predict.proto and what it imports, for clients that have no compiled code. */
function fileDescriptorSet(): Buffer {
  const { decode, encode } = loadDescriptorCodec();
  const files = filesOf(loadReflectedSchema(['sluice/v1/predict.proto'])).map(decode);
  mendDescriptors(files);
  // Imported ones first.
  files.sort((a, b) => (a.dependency?.length ?? 0) - (b.dependency?.length ?? 0));
  return Buffer.concat(
    files.map(encode).map((file) => Buffer.concat([Buffer.from([0x0a]), varint(file.length), file])),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

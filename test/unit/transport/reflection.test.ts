/** Reflection gives other languages a schema that they accept. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import { ADMIN_FILES, loadReflectedSchema, PREDICT_FILES } from '../../../src/transport/grpc-js/codec.ts';
import { type FileDescriptor, filesOf, loadDescriptorCodec } from '../../../src/transport/grpc-js/descriptor-codec.ts';
import { openFakeDoor, TRANSPORTS } from '../../support/fake-door.ts';

/** Field 4 of ServerReflectionRequest, file_containing_symbol; every name here is shorter than 128 bytes. */
const asking = (symbol: string): Buffer => Buffer.concat([Buffer.of(0x22, symbol.length), Buffer.from(symbol)]);

for (const transport of TRANSPORTS) {
  for (const version of ['v1', 'v1alpha']) {
    it(`${version} on ${transport} serves files whose map entries and imports are as protoc writes them`, async () => {
      const fake = await openFakeDoor({ transport });
      const client = new Client(fake.target, credentials.createInsecure());
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      const stream = client.makeBidiStreamRequest(path, asking, filesIn);
      const files = await new Promise<FileDescriptor[]>((resolve, reject) => {
        stream.on('data', resolve).on('error', reject);
        stream.write('sluice.v1.PredictService');
      });
      stream.end();
      assert.deepEqual(
        files.map(({ name, dependency }) => [name, dependency ?? []]),
        [
          ['sluice_v1.proto', ['google_protobuf.proto']],
          ['google_protobuf.proto', []],
        ],
      );
      const struct = files[1]?.messageType?.find(({ name }) => name === 'Struct');
      assert.equal(struct?.nestedType?.[0]?.name, 'FieldsEntry');
      assert.equal(struct.field?.[0]?.typeName, '.google.protobuf.Struct.FieldsEntry');
      const request = files[0]?.messageType?.find(({ name }) => name === 'PredictRequest');
      const requestId = request?.field?.find(({ name }) => name === 'request_id');
      assert.equal(requestId?.jsonName, 'requestId');
      client.close();
      fake.door.close();
    });
  }
}

it('each door tells of its own services alone, with all that they need', () => {
  for (const [files, packages, services] of [
    [
      PREDICT_FILES,
      ['google.protobuf', 'inference', 'sluice.v1'],
      ['GRPCInferenceService', 'OutcomeService', 'PredictService'],
    ],
    [
      ADMIN_FILES,
      ['google.protobuf', 'sluice.admin.v1'],
      ['Access', 'Audit', 'Drift', 'Experiments', 'Monitor', 'Registry', 'Rollouts', 'Shadows', 'Traffic'],
    ],
  ] as const) {
    const { decode } = loadDescriptorCodec();
    const found = filesOf(loadReflectedSchema(files)).map(decode);
    assert.deepEqual(found.map((file) => file.package).toSorted(), packages);
    const names = found.flatMap(({ service = [] }) => service.map((one) => (one as { name?: string }).name));
    assert.deepEqual(names.toSorted(), services);
  }
});

/** The file_descriptor_proto entries of field 4, file_descriptor_response, of a ServerReflectionResponse. */
function filesIn(response: Buffer): FileDescriptor[] {
  const { decode } = loadDescriptorCodec();
  const fields = (bytes: Buffer): [number, Buffer][] => {
    const found: [number, Buffer][] = [];
    for (let at = 0; at < bytes.length;) {
      const tag = bytes[at++] ?? 0;
      let length = 0;
      for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
        byte = bytes[at++] ?? 0;
        length += (byte & 0x7f) * 2 ** shift;
      }
      found.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
    return found;
  };
  const [, answer] = fields(response).find(([field]) => field === 4) ?? [];
  return fields(answer ?? Buffer.alloc(0)).map(([, file]) => decode(file));
}

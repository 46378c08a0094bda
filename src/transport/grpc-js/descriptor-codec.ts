/** FileDescriptorProto, the schema's own message: its bytes to objects and back. */
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader';

/** The parts that are read or mended; the others pass through untouched. */
export interface FileDescriptor {
  readonly name: string;
  readonly package: string;
  dependency?: string[];
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly { readonly name: string }[];
  readonly service?: readonly { readonly method?: readonly MethodDescriptor[] }[];
}

export interface MessageDescriptor {
  name: string;
  readonly field?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly { readonly name: string }[];
  readonly options?: { readonly mapEntry?: boolean };
}

export interface FieldDescriptor {
  readonly name: string;
  typeName?: string;
  jsonName?: string;
}

interface MethodDescriptor {
  readonly inputType: string;
  readonly outputType: string;
}

export interface DescriptorCodec {
  readonly decode: (bytes: Buffer) => FileDescriptor;
  readonly encode: (file: FileDescriptor) => Buffer;
}

export function loadDescriptorCodec(): DescriptorCodec {
  // No defaults: in this proto2 message an absent field and an empty one differ.
  const definition = loadSync('google/protobuf/descriptor.proto')['google.protobuf.FileDescriptorProto'];
  const { deserialize, serialize } = definition as MessageTypeDefinition<FileDescriptor, FileDescriptor>;
  return { decode: deserialize, encode: serialize };
}

/** The same definition with other descriptors, as far as reflection looks at it. */
export function definitionOf(files: readonly Buffer[]): PackageDefinition {
  return { files: { format: '', type: {}, fileDescriptorProtos: files } } as unknown as PackageDefinition;
}

/** Every file behind a loaded definition, each once. */
export function filesOf(definition: PackageDefinition): Buffer[] {
  const files = Object.values(definition).flatMap((entry) =>
    'fileDescriptorProtos' in entry ? (entry.fileDescriptorProtos as Buffer[]) : [],
  );
  return [...new Set(files)];
}

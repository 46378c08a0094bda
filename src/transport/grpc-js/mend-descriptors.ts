/**
 * Makes protobufjs's descriptors ones that other languages accept. It names map entries after the field alone where
 * protoc writes "FieldEntry", and lists no imports, so that grpcurl, Postman and every Go or Java client refuse a
 * schema with maps or well-known types (grpcurl issue 519). It also leaves type names relative and JSON names out; here
 * they are as protoc writes them.
 */
import type { FieldDescriptor, FileDescriptor, MessageDescriptor } from './descriptor-codec.ts';

/** Mends in place; the files must hold every type that they name. */
export function mendDescriptors(files: readonly FileDescriptor[]): void {
  for (const file of files) for (const message of file.messageType ?? []) renameMapEntries(message);
  const owners = new Map<string, FileDescriptor>();
  for (const file of files) for (const name of namesOf(file)) owners.set(name, file);
  for (const file of files) {
    const used = new Set<string>();
    for (const message of file.messageType ?? []) resolveFields(message, `.${file.package}`, owners, used);
    for (const { method = [] } of file.service ?? []) {
      for (const { inputType, outputType } of method) used.add(inputType).add(outputType);
    }
    const imports = new Set<string>();
    for (const name of used) {
      const owner = owners.get(name);
      if (owner !== undefined && owner !== file) imports.add(owner.name);
    }
    file.dependency = [...imports];
  }
}

function renameMapEntries(message: MessageDescriptor): void {
  for (const nested of message.nestedType ?? []) {
    renameMapEntries(nested);
    if (nested.options?.mapEntry !== true) continue;
    const field = message.field?.find(({ typeName }) => typeName === nested.name);
    if (field === undefined) continue;
    nested.name = mapEntryName(field.name);
    field.typeName = nested.name;
  }
}

/** As protoc names it: raw_settings becomes RawSettingsEntry. */
function mapEntryName(field: string): string {
  const words = field.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Entry`;
}

/** As protoc names it: raw_settings becomes rawSettings. */
function jsonName(field: string): string {
  return field.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function namesOf(file: FileDescriptor): string[] {
  const scope = `.${file.package}`;
  const enums = file.enumType ?? [];
  return [
    ...enums.map(({ name }) => `${scope}.${name}`),
    ...(file.messageType ?? []).flatMap((message) => namesWithin(message, scope)),
  ];
}

function namesWithin({ name, nestedType = [], enumType = [] }: MessageDescriptor, scope: string): string[] {
  const own = `${scope}.${name}`;
  const enums = enumType.map((nested) => `${own}.${nested.name}`);
  return [own, ...enums, ...nestedType.flatMap((nested) => namesWithin(nested, own))];
}

function resolveFields(
  message: MessageDescriptor,
  scope: string,
  owners: ReadonlyMap<string, FileDescriptor>,
  used: Set<string>,
): void {
  const own = `${scope}.${message.name}`;
  for (const field of message.field ?? []) {
    field.jsonName = jsonName(field.name);
    if (!hasType(field)) continue;
    field.typeName = absoluteName(field.typeName, own, owners);
    used.add(field.typeName);
  }
  for (const nested of message.nestedType ?? []) resolveFields(nested, own, owners, used);
}

/** Protobuf's rule: the innermost scope that knows the name wins. */
function absoluteName(name: string, scope: string, owners: ReadonlyMap<string, FileDescriptor>): string {
  if (name.startsWith('.')) return name;
  for (let outer = scope; outer !== ''; outer = outer.slice(0, outer.lastIndexOf('.'))) {
    const candidate = `${outer}.${name}`;
    if (owners.has(candidate)) return candidate;
  }
  return `.${name}`;
}

function hasType(field: FieldDescriptor): field is FieldDescriptor & { typeName: string } {
  return field.typeName !== undefined && field.typeName !== '';
}

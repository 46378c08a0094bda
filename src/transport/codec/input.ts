/** One input tensor of a request, from any protocol's fields to the domain's tensor, checked against itself. */
import { type Datatype, DATATYPES, ELEMENT_BYTES } from '../../domain/datatype.ts';
import { ServerError } from '../../domain/errors.ts';
import { elementCount, type Tensor } from '../../domain/tensor.ts';
import { decodeByteStrings, notText } from './byte-strings.ts';
import { packValues } from './pack-values.ts';
import { formatShape, quote } from './quote.ts';
import { checkShape } from './shape.ts';
import type { TensorMessage } from './tensor-message.ts';
import { DATATYPE_OF, FIELD_OF, TYPED_FIELDS, type TypedField } from './typed-fields.ts';

const KNOWN_DATATYPES: ReadonlyMap<string, Datatype> = new Map(DATATYPES.map((datatype) => [datatype, datatype]));

/** A tensor whose bytes are `raw` as they are; only text is decoded. `model` is for messages only. */
export function rawInput(model: string, message: TensorMessage, raw: Uint8Array): Tensor {
  const { name } = message;
  const datatype = parseDatatype(message);
  const shape = checkShape(message);
  const count = elementCount(shape);
  if (datatype === 'BYTES') return { name, datatype, shape, data: decodeByteStrings(name, raw, count) };
  const expected = count * ELEMENT_BYTES[datatype];
  if (raw.byteLength !== expected) {
    const what = `input byte size mismatch for input ${quote(name)} for model ${quote(model)}.`;
    const why = `${datatype} ${formatShape(shape)}`;
    throw new ServerError('invalid_argument', `${what} Expected ${expected}, got ${raw.byteLength} (${why})`);
  }
  if (datatype === 'BOOL') checkBools(name, raw);
  return { name, datatype, shape, data: raw };
}

/** A tensor from its one typed field; an empty datatype is read off that field. */
export function typedInput(model: string, message: TensorMessage): Tensor {
  const { name, numbers, texts } = message;
  checkText(message);
  if (message.filled > 1) throw bad(name, `has values in ${filledFields(message).join(' and ')}; use one field`);
  const field = numbers === undefined ? (texts.length > 0 ? 'strings' : undefined) : numbers.field;
  const datatype = message.datatype === '' && field !== undefined ? DATATYPE_OF[field] : parseDatatype(message);
  if (field !== undefined) checkField(name, datatype, field);
  const shape = checkShape(message);
  checkCount(name, shape, numbers?.count ?? texts.length, model);
  if (numbers !== undefined) return { name, datatype, shape, data: packValues(name, datatype, numbers) };
  return { name, datatype, shape, data: datatype === 'BYTES' ? texts : new Uint8Array(0) };
}

/** The typed fields that hold values, in the order of their numbers. */
export function filledFields({ numbers, others, texts }: TensorMessage): TypedField[] {
  return TYPED_FIELDS.filter((field) =>
    field === 'strings' ? texts.length > 0 : numbers?.field === field || others.some((other) => other.field === field),
  );
}

export function checkText({ name, notText: index }: TensorMessage): void {
  if (index !== -1) throw notText(name, index);
}

function parseDatatype({ name, datatype }: TensorMessage): Datatype {
  const known = KNOWN_DATATYPES.get(datatype);
  if (known !== undefined) return known;
  const problem = datatype === '' ? 'has no datatype' : `has datatype ${quote(datatype)}, which is not known`;
  throw bad(name, `${problem}; use one of ${DATATYPES.join(', ')}`);
}

function checkField(name: string, datatype: Datatype, field: TypedField): void {
  const expected = FIELD_OF[datatype];
  if (field === expected) return;
  const advice = expected === undefined ? 'send its bytes raw' : `its values belong in ${expected}`;
  throw bad(name, `is ${datatype} but has values in ${field}; ${advice}`);
}

function checkCount(name: string, shape: readonly number[], found: number, model: string): void {
  const expected = elementCount(shape);
  if (found === expected) return;
  if (found === 0) {
    const message = `unable to find data for input tensor ${quote(name)} for model ${quote(model)} in request.`;
    throw new ServerError('invalid_argument', `${message} Its shape ${formatShape(shape)} asks for ${expected} values`);
  }
  if (shape.length === 0) {
    throw bad(name, `has no shape, which means one value, but holds ${found}; add its shape, such as [1,${found}]`);
  }
  throw bad(name, `has ${found} values, but its shape ${formatShape(shape)} asks for ${expected}`);
}

function checkBools(name: string, raw: Uint8Array): void {
  const wrong = raw.findIndex((byte) => byte > 1);
  if (wrong === -1) return;
  throw bad(name, `has byte ${raw[wrong]} at element ${wrong}; BOOL is 0 or 1`);
}

function bad(name: string, what: string): ServerError {
  return new ServerError('invalid_argument', `input ${quote(name)} ${what}`);
}

/** One input tensor of a request, from any protocol's fields to the domain's tensor, checked against itself. */
import { type Datatype, DATATYPES, ELEMENT_BYTES, isDatatype } from '../../domain/datatype.ts';
import { ServerError } from '../../domain/errors.ts';
import { elementCount, type Tensor } from '../../domain/tensor.ts';
import { decodeByteStrings } from './byte-strings.ts';
import type { Int64 } from './int64.ts';
import { formatShape, quote } from './quote.ts';
import { parseShape } from './shape.ts';
import { DATATYPE_OF, FIELD_OF, filledFields, packValues, type TypedField, type TypedValues } from './typed-values.ts';

export interface InputHeader {
  /** For messages only. */
  readonly model: string;
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly Int64[];
}

/** A tensor whose bytes are a view of `raw`; only text is decoded. */
export function rawInput(header: InputHeader, raw: Uint8Array): Tensor {
  const { name } = header;
  const datatype = parseDatatype(header);
  const shape = parseShape(name, header.shape);
  const count = elementCount(shape);
  if (datatype === 'BYTES') return { name, datatype, shape, data: decodeByteStrings(name, raw, count) };
  const expected = count * ELEMENT_BYTES[datatype];
  if (raw.byteLength !== expected) {
    const what = `input byte size mismatch for input ${quote(name)} for model ${quote(header.model)}.`;
    const why = `${datatype} ${formatShape(shape)}`;
    throw new ServerError('invalid_argument', `${what} Expected ${expected}, got ${raw.byteLength} (${why})`);
  }
  if (datatype === 'BOOL') checkBools(name, raw);
  return { name, datatype, shape, data: raw };
}

/** A tensor from its one typed field; an empty datatype is read off that field. */
export function typedInput(header: InputHeader, values: TypedValues): Tensor {
  const { name } = header;
  const filled = filledFields(values);
  const [field] = filled;
  if (filled.length > 1) throw bad(name, `has values in ${filled.join(' and ')}; use one field`);
  const datatype = header.datatype === '' && field !== undefined ? DATATYPE_OF[field] : parseDatatype(header);
  if (field !== undefined) checkField(name, datatype, field);
  const shape = parseShape(name, header.shape);
  checkCount(name, shape, field === undefined ? 0 : values[field].length, header.model);
  if (field === undefined) return { name, datatype, shape, data: datatype === 'BYTES' ? [] : new Uint8Array(0) };
  return { name, datatype, shape, data: packValues(name, datatype, values) };
}

function parseDatatype({ name, datatype }: InputHeader): Datatype {
  if (isDatatype(datatype)) return datatype;
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

/** ONNX's messages as far as they are checked: the form of each field, what is in it, and how much there may be. */
import { malformed } from './wire-reader.ts';
import type { Field, Range, WireReader } from './wire-reader.ts';

export type Kind =
  | 'model'
  | 'opset'
  | 'training'
  | 'function'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'sparse'
  | 'tensor'
  | 'entry'
  | 'value'
  | 'type'
  | 'tensor type'
  | 'shape'
  | 'dimension'
  | 'sequence'
  | 'map';

/** What is counted over the whole model. */
export type Counted = keyof typeof MAX_COUNTS;

/** Several times what the largest known models have; the runtime takes kilobytes for each. */
export const MAX_COUNTS = {
  nodes: 250_000,
  /** Initializers, and tensors as attributes. */
  tensors: 250_000,
  functions: 10_000,
  'inputs and outputs of graphs': 100_000,
  'imported operator sets': 50_000,
} as const;

/** Texts that name something; what only people read may be as long as it likes. */
export const MAX_NAME_BYTES = 2 ** 16;
/** Of operators, their domains and overloads; they are remembered until all functions are known. */
export const MAX_OPERATOR_BYTES = 256;

/** The plural ones: one, or many packed into one field. */
type Form = 'varint' | 'float' | 'bytes' | 'varints' | 'floats' | 'doubles';

interface Rule {
  readonly form: Form;
  /** A second one would be merged with the first, or take its place: readers differ, and no exporter writes it. */
  readonly once: boolean;
  /** What message it is, where what is inside matters. */
  readonly kind?: Kind;
  readonly count?: Counted;
  /** What of an operator's identity it is. */
  readonly part?: 'domain' | 'name' | 'overload';
  readonly maxBytes?: number;
}

type Rules = Readonly<Record<number, Rule>>;

const FORMS: Readonly<Record<Form, (field: Field, bytes: number) => boolean>> = {
  varint: ({ wire }) => wire === 'varint',
  float: ({ wire }, bytes) => wire === 'fixed' && bytes === 4,
  bytes: ({ wire }) => wire === 'bytes',
  varints: ({ wire }) => wire === 'varint' || wire === 'bytes',
  floats: ({ wire }, bytes) => (wire === 'fixed' && bytes === 4) || (wire === 'bytes' && bytes % 4 === 0),
  doubles: ({ wire }, bytes) => (wire === 'fixed' && bytes === 8) || (wire === 'bytes' && bytes % 8 === 0),
};

const NUMBER: Rule = { form: 'varint', once: true };
const NUMBERS: Rule = { form: 'varints', once: false };
const FLOAT: Rule = { form: 'float', once: true };
const FLOATS: Rule = { form: 'floats', once: false };
const DOUBLES: Rule = { form: 'doubles', once: false };
const BYTES: Rule = { form: 'bytes', once: true };
const TEXTS: Rule = { form: 'bytes', once: false };
const NAME: Rule = { ...BYTES, maxBytes: MAX_NAME_BYTES };
const NAMES: Rule = { ...NAME, once: false };
const PART: Rule = { ...BYTES, maxBytes: MAX_OPERATOR_BYTES };
const DOMAIN: Rule = { ...PART, part: 'domain' };
const OPERATOR: Rule = { ...PART, part: 'name' };
const OVERLOAD: Rule = { ...PART, part: 'overload' };

const one = (kind: Kind, count?: Counted): Rule => ({ ...BYTES, kind, ...(count === undefined ? {} : { count }) });
const many = (kind: Kind, count?: Counted): Rule => ({ ...one(kind, count), once: false });

const END = 'inputs and outputs of graphs';

const RULES: Readonly<Record<Kind, Rules>> = {
  model: {
    1: NUMBER,
    ...{ 2: NAME, 3: NAME, 4: NAME, 5: NUMBER, 6: BYTES, 7: one('graph') },
    ...{ 8: many('opset', 'imported operator sets'), 14: many('entry'), 20: many('training') },
    25: many('function', 'functions'),
  },
  opset: { 1: PART, 2: NUMBER },
  training: { 1: one('graph'), 2: one('graph'), 3: many('entry'), 4: many('entry') },
  function: {
    ...{ 1: OPERATOR, 4: NAMES, 5: NAMES, 6: NAMES, 7: many('node', 'nodes'), 8: BYTES },
    ...{ 9: many('opset', 'imported operator sets'), 10: DOMAIN, 11: many('attribute') },
    ...{ 12: many('value'), 13: OVERLOAD, 14: many('entry') },
  },
  graph: {
    ...{ 1: many('node', 'nodes'), 2: NAME, 5: many('tensor', 'tensors'), 10: BYTES, 11: many('value', END) },
    ...{ 12: many('value', END), 13: many('value'), 15: many('sparse'), 16: many('entry') },
  },
  node: {
    ...{ 1: NAMES, 2: NAMES, 3: NAME, 4: OPERATOR, 5: many('attribute'), 6: BYTES, 7: DOMAIN, 8: OVERLOAD },
    9: many('entry'),
  },
  attribute: {
    ...{ 1: NAME, 2: FLOAT, 3: NUMBER, 4: BYTES, 5: one('tensor', 'tensors'), 6: one('graph'), 7: FLOATS },
    ...{ 8: NUMBERS, 9: TEXTS, 10: many('tensor', 'tensors'), 11: many('graph'), 13: BYTES, 14: one('type') },
    ...{ 15: many('type'), 20: NUMBER, 21: NAME, 22: one('sparse'), 23: many('sparse') },
  },
  sparse: { 1: one('tensor', 'tensors'), 2: one('tensor', 'tensors'), 3: NUMBERS },
  tensor: {
    ...{ 1: NUMBERS, 2: NUMBER, 4: FLOATS, 5: NUMBERS, 6: TEXTS, 7: NUMBERS, 8: NAME, 9: BYTES, 10: DOUBLES },
    ...{ 11: NUMBERS, 12: BYTES, 13: many('entry'), 14: NUMBER, 16: many('entry') },
  },
  entry: { 1: BYTES, 2: BYTES },
  value: { 1: NAME, 2: one('type'), 3: BYTES, 4: many('entry') },
  type: {
    ...{ 1: one('tensor type'), 4: one('sequence'), 5: one('map'), 6: NAME, 8: one('tensor type') },
    9: one('sequence'),
  },
  'tensor type': { 1: NUMBER, 2: one('shape') },
  shape: { 1: many('dimension') },
  dimension: { 1: NUMBER, 2: NAME, 3: NAME },
  /** An optional value has the same form. */
  sequence: { 1: one('type') },
  map: { 1: NUMBER, 2: one('type') },
};

/** The fields of a message, in the file's order. Throws where one is not as ONNX defines it. */
export function* knownFields(reader: WireReader, kind: Kind, message: Range): Generator<Field, void, void> {
  const rules = RULES[kind];
  let seen = 0;
  for (const field of reader.fields(message)) {
    const rule = rules[field.number];
    if (rule !== undefined) {
      checkField(field, kind, rule);
      const bit = 1 << field.number;
      if (rule.once && (seen & bit) !== 0) throw malformed(field.at, `a second ${nameOf(kind, field)}`);
      seen |= bit;
    }
    yield field;
  }
}

/** undefined where this build does not know the field. */
export function ruleOf(kind: Kind, { number }: Field): Rule | undefined {
  return RULES[kind][number];
}

function checkField(field: Field, kind: Kind, { form, maxBytes = Infinity }: Rule): void {
  const bytes = field.content.end - field.content.start;
  if (!FORMS[form](field, bytes)) throw malformed(field.at, `a ${nameOf(kind, field)} that is not in its form`);
  if (field.wire !== 'bytes' || bytes <= maxBytes) return;
  throw malformed(field.at, `a ${nameOf(kind, field)} of ${bytes} bytes where ${maxBytes} are the most`);
}

function nameOf(kind: Kind, { number }: Field): string {
  return RULES[kind][number]?.kind ?? `field ${number} of the same ${kind}`;
}

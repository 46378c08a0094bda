/** Compiles flags and environment into the Config; flags win. Pure: what to do with an error is the caller's. */
import { closest } from './closest.ts';
import { helpText } from './help.ts';
import { OPTIONS, OPTION_FIELDS, envOf, flagOf, optionOf } from './options.ts';
import type { Config, OptionField } from './options.ts';

export type Compiled =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  /** One sentence that names the option, the value and what is allowed. */
  | { readonly kind: 'error'; readonly message: string };

/** What was given for an option, and the name under which. */
interface Given {
  readonly name: string;
  readonly text: string;
}

type GivenByField = ReadonlyMap<OptionField, Given>;

interface Refusal {
  readonly kind: 'error';
  readonly message: string;
}

type ConfigInTheMaking = { -readonly [F in OptionField]?: Config[F] };

/** `argv` is what follows the script's name; `env` the whole environment. */
export function compileOptions(source: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): Compiled {
  if (source.argv.some((word) => word === '--help' || word === '-h')) return { kind: 'help', text: helpText() };
  if (source.argv.includes('--version')) return { kind: 'version' };
  const flags = readFlags(source.argv);
  if (isRefusal(flags)) return flags;
  const variables = readEnvironment(source.env);
  if (isRefusal(variables)) return variables;
  const config: ConfigInTheMaking = {};
  for (const field of OPTION_FIELDS) {
    const refusal = fill(config, field, flags.get(field) ?? variables.get(field));
    if (refusal !== undefined) return refusal;
  }
  if (!isComplete(config)) return refuse('the table of options has an option without a default');
  return { kind: 'config', config: Object.freeze(config) };
}

// One field at a time: F ties the option's value to the field of Config that takes it.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function fill<F extends OptionField>(
  config: ConfigInTheMaking,
  field: F,
  given: Given | undefined,
): Refusal | undefined {
  const option = optionOf(field);
  const value = given === undefined ? option.default : option.kind.parse(given.text);
  if (value === undefined) {
    const shown = option.secret === true ? 'what was given' : quote(given?.text);
    return refuse(`${given?.name ?? ''} cannot be ${shown}; give ${option.kind.allowed}`);
  }
  config[field] = value;
  return undefined;
}

function readFlags(argv: readonly string[]): GivenByField | Refusal {
  const given = new Map<OptionField, Given>();
  const words = argv.values();
  for (const word of words) {
    if (!word.startsWith('--')) return refuse(`${quote(word)} is not an option; options start with --, see --help`);
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const toggled = findToggle(name);
    const field = toggled?.field ?? FIELD_BY_FLAG.get(name);
    if (field === undefined) return refuse(unknown('option', name, [...FIELD_BY_FLAG.keys()]));
    const attached = equals < 0 ? undefined : word.slice(equals + 1);
    if (toggled?.negated === true && attached !== undefined) {
      return refuse(`${name} takes no value; got ${quote(attached)}`);
    }
    const text = attached ?? toggled?.text ?? words.next().value;
    if (text === undefined || (attached === undefined && text.startsWith('--'))) {
      return refuse(`${name} needs a value; give ${OPTIONS[field].kind.allowed}`);
    }
    const former = given.get(field);
    if (former !== undefined) {
      return refuse(`${flagOf(field)} is given twice, as ${quote(former.text)} and as ${quote(text)}; give it once`);
    }
    given.set(field, { name, text });
  }
  return given;
}

interface Toggled {
  readonly field: OptionField;
  readonly negated: boolean;
  readonly text: string;
}

/** `--x` and `--no-x` of an option that is true or false. */
function findToggle(name: string): Toggled | undefined {
  const negated = name.startsWith('--no-');
  const field = FIELD_BY_FLAG.get(negated ? `--${name.slice('--no-'.length)}` : name);
  if (field === undefined || typeof OPTIONS[field].default !== 'boolean') return undefined;
  return { field, negated, text: String(!negated) };
}

const PREFIX = 'SLUICE_';

/** What Kubernetes sets in every container beside a Service whose name starts with "sluice"; some tell by the value. */
const SERVICE_LINK =
  /^SLUICE_(?:\w+_)?(?:SERVICE_(?:HOST|PORT(?:_\w+)?)=|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?=|PORT=(?:tcp|udp|sctp):)/;

/** What the operator's commands read, and no server does. */
const COMMAND_VARIABLES = ['SLUICE_TOKEN', 'SLUICE_TOKEN_FILE', 'SLUICE_CA', 'SLUICE_CERT', 'SLUICE_CERT_KEY'];

/** An empty variable is as one that is not set, as OpenTelemetry and Compose have it. */
function readEnvironment(env: Readonly<Record<string, string | undefined>>): GivenByField | Refusal {
  const given = new Map<OptionField, Given>();
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || text === '' || COMMAND_VARIABLES.includes(name)) continue;
    const field = FIELD_BY_ENV.get(name);
    if (field !== undefined) given.set(field, { name, text });
    else if (name.startsWith(PREFIX) && !SERVICE_LINK.test(`${name}=${text}`)) {
      return refuse(unknown('environment variable', name, [...FIELD_BY_ENV.keys()]));
    }
  }
  return given;
}

const FIELD_BY_FLAG = new Map(OPTION_FIELDS.map((field) => [flagOf(field), field]));
const FIELD_BY_ENV = new Map(OPTION_FIELDS.map((field) => [envOf(field), field]));

function unknown(what: string, name: string, names: readonly string[]): string {
  const meant = closest(name, names);
  const hint = meant === undefined ? '--help lists all that there are' : `did you mean ${meant}?`;
  return `unknown ${what} ${cut(name)}; ${hint}`;
}

function isRefusal(result: GivenByField | Refusal): result is Refusal {
  return 'kind' in result;
}

function isComplete(config: ConfigInTheMaking): config is Config {
  return OPTION_FIELDS.every((field) => config[field] !== undefined);
}

function refuse(message: string): Refusal {
  return { kind: 'error', message };
}

function quote(text: string | undefined): string {
  return JSON.stringify(cut(text ?? ''));
}

/** Keeps a message one line that a terminal can show. */
function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

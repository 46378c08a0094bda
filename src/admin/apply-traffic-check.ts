/** The form of a traffic policy that somebody asks for: what is wrong with it whatever the registry holds. */
import { checkDifferent, wrong } from '../domain/field-checks.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Match, MatchRule, ShadowTarget } from '../domain/traffic.ts';
import { isName } from '../domain/version.ts';

export interface WantedArm {
  readonly version: string;
  /** '' = the version's name. */
  readonly arm: string;
  readonly weight: number;
}

/** A policy without what the server adds: the slots and the number. */
export interface WantedPolicy {
  readonly arms: readonly WantedArm[];
  readonly rules: readonly MatchRule[];
  readonly shadows: readonly ShadowTarget[];
  readonly failOverTo: string;
  readonly sticky: boolean;
  readonly routingKeyHeader: string;
  /** '' = as it is; any other than the one in force is refused. */
  readonly salt: string;
}

const MAX_ARMS = 32;
const MAX_RULES = 64;
const MAX_SHADOWS = 8;
const MAX_VALUES = 256;
const MAX_VALUE_CHARACTERS = 1024;
const MAX_HEADER_CHARACTERS = 128;

/** Metadata keys as gRPC allows them. */
const HEADER = /^[0-9a-z_.-]+$/;

/** Throws an invalid_argument that names the place, the value and what is allowed. */
export function checkPolicy({ arms, rules, shadows, failOverTo, routingKeyHeader }: WantedPolicy): void {
  checkArms(arms);
  checkCount('rules', rules, MAX_RULES);
  for (const rule of rules) checkRule(rule);
  checkDifferent(
    'rules',
    rules.map(({ name }) => name),
  );
  checkCount('shadows', shadows, MAX_SHADOWS);
  for (const { version, share } of shadows) {
    checkVersion('shadows', version);
    checkWeight(`the share of shadow "${version}"`, share, 1);
  }
  checkDifferent(
    'shadows',
    shadows.map(({ version }) => version),
  );
  if (failOverTo !== '') checkVersion('fail_over_to', failOverTo);
  if (routingKeyHeader !== '') checkHeader('routing_key_header', routingKeyHeader);
}

function checkArms(arms: readonly WantedArm[]): void {
  if (arms.length === 0) throw wrong('the policy has no arms; name at least one version with a weight');
  checkCount('arms', arms, MAX_ARMS);
  for (const { version, arm, weight } of arms) {
    checkVersion('arms', version);
    if (arm !== '' && !isName(arm)) throw wrong(`arm name ${shown(arm)} of version "${version}" is no name; ${NAMES}`);
    checkWeight(`the weight of version "${version}"`, weight, 0);
  }
  checkDifferent(
    'the names of arms',
    arms.map(({ version, arm }) => arm || version),
  );
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  if (total !== TOTAL_WEIGHT) throw wrong(`the weights sum to ${total}; they are in 1/10,000 and must sum to 10000`);
}

function checkRule({ name, header, match, version }: MatchRule): void {
  if (!isName(name)) throw wrong(`rule name ${shown(name)} is no name; ${NAMES}`);
  checkHeader(`the header of rule "${name}"`, header);
  checkVersion(`rule "${name}"`, version);
  const values = valuesOf(match);
  if (match.kind === 'one_of' && values.length === 0) throw wrong(`one_of of rule "${name}" has no values; give some`);
  checkCount(`the values of rule "${name}"`, values, MAX_VALUES);
  if (values.some((value) => value.length > MAX_VALUE_CHARACTERS)) {
    throw wrong(`a value of rule "${name}" has more than ${MAX_VALUE_CHARACTERS} characters; give shorter ones`);
  }
  if (match.kind === 'prefix' && match.value === '') {
    throw wrong(`prefix of rule "${name}" is empty and would match every value; say present: true if that is meant`);
  }
}

function valuesOf(match: Match): readonly string[] {
  switch (match.kind) {
    case 'exact':
    case 'prefix':
      return [match.value];
    case 'one_of':
      return match.values;
    case 'present':
      return [];
  }
}

function checkHeader(where: string, header: string): void {
  const isKey = HEADER.test(header) && header.length <= MAX_HEADER_CHARACTERS;
  if (isKey && !header.endsWith('-bin') && !header.startsWith('grpc-')) return;
  const allowed = `lower-case letters, digits, "-", "_" and ".", ${MAX_HEADER_CHARACTERS} at most, not "grpc-…" and not "…-bin"`;
  throw wrong(`${where} is ${shown(header)}; give a metadata key of ${allowed}`);
}

function checkVersion(where: string, version: string): void {
  if (!isName(version)) throw wrong(`${where}: ${shown(version)} is no version's name; ${NAMES}`);
}

function checkWeight(what: string, weight: number, least: number): void {
  if (Number.isSafeInteger(weight) && weight >= least && weight <= TOTAL_WEIGHT) return;
  throw wrong(`${what} is ${weight}; give a whole number from ${least} to 10000, in 1/10,000`);
}

function checkCount(what: string, items: readonly unknown[], most: number): void {
  if (items.length > most) throw wrong(`${what}: there are ${items.length}, and at most ${most} are allowed`);
}

const NAMES = 'names are letters, digits, ".", "_" and "-", 128 at most, beginning with a letter or digit';

function shown(text: string): string {
  return `"${text.length > 128 ? `${text.slice(0, 128)}…` : text}"`;
}

/** The router: holds the table in force and says which version is to answer a request. */
import { versionOf } from '../domain/catalog.ts';
import { ServerError } from '../domain/errors.ts';
import type { PredictRequest } from '../domain/predict.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { matches } from './match.ts';
import { pick, slotOf } from './pick.ts';
import type { PolicyRoute, Route, RouteTable, Shadow } from './route-table.ts';

export type Question = Pick<PredictRequest, 'model' | 'version' | 'routingKey' | 'header'>;

export interface Choice<T> {
  readonly target: T;
  /** The arm that the request fell into, "rule:NAME" where a rule decided; '' where it named its version. */
  readonly arm: string;
  /** Of the policy in force; 0 without a registry. */
  readonly epoch: number;
  /** -1 where no slot decided. */
  readonly slot: number;
  /** Who gets copies. */
  readonly shadows: readonly Shadow<T>[];
  /** Answers where the target fails. */
  readonly failOver: T | undefined;
  /**
   * Whether chance decided between arms, so that what becomes of the call says something about them: by its key, which
   * decides alike for all calls of the key, or for this call alone.
   */
  readonly evidence: 'none' | 'keyed' | 'keyless';
  /** Chance decided so in this epoch and not in one before it. */
  readonly isDrawn: boolean;
  /** The routing key that decided; '' where none did. */
  readonly key: string;
}

/** More would make no sentence. */
const REASONS_SHOWN = 3;
/** Characters of what callers wrote. */
const NAME_SHOWN = 128;
const NO_SHADOWS: readonly never[] = [];

export class Router<T> {
  #table: RouteTable<T> = new Map();
  readonly #random: () => number;

  /** @param random uniform in [0, 1), for requests without a key. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get table(): RouteTable<T> {
    return this.#table;
  }

  /** Puts another table in force. One assignment: who asked before keeps the former answer. */
  swap(table: RouteTable<T>): void {
    this.#table = table;
  }

  /**
   * Who answers: by the policy where the request names no version. Throws NOT_FOUND for what does not exist,
   * UNAVAILABLE
   * for what exists and cannot answer now.
   */
  route(question: Question): Choice<T> {
    const route = this.#table.get(question.model);
    if (route === undefined) {
      throw new ServerError('not_found', `Request for unknown model: '${question.model}' is not found`);
    }
    if (question.version !== '') return named(route, question.version);
    const { policy, epoch } = route;
    if (policy === undefined) {
      throw new ServerError('unavailable', `model '${route.model}' has no version in service: ${whyNone(route)}`);
    }
    const { shadows, failOver } = policy;
    for (const { header, match, arm, target } of policy.rules) {
      if (matches(match, question.header(header))) {
        return { target, arm, epoch, slot: -1, shadows, failOver, evidence: 'none', isDrawn: false, key: '' };
      }
    }
    const key = keyOf(policy, question);
    const slot = key === '' ? Math.floor(this.#random() * TOTAL_WEIGHT) : slotOf(policy.salt, key);
    const { target, arm } = pick(policy.ladder, slot);
    const evidence = policy.draw === undefined ? 'none' : key === '' ? 'keyless' : 'keyed';
    const isDrawn = key === '' || policy.draw?.open[slot] === 1;
    return { target, arm, epoch, slot, shadows, failOver, evidence, isDrawn, key };
  }
}

/** '' where the call is on its own. */
function keyOf<T>({ sticky, routingKeyHeader }: PolicyRoute<T>, { routingKey, header }: Question): string {
  if (!sticky) return '';
  return routingKey === '' && routingKeyHeader !== '' ? (header(routingKeyHeader) ?? '') : routingKey;
}

/** The version that the request names: no policy, so no copies and nobody in its place. */
function named<T>(route: Route<T>, asked: string): Choice<T> {
  const target = route.ready.get(versionOf(route, asked) ?? '');
  if (target === undefined) throw absence(route, asked);
  return {
    target,
    arm: '',
    epoch: route.epoch,
    slot: -1,
    shadows: NO_SHADOWS,
    failOver: undefined,
    evidence: 'none',
    isDrawn: false,
    key: '',
  };
}

/** What the policy lacks, with the states of the first versions. */
function whyNone<T>({ reason, absent, others }: Route<T>): string {
  const states = [...absent].map(([version, state]) => `version ${version} is ${state}`);
  const words = [...others].map(([version, word]) => `version ${version}: ${word}`);
  const shown = [...states, ...words].slice(0, REASONS_SHOWN);
  return [reason, ...shown].filter((text) => text !== '').join('; ') || 'it has none';
}

function absence<T>(route: Route<T>, asked: string): ServerError {
  const { model, absent, others } = route;
  if (asked === 'latest') {
    return new ServerError('unavailable', `model '${model}' has no version at ready state`);
  }
  const version = versionOf(route, asked);
  if (version === undefined) return new ServerError('not_found', `model '${model}' has no '${cut(asked)}'`);
  const title = version === asked ? `version ${cut(version)}` : `version ${version} ('${asked}')`;
  const state = absent.get(version);
  if (state !== undefined) {
    return new ServerError('unavailable', `model '${model}' ${title} is not at ready state: ${state}`);
  }
  const word = others.get(version);
  if (word !== undefined) return new ServerError('unavailable', `model '${model}' ${title} cannot answer: ${word}`);
  return new ServerError('not_found', `Request for unknown model: '${model}' ${title} is not found`);
}

function cut(name: string): string {
  return name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN)}…` : name;
}

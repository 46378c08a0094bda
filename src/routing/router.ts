/** The router: holds the table in force and lends out the version that is to answer a request. */
import { ServerError } from '../domain/errors.ts';
import { pick, slotOf } from './pick.ts';
import { TOTAL_WEIGHT } from './route-table.ts';
import type { Route, RouteTable } from './route-table.ts';

export interface Question {
  readonly model: string;
  /** '' = the traffic policy, 'latest', or a version's name. */
  readonly version: string;
  /** '' = a random slot. */
  readonly routingKey: string;
}

/** More would make no sentence. */
const REASONS_SHOWN = 3;

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

  /** Who answers. Throws NOT_FOUND for what does not exist, UNAVAILABLE for what exists and cannot answer now. */
  route(question: Question): T {
    const route = this.#table.get(question.model);
    if (route === undefined) {
      throw new ServerError('not_found', `Request for unknown model: '${question.model}' is not found`);
    }
    if (question.version === '') return this.#byPolicy(route, question.routingKey);
    const version = question.version === 'latest' ? route.latest : question.version;
    const target = route.ready.get(version);
    if (target !== undefined) return target;
    throw absence(route, question.version, version);
  }

  #byPolicy(route: Route<T>, key: string): T {
    if (route.ladder.length === 0) {
      throw new ServerError('unavailable', `model '${route.model}' has no version in service: ${whyNone(route)}`);
    }
    const slot = key === '' ? Math.floor(this.#random() * TOTAL_WEIGHT) : slotOf(route.salt, key);
    return pick(route.ladder, slot).target;
  }
}

/** What the policy lacks, with the states of the first versions. */
function whyNone<T>(route: Route<T>): string {
  const states = [...route.absent].slice(0, REASONS_SHOWN).map(([version, state]) => `version ${version} is ${state}`);
  return [route.ladderReason, ...states].join('; ');
}

function absence<T>(route: Route<T>, asked: string, version: string): ServerError {
  if (asked === 'latest') {
    return new ServerError('unavailable', `model '${route.model}' has no version at ready state`);
  }
  const state = route.absent.get(version);
  if (state !== undefined) {
    return new ServerError('unavailable', `model '${route.model}' version ${version} is not at ready state: ${state}`);
  }
  return new ServerError('not_found', `Request for unknown model: '${route.model}' version ${version} is not found`);
}

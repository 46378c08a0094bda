/** Which operators and functions a model calls, how deep its functions lead, and how many nodes they come to. */
import { ServerError } from '../domain/errors.ts';
import { KNOWN_OPERATORS, RUNTIME_VERSION, plainDomain } from './known-operators.ts';
import { MAX_COUNTS } from './schema.ts';

/** What names an operator or a function. */
export interface Operator {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
}

/** How often a graph or a function, with all graphs inside, calls each operator, by its key. */
export type Calls = Map<string, number>;

/** What a function comes to with those that it calls in their places. */
interface Extent {
  readonly nodes: number;
  /** Functions within functions. */
  readonly height: number;
}

const NODE: Extent = { nodes: 1, height: 0 };

/** Of operators in each function and in the graph, taken together. */
export const MAX_DIFFERENT_CALLS = 100_000;
/** Functions that call functions; the runtime puts their bodies into one another. */
export const MAX_CALL_DEPTH = 32;
const SHOWN_UNKNOWN = 5;
const SHOWN_CHARACTERS = 100;

export class CallBook {
  readonly #graph: Calls = new Map();
  readonly #functions = new Map<string, Calls>();
  /** Of the first call of each key. */
  readonly #operators = new Map<string, Operator>();
  #different = 0;

  /** Where the nodes of the main graph are entered. */
  get graph(): Calls {
    return this.#graph;
  }

  /** Enters a node, in the graph or in a function. */
  call(caller: Calls, operator: Operator): void {
    const key = keyOf(operator);
    const former = caller.get(key);
    caller.set(key, (former ?? 0) + 1);
    if (former !== undefined) return;
    this.#operators.set(key, operator);
    this.#different += 1;
    if (this.#different > MAX_DIFFERENT_CALLS) {
      throw refused(`calls more than ${MAX_DIFFERENT_CALLS} operators, counted in each function`);
    }
  }

  /** A function that the model brings along, and what its body calls. */
  define(operator: Operator, calls: Calls): void {
    const key = keyOf(operator);
    if (this.#functions.has(key)) throw refused(`defines function ${shown(operator)} twice`);
    this.#functions.set(key, calls);
  }

  /** Throws where an operator is unknown, or functions call themselves or come to too much. */
  check(): void {
    const unknown = [...this.#operators].flatMap(([key, operator]) => {
      return this.#functions.has(key) || isKnown(operator) ? [] : [shown(operator)];
    });
    if (unknown.length > 0) {
      const more = unknown.length > SHOWN_UNKNOWN ? ` and ${unknown.length - SHOWN_UNKNOWN} more` : '';
      const names = unknown.slice(0, SHOWN_UNKNOWN).join(', ');
      throw refused(`needs ${names}${more}, which ONNX Runtime ${RUNTIME_VERSION} does not have`);
    }
    const known = new Map<string, Extent>();
    for (const key of this.#functions.keys()) this.#extentOf(key, 1, known);
    this.#sum(this.#graph, 1, known);
  }

  #extentOf(key: string, depth: number, known: Map<string, Extent>): Extent {
    const calls = this.#functions.get(key);
    if (calls === undefined) return NODE;
    const former = known.get(key);
    if (former !== undefined) return former;
    // One that calls itself has no end.
    if (depth > MAX_CALL_DEPTH) throw tooDeep();
    const { nodes, height } = this.#sum(calls, depth + 1, known);
    if (height >= MAX_CALL_DEPTH) throw tooDeep();
    const extent = { nodes, height: height + 1 };
    known.set(key, extent);
    return extent;
  }

  #sum(calls: Calls, depth: number, known: Map<string, Extent>): Extent {
    let [nodes, height] = [0, 0];
    for (const [key, count] of calls) {
      const extent = this.#extentOf(key, depth, known);
      nodes += count * extent.nodes;
      height = Math.max(height, extent.height);
    }
    if (nodes > MAX_COUNTS.nodes) throw refused(`comes to more than ${MAX_COUNTS.nodes} nodes with its functions`);
    return { nodes, height };
  }
}

function isKnown({ domain, name }: Operator): boolean {
  return KNOWN_OPERATORS.get(plainDomain(domain))?.has(name) ?? false;
}

/** None of the parts has a NUL. */
function keyOf({ domain, name, overload }: Operator): string {
  return `${plainDomain(domain)}\0${name}\0${overload}`;
}

function shown({ domain, name }: Operator): string {
  const operator = `operator "${name.slice(0, SHOWN_CHARACTERS)}"`;
  return domain === '' ? operator : `${operator} of domain "${domain.slice(0, SHOWN_CHARACTERS)}"`;
}

function tooDeep(): ServerError {
  return refused(`has functions within more than ${MAX_CALL_DEPTH - 1} functions, or one that calls itself`);
}

function refused(what: string): ServerError {
  return new ServerError('invalid_argument', `the model ${what}; export it without`);
}

/** Lets a call in at the gate: finds the model that its request is about, where that matters. */
import type { Caller, Credentials, Gate } from '../access/gate.ts';
import { permissionOf } from '../access/permissions.ts';
import type { StoreReader } from '../registry/store.ts';

export interface AskedFor {
  /** "sluice.admin.v1.Traffic/SetTraffic". */
  readonly method: string;
  /** The message, or the first one of a stream. */
  readonly request: unknown;
}

export function letIn(
  { gate, store }: { readonly gate: Gate; readonly store: StoreReader },
  credentials: Credentials,
  { method, request }: AskedFor,
): Promise<Caller> {
  return gate.authorize(credentials, method, () => modelOf(store, method, request));
}

/** '' = none, all of them, or one that is not there. */
async function modelOf(store: StoreReader, method: string, request: unknown): Promise<string> {
  const { subject } = permissionOf(method);
  switch (subject) {
    case 'model':
      return namedModel(request);
    case 'prediction':
      return textOf(request, 'predictionId') === '' ? namedModel(request) : '';
    case 'transition':
      return (await store.transition(idOf(request)))?.model ?? '';
    case 'rollout': {
      const id = idOf(request);
      return id === 0 ? namedModel(request) : ((await store.document('rollout', id))?.model ?? '');
    }
    case 'experiment':
      return (await store.documentNamed('experiment', textOf(request, 'name')))?.model ?? '';
    case 'server':
    case 'own models':
    case 'self':
      return '';
  }
}

/** Some requests have it in a part of theirs: a watch of statistics, and the first message of an upload. */
function namedModel(request: unknown): string {
  const parts = [request, fieldOf(request, 'stats'), fieldOf(request, 'version')];
  return parts.map((part) => textOf(part, 'model')).find((model) => model !== '') ?? '';
}

function textOf(request: unknown, field: string): string {
  const value = fieldOf(request, field);
  return typeof value === 'string' ? value : '';
}

/** 0 where it is none; 64-bit integers come as objects that know their number. */
function idOf(request: unknown): number {
  const value = fieldOf(request, 'id');
  const toNumber = fieldOf(value, 'toNumber');
  const number = Number(typeof toNumber === 'function' ? Reflect.apply(toNumber, value, []) : value);
  return Number.isSafeInteger(number) ? number : 0;
}

function fieldOf(request: unknown, field: string): unknown {
  return typeof request === 'object' && request !== null ? Reflect.get(request, field) : undefined;
}

/** What is measured of each server: a model, and how many calls are in flight over how many connections. */
import { MODELS } from '../support/bench-models.ts';
import type { BenchModel } from '../support/bench-models.ts';

export interface Cell {
  /** `iris:32:1`, as the command line has it, or `iris:half`. */
  readonly name: string;
  readonly model: BenchModel;
  /** undefined: as many a second as are half of what the server can do, whatever becomes of them. */
  readonly closed: { readonly inFlight: number; readonly connections: number } | undefined;
}

/** The smallest comes first: whether a server has started is asked with it. */
export const MEASURED: readonly BenchModel[] = [MODELS.iris, MODELS.mlpSmall, MODELS.mlp22mb, MODELS.image];

const SMALL = ['1:1', '32:1', '128:1', '32:4', '128:4', 'half'];
/** A request of 600 kB: more of them in flight measure the memory of the machine. */
const LARGE = ['1:1', '8:1', '32:1', '32:4', 'half'];

export const CELLS: readonly Cell[] = MEASURED.flatMap((model) =>
  (model === MODELS.image ? LARGE : SMALL).map((load) => parseCell(`${model.name}:${load}`)),
);

/** `iris:32:1,mlp-22mb`: cells, or all of a model. */
export function chooseCells(list: string | undefined): Cell[] {
  if (list === undefined) return [...CELLS];
  return list.split(',').flatMap((name) => {
    const ofModel = CELLS.filter(({ model }) => model.name === name);
    return ofModel.length > 0 ? ofModel : [parseCell(name)];
  });
}

function parseCell(name: string): Cell {
  const [modelName = '', inFlight = '', connections = '1'] = name.split(':');
  const model = MEASURED.find((one) => one.name === modelName);
  const isNumeric = Number(inFlight) > 0 && Number(connections) > 0;
  if (model === undefined || (inFlight !== 'half' && !isNumeric)) {
    throw new Error(`a cell is model:in flight:connections or model:half, not ${name}`);
  }
  const closed = { inFlight: Number(inFlight), connections: Number(connections) };
  return { name, model, closed: inFlight === 'half' ? undefined : closed };
}

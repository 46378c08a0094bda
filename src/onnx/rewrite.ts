/** The model file anew, with weights in files beside it: a list of what to copy and what to write, in order. */
import assert from 'node:assert/strict';
import { bytesOf } from './model-map.ts';
import type { ModelMap, Weights } from './model-map.ts';
import type { Range } from './wire-reader.ts';

/** A part of the former file, or new bytes. */
export type Piece = Range | Uint8Array;

/** Tags: field number times 8, plus 2 where a length follows. */
const GRAPH = 7 * 8 + 2;
const INITIALIZER = 5 * 8 + 2;
const EXTERNAL_DATA = 13 * 8 + 2;
const DATA_LOCATION = 14 * 8;
const EXTERNAL = 1;
const KEY = 1 * 8 + 2;
const VALUE = 2 * 8 + 2;

/**
 * `fileOf` names the file that holds the values of each of the map's weights, and nothing else. A file has one tensor,
 * from its first byte on: so its values begin on a page, whatever the size of pages, and equal tensors of different
 * versions are the same file.
 */
export function rewriteModel(map: ModelMap, fileOf: (weights: Weights) => string): readonly Piece[] {
  const { graph, weights, size } = map;
  const content: Piece[] = [];
  let at = graph.content.start;
  for (const each of weights) {
    content.push({ start: at, end: each.field.start }, ...message(INITIALIZER, tensorElsewhere(each, fileOf(each))));
    at = each.field.end;
  }
  content.push({ start: at, end: graph.content.end });
  const pieces = [{ start: 0, end: graph.at }, ...message(GRAPH, content), { start: graph.content.end, end: size }];
  return pieces.filter((piece) => lengthOf(piece) > 0);
}

function lengthOf(piece: Piece): number {
  return piece instanceof Uint8Array ? piece.length : piece.end - piece.start;
}

function tensorElsewhere(weights: Weights, file: string): readonly Piece[] {
  const entries: readonly (readonly [string, string])[] = [
    ['location', file],
    ['offset', '0'],
    ['length', String(bytesOf(weights))],
  ];
  return [
    ...weights.description,
    ...entries.flatMap(([key, value]) => message(EXTERNAL_DATA, [...text(KEY, key), ...text(VALUE, value)])),
    Uint8Array.of(DATA_LOCATION, EXTERNAL),
  ];
}

function text(tag: number, value: string): readonly Piece[] {
  return message(tag, [new TextEncoder().encode(value)]);
}

function message(tag: number, content: readonly Piece[]): readonly Piece[] {
  const length = content.reduce((sum, piece) => sum + lengthOf(piece), 0);
  return [Uint8Array.from([...varint(tag), ...varint(length)]), ...content];
}

function varint(value: number): number[] {
  assert(Number.isSafeInteger(value) && value >= 0, 'a length is a whole number');
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return bytes;
}

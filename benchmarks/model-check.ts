/** How long is a model read through before the runtime may see it, and how much of its file is read for that? */
import { mapModel } from '../src/onnx/model-map.ts';
import { WireReader } from '../src/onnx/wire-reader.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

interface Model {
  readonly name: string;
  readonly size: number;
  readonly read: (offset: number, length: number) => Uint8Array;
}

const [GRAPH, NODE, INITIALIZER] = [7, 1, 5];

export function modelCheck(args: readonly string[]): void {
  const { rounds } = parseSettings(args, { seconds: 1, rounds: 3 });
  console.log(`## Reading a model through\n\n${describeMachine()}\n`);
  const layer = Buffer.alloc(2 ** 26 + 2 ** 24);
  const models = [
    modelOf('4 weights, 335 MB', repeated(initializer(layer), 4)),
    modelOf('1,000 weights, 335 MB', repeated(initializer(layer.subarray(0, 335_000)), 1000)),
    modelOf('5,000 nodes', repeated(node(), 5000)),
    modelOf('100,000 nodes', repeated(node(), 100_000)),
  ];
  const rows = models.map(({ name, size, read }) => {
    let bytesRead = 0;
    const counting = (offset: number, length: number): Uint8Array => {
      bytesRead += length;
      return read(offset, length);
    };
    const times = Array.from({ length: rounds }, () => {
      bytesRead = 0;
      const { user, system } = process.cpuUsage();
      mapModel(new WireReader({ size, read: counting }));
      const used = process.cpuUsage();
      return (used.user + used.system - user - system) / 1000;
    });
    return { model: name, 'CPU ms (best round)': Math.min(...times), 'kB read': Math.round(bytesRead / 1000) };
  });
  console.log(markdownTable(rows));
}

function modelOf(name: string, graph: Buffer): Model {
  const bytes = sized(GRAPH, graph);
  return { name, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

function node(): Buffer {
  const text = (field: number, value: string): Buffer => sized(field, Buffer.from(value));
  const axis = sized(5, text(1, 'axis'), Buffer.of(0x18, 1, 0xa0, 1, 2));
  return sized(NODE, text(1, 'an_input'), text(1, 'another'), text(2, 'output'), text(3, 'node'), text(4, 'Add'), axis);
}

/** FP32, of one dimension. */
function initializer(values: Buffer): Buffer {
  return sized(INITIALIZER, Buffer.of(0x08), varint(values.length / 4), Buffer.of(0x10, 1), sized(9, values));
}

function repeated(unit: Buffer, count: number): Buffer {
  return Buffer.alloc(unit.length * count, unit);
}

function sized(field: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}

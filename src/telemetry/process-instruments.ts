/** The metrics of the process itself. */
import type { Vitals } from '../monitor/process-vitals.ts';
import { durations, type Instrument, type Point } from './instrument.ts';

/** Semantic conventions: process.*, nodejs.eventloop.* and v8js.*. */
export function processInstruments(vitals: Vitals, startMs: number): Instrument[] {
  const whole = (value: number): Point<number>[] => [{ attributes: {}, startMs, value }];
  const delays = Object.entries(vitals.loopDelay ?? {}).map(([statistic, seconds]: [string, number]): Instrument => ({
    kind: 'gauge',
    name: `nodejs.eventloop.delay.${statistic}`,
    unit: 's',
    description: `Event loop delay since the former export, ${statistic}.`,
    points: whole(seconds),
  }));
  return [
    {
      kind: 'counter',
      name: 'process.cpu.time',
      unit: 's',
      description: 'Processor time used, all threads.',
      points: [
        { attributes: { 'cpu.mode': 'user' }, startMs, value: vitals.cpuUserSeconds },
        { attributes: { 'cpu.mode': 'system' }, startMs, value: vitals.cpuSystemSeconds },
      ],
    },
    {
      kind: 'level',
      name: 'process.memory.usage',
      unit: 'By',
      description: 'Physical memory in use.',
      points: whole(vitals.residentBytes),
    },
    {
      kind: 'gauge',
      name: 'nodejs.eventloop.utilization',
      unit: '1',
      description: 'Share of time in which the main event loop worked, since the former export.',
      points: whole(vitals.loopUtilization),
    },
    ...delays,
    gcInstrument(vitals, startMs),
  ];
}

/** Nothing before the first collection of a kind. */
function gcInstrument({ gcPauses }: Vitals, startMs: number): Instrument {
  const happened = [...gcPauses].filter(([, pauses]) => pauses.count > 0);
  const points = happened.map(([type, value]) => ({ attributes: { 'v8js.gc.type': type }, startMs, value }));
  return durations('v8js.gc.duration', 'Time that the garbage collector stopped the main thread, by kind.', points);
}

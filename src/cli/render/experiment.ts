/** Experiments as people read them: the list, and the plan of one. */
import type { Experiment__Output } from '../../transport/gen/sluice/admin/v1/Experiment.ts';
import type { ExperimentMetric__Output } from '../../transport/gen/sluice/admin/v1/ExperimentMetric.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { percent, weightText } from './bar.ts';
import { figure } from './figures.ts';
import { stateCell } from './states.ts';
import { fieldLines, tableLines } from './table.ts';
import { ago, when } from './time.ts';

const RIGHT = { align: 'right' } as const;
const ALL = 10_000;

export function experimentTable(experiments: readonly Experiment__Output[], look: Look): string[] {
  if (experiments.length === 0) return ['There are no experiments; "sluice experiment create NAME MODEL" plans one.'];
  return tableLines(
    {
      columns: [
        { title: 'NAME', atLeast: 12 },
        { title: 'MODEL', atLeast: 12 },
        { title: 'PHASE' },
        { title: 'ARMS', atLeast: 16 },
        { title: 'SHARE', ...RIGHT },
        { title: 'LAYER', atLeast: 7, optional: true },
        { title: 'STARTED', ...RIGHT },
        { title: 'BY', atLeast: 8, optional: true },
        { title: 'HYPOTHESIS', atLeast: 10 },
      ],
      rows: experiments.map((each) => [
        each.name,
        each.model,
        stateCell(each.phase),
        each.arms.map(({ name, version, share }) => `${name}=${version} ${percent(share)}`).join(', '),
        percent(shareOf(each)),
        each.layer,
        ago(optionalMs(each.startedAt), look.now),
        each.createdBy,
        each.hypothesis,
      ]),
    },
    look,
  );
}

/** 0 stands for all of it. */
function shareOf({ trafficShare }: Experiment__Output): number {
  return trafficShare === 0 ? ALL : trafficShare;
}

export function experimentLines(experiment: Experiment__Output, look: Look): string[] {
  const { name, model, hypothesis, layer, alpha, power, phase, reason, createdAt, createdBy, promoted } = experiment;
  const planned = experiment.plannedUnitsPerArm;
  const fields = fieldLines(
    [
      ['experiment', name],
      ['model', model],
      ['phase', stateCell(phase)],
      ['reason', reason],
      ['hypothesis', hypothesis],
      ['traffic', `${percent(shareOf(experiment))}, layer ${layer}`],
      ['alpha, power', `${figure(alpha)}, ${figure(power)}`],
      [
        'planned',
        planned.isZero()
          ? 'no size: min= and base= of the primary metric tell it'
          : `${planned.toString()} units per arm`,
      ],
      ['created', `${when(optionalMs(createdAt), look.now)} by ${createdBy}`],
      ['started', when(optionalMs(experiment.startedAt), look.now)],
      ['ended', when(optionalMs(experiment.endedAt), look.now)],
      ['promoted', promoted],
    ],
    look,
  );
  return [...fields, '', ...armTable(experiment, look), '', ...metricTable(experiment.metrics, look)];
}

function armTable({ arms }: Experiment__Output, look: Look): string[] {
  const columns = [
    { title: 'ARM', atLeast: 8 },
    { title: 'VERSION', atLeast: 8 },
    look.bars ? { title: 'SHARE' } : { title: 'SHARE', ...RIGHT },
  ];
  const rows = arms.map(({ name, version, share }) => [name, version, weightText(share, look)]);
  return tableLines({ columns, rows }, look);
}

function metricTable(metrics: readonly ExperimentMetric__Output[], look: Look): string[] {
  return tableLines(
    {
      columns: [
        { title: 'METRIC', atLeast: 8 },
        { title: 'KIND' },
        { title: 'ROLE' },
        { title: 'BETTER' },
        ...['LEAST EFFECT', 'BASELINE', 'SD'].map((title) => ({ title, ...RIGHT })),
      ],
      rows: metrics.map((metric) => [
        metric.name,
        metric.kind,
        metric.role,
        metric.direction === 'decrease' ? 'less' : 'more',
        ...[metric.minimumEffect, metric.baseline, metric.standardDeviation].map((value) =>
          value === 0 ? '-' : figure(value),
        ),
      ]),
    },
    look,
  );
}

/** One line for an experiment that was changed. */
export function experimentLine({ name, model, phase, reason, arms }: Experiment__Output, look: Look): string {
  const { text, style } = stateCell(phase);
  const shares = arms.map((arm) => `${arm.name}=${arm.version} ${percent(arm.share)}`).join(', ');
  const tail = `${visible(shares)} of ${visible(model)}${reason === '' ? '' : `: ${visible(reason)}`}`;
  return `${visible(name)} is ${paint(visible(text), style, look.colour)}, ${tail}`;
}

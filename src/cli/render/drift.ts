/** Drift reports as people read them: the verdict, and each input and output by how far it moved. */
import { wrap } from '../../config/wrap.ts';
import type { DriftReport__Output } from '../../transport/gen/sluice/admin/v1/DriftReport.ts';
import type { DriftTest__Output } from '../../transport/gen/sluice/admin/v1/DriftTest.ts';
import type { FeatureDrift__Output } from '../../transport/gen/sluice/admin/v1/FeatureDrift.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { bar } from './bar.ts';
import { figure } from './figures.ts';
import { stateCell } from './states.ts';
import { tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { instant } from './time.ts';

const RIGHT = { align: 'right' } as const;
const PSI_CELLS = 6;
/** A full bar: by the usual rule of thumb a PSI from 0.25 on is a large shift. */
const LARGE_PSI = 0.25;
const MAX_WIDTH = 120;

export function driftLines(report: DriftReport__Output, look: Look): string[] {
  const { model, version, against, samples, referenceSamples, verdict, summary, features } = report;
  const time = `${instant(optionalMs(report.from))} to ${instant(optionalMs(report.to))}`;
  const state = stateCell(verdict);
  const beside = against === '' ? '' : `, beside version ${visible(against)}`;
  const reference = referenceSamples.isZero() ? 'no reference' : `a reference of ${referenceSamples.toString()}`;
  return [
    paint(`${visible(model)} ${visible(version)}${beside}, ${time}`, 'bold', look.colour),
    paint(visible(state.text), state.style, look.colour),
    ...(summary === '' ? [] : wrap(visible(summary), Math.min(look.width, MAX_WIDTH))),
    `${samples.toString()} sampled calls, ${reference}`,
    ...(features.length === 0 ? [] : ['', ...featureTable(features, against, look)]),
  ];
}

function featureTable(features: readonly FeatureDrift__Output[], against: string, look: Look): string[] {
  return tableLines(
    {
      columns: [
        { title: 'FEATURE', atLeast: 12 },
        { title: 'AGAINST', atLeast: 9 },
        { title: 'VERDICT' },
        look.bars ? { title: 'PSI' } : { title: 'PSI', ...RIGHT },
        ...['BY CHANCE', 'P'].map((title) => ({ title, ...RIGHT })),
        ...['JS', 'KS', 'SAMPLES'].map((title) => ({ title, ...RIGHT, optional: true })),
      ],
      rows: features.flatMap(({ feature, kind, reference, concurrent }) => [
        ...testRows({ feature, kind, against: 'reference' }, reference, look),
        ...testRows({ feature, kind, against: `version ${against}` }, concurrent, look),
      ]),
    },
    look,
  );
}

interface Row {
  readonly feature: string;
  readonly kind: string;
  readonly against: string;
}

/** One, or none where there is nothing to compare with. */
function testRows({ feature, kind, against }: Row, test: DriftTest__Output | null, look: Look): Cell[][] {
  if (test === null) return [];
  const { verdict, psi, psiExpected, pValue, jensenShannon, ks } = test;
  const share = Math.min(Math.max(psi / LARGE_PSI, 0), 1);
  const row = [
    feature,
    against,
    stateCell(verdict),
    look.bars ? `${bar(Number.isNaN(share) ? 0 : share, PSI_CELLS)} ${figure(psi)}` : figure(psi),
    figure(psiExpected),
    figure(pValue),
    figure(jensenShannon),
    kind === 'numeric' ? figure(ks) : '-',
    `${test.samples.toString()}/${test.otherSamples.toString()}`,
  ];
  return [row];
}

/** The metrics of what was found in the evidence: drift, shadows that disagree, experiments whose arms are off. */
import type { Finding } from '../admin/find-in-evidence.ts';
import { readings } from './instrument.ts';
import type { Instrument, Point } from './instrument.ts';

interface Found {
  /** Epoch ms. */
  readonly at: number;
  readonly findings: readonly (Finding & { readonly model: string })[];
}

export function findingInstruments({ at, findings }: Found): Instrument[] {
  const drifts = findings.filter((finding) => finding.kind === 'drift');
  const shadows = findings.filter((finding) => finding.kind === 'shadow');
  const ratios = findings.filter((finding) => finding.kind === 'experiment');
  const each = <F>(found: readonly F[], read: (one: F) => Omit<Point<number>, 'startMs'>): Point<number>[] =>
    found.map((one) => ({ ...read(one), startMs: at }));
  return [
    readings('sluice.drift.verdict', '{verdict}', {
      description: '1 for what the last hour of calls says: none, world, model, both or insufficient.',
      points: each(drifts, ({ model, version, verdict }) => ({ attributes: { model, version, verdict }, value: 1 })),
    }),
    readings('sluice.shadow.compared', '{pair}', {
      description: 'Pairs of answers of the two versions that were compared, by all serve processes.',
      points: each(shadows, ({ model, version, live, pairs }) => ({
        attributes: { model, version, live },
        value: pairs,
      })),
    }),
    readings('sluice.shadow.disagreement', '1', {
      description: 'Share of them that differ beyond the tolerance.',
      points: each(shadows, ({ model, version, live, disagreement }) => {
        return { attributes: { model, version, live }, value: disagreement };
      }),
    }),
    readings('sluice.experiment.srm.pvalue', '{probability}', {
      description: 'How likely chance makes the arms of a running experiment differ so much from their shares.',
      points: each(ratios, ({ model, experiment, ratio, found }) => {
        return { attributes: { model, experiment, ratio }, value: found.pValue };
      }),
    }),
    readings('sluice.experiment.srm.alarm', '{alarm}', {
      description: '1 where that is too unlikely to believe any result.',
      points: each(ratios, ({ model, experiment, ratio, found }) => {
        return { attributes: { model, experiment, ratio }, value: found.verdict === 'alarm' ? 1 : 0 };
      }),
    }),
  ];
}

/** The kinds of panels that the dashboard is made of, each with what Grafana needs to draw it and no more. */

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Grafana's names. */
type Unit = 's' | 'reqps' | 'percentunit' | 'short' | 'bytes' | 'none';

interface Query {
  readonly expr: string;
  /** With labels in double braces. */
  readonly legend: string;
}

/** In 24 columns. */
interface Panel {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** What the panel says, for whoever sees it for the first time. */
  readonly description: string;
  readonly body: object;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

interface Drawn {
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly width?: number;
  readonly height?: number;
}

/** Lines over time. */
export function lines({
  unit,
  queries,
  ...rest
}: Drawn & { readonly stacked?: boolean; readonly max?: number }): Panel {
  const { title, description, width = 8, height = 8, stacked = false, max } = rest;
  const custom = {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: stacked ? 40 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: stacked ? 'normal' : 'none' },
  };
  return panel({ title, description, width, height }, 'timeseries', queries, {
    fieldConfig: { defaults: { unit, min: 0, ...(max === undefined ? {} : { max }), custom }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });
}

/** A number, red or yellow from these values on. */
export function number(drawn: Drawn & { readonly warnAt?: number; readonly alarmAt?: number }): Panel {
  const { title, description, unit, queries, width = 4, height = 4, warnAt, alarmAt } = drawn;
  const steps: { color: string; value: number | null }[] = [{ color: 'green', value: null }];
  if (warnAt !== undefined) steps.push({ color: 'yellow', value: warnAt });
  if (alarmAt !== undefined) steps.push({ color: 'red', value: alarmAt });
  return panel({ title, description, width, height }, 'stat', queries, {
    fieldConfig: { defaults: { unit, thresholds: { mode: 'absolute', steps } }, overrides: [] },
    options: { colorMode: 'value', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'auto' },
  });
}

/** The buckets of a histogram over time. */
export function heatmap({ title, description, unit, queries, width = 12, height = 9 }: Drawn): Panel {
  return panel(
    { title, description, width, height },
    'heatmap',
    queries,
    {
      fieldConfig: { defaults: {}, overrides: [] },
      options: {
        calculate: false,
        cellGap: 1,
        color: { mode: 'scheme', scheme: 'Spectral', steps: 64, reverse: true },
        yAxis: { unit, axisPlacement: 'left' },
        rowsFrame: { layout: 'auto' },
        tooltip: { mode: 'single', yHistogram: true },
        legend: { show: true },
      },
    },
    'heatmap',
  );
}

/** What something is over time, one band per series. */
export function states({ title, description, queries, width = 12, height = 6 }: Drawn): Panel {
  return panel({ title, description, width, height }, 'state-timeline', queries, {
    fieldConfig: { defaults: { custom: { fillOpacity: 70, lineWidth: 0 } }, overrides: [] },
    options: { showValue: 'never', mergeValues: true, rowHeight: 0.8, legend: { showLegend: false } },
  });
}

function panel(
  shape: Pick<Panel, 'title' | 'description' | 'width' | 'height'>,
  type: string,
  queries: readonly Query[],
  look: object,
  format = 'time_series',
): Panel {
  const targets = queries.map(({ expr, legend }, index) => ({
    datasource: DATASOURCE,
    expr,
    format,
    legendFormat: legend,
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
  }));
  return { ...shape, body: { type, datasource: DATASOURCE, targets, ...look } };
}

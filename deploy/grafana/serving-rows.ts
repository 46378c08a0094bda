/** The rows about what callers feel: latency, errors, traffic, queues. */
import { heatmap, lines, number } from './panels.ts';
import type { Row } from './panels.ts';

/** What the recording rules and most metrics of a serve process are chosen by. */
const CHOSEN = 'model=~"$model",version=~"$version"';
const LIVE = `${CHOSEN},role="live"`;
const MODEL = 'model=~"$model"';
const VERSION = '{{model}} {{version}}';

export const SERVING_ROWS: readonly Row[] = [
  {
    title: 'Overview',
    panels: [
      number({
        title: 'Calls',
        description: 'Calls a second to the chosen versions.',
        unit: 'reqps',
        queries: [{ expr: `sum(model_version_role:sluice_requests:rate1m{${LIVE}})`, legend: '' }],
      }),
      number({
        title: 'Faults',
        description: 'Share of the calls that fail by fault of the server, or come too late.',
        unit: 'percentunit',
        warnAt: 0.001,
        alarmAt: 0.0144,
        queries: [
          {
            expr: `sum(model_version_role:sluice_faults:rate1m{${LIVE}}) / sum(model_version_role:sluice_requests:rate1m{${LIVE}})`,
            legend: '',
          },
        ],
      }),
      number({
        title: 'p99',
        description: 'Of the slowest of the chosen versions, over five minutes.',
        unit: 's',
        queries: [{ expr: `max(model_version_role:sluice_request_seconds:p99_5m{${LIVE}} >= 0)`, legend: '' }],
      }),
      number({
        title: 'Serve processes ready',
        description: 'Those that have everything that they should.',
        unit: 'short',
        queries: [{ expr: 'sum(sluice_instances{state="ready"})', legend: '' }],
      }),
      number({
        title: 'Behind or lost',
        description: 'Serve processes that lack an epoch that is in force, or are gone.',
        unit: 'short',
        alarmAt: 1,
        queries: [{ expr: 'sum(sluice_instances{state=~"behind|lost"})', legend: '' }],
      }),
      number({
        title: 'Open rollouts',
        description: 'Of all models.',
        unit: 'short',
        queries: [
          {
            expr: 'count(sluice_rollout_phase{phase=~"loading|shadowing|holding|awaiting_approval|paused|baking"}) or vector(0)',
            legend: '',
          },
        ],
      }),
    ],
  },
  {
    title: 'Latency and errors',
    panels: [
      ...(['p50', 'p95', 'p99'] as const).map((quantile) =>
        lines({
          title: `Latency, ${quantile}`,
          description: 'From acceptance of a call to its reply, good answers only, over five minutes.',
          unit: 's',
          queries: [
            {
              expr: `model_version_role:sluice_request_seconds:${quantile}_5m{${CHOSEN}}`,
              legend: `${VERSION} {{role}}`,
            },
          ],
        }),
      ),
      heatmap({
        title: 'Latency',
        description: 'How many calls took how long.',
        unit: 's',
        queries: [
          {
            expr: `sum by (le) (increase(sluice_request_duration_seconds_bucket{${LIVE}}[$__rate_interval]))`,
            legend: '{{le}}',
          },
        ],
      }),
      lines({
        title: 'Faults by version',
        description: 'Share of the calls that fail by fault of the server, or come too late.',
        unit: 'percentunit',
        width: 6,
        height: 9,
        queries: [{ expr: `model_version_role:sluice_fault_ratio:rate1m{${LIVE}}`, legend: VERSION }],
      }),
      lines({
        title: 'Answers other than OK',
        description: 'By outcome; invalid_argument and the like are mistakes of callers.',
        unit: 'reqps',
        width: 6,
        height: 9,
        queries: [
          {
            expr: `sum by (model, version, outcome) (rate(sluice_request_duration_seconds_count{${LIVE},outcome!="ok"}[$__rate_interval]))`,
            legend: `${VERSION} {{outcome}}`,
          },
        ],
      }),
    ],
  },
  {
    title: 'Traffic',
    panels: [
      lines({
        title: 'Calls by version',
        description: 'Calls a second.',
        unit: 'reqps',
        stacked: true,
        queries: [{ expr: `model_version_role:sluice_requests:rate1m{${LIVE}}`, legend: VERSION }],
      }),
      lines({
        title: 'Shares',
        description: 'What versions get of the calls of their model. Explicit versions and rules bypass the weights.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr: `model_version_role:sluice_requests:rate1m{${LIVE}} / on (model) group_left () (sum by (model) (model_version_role:sluice_requests:rate1m{${MODEL},role="live"}) > 0)`,
            legend: VERSION,
          },
        ],
      }),
      lines({
        title: 'Weights',
        description: 'What versions should get, by the epoch in force.',
        unit: 'percentunit',
        max: 1,
        queries: [
          { expr: `sluice_traffic_weight_ratio{${CHOSEN}}`, legend: VERSION },
          { expr: `sluice_traffic_shadow_ratio{${CHOSEN}}`, legend: `${VERSION} (copies)` },
        ],
      }),
    ],
  },
  {
    title: 'Batches and queues',
    panels: [
      lines({
        title: 'Queue, share of its limit',
        description: 'Full queues refuse calls.',
        unit: 'percentunit',
        queries: [
          {
            expr: `sum by (model, version) (sluice_queue_rows{${LIVE}}) / sum by (model, version) (sluice_queue_limit{${LIVE}})`,
            legend: VERSION,
          },
        ],
      }),
      lines({
        title: 'Refused, expired, cancelled',
        description: 'Calls that never ran.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (model, version, reason) (rate(sluice_request_refused_total{${LIVE}}[$__rate_interval]))`,
            legend: `${VERSION} refused: {{reason}}`,
          },
          {
            expr: `sum by (model, version) (rate(sluice_request_expired_total{${LIVE}}[$__rate_interval]))`,
            legend: `${VERSION} expired`,
          },
          {
            expr: `sum by (model, version) (rate(sluice_request_cancelled_total{${LIVE}}[$__rate_interval]))`,
            legend: `${VERSION} cancelled`,
          },
        ],
      }),
      lines({
        title: 'Where the time goes',
        description: 'Mean time in the queue, on the way to a lane and back, and in the run.',
        unit: 's',
        queries: (['request_queue', 'batch_hop', 'batch_compute'] as const).map((part) => ({
          expr: `sum by (model, version) (rate(sluice_${part}_duration_seconds_sum{${LIVE}}[$__rate_interval])) / sum by (model, version) (rate(sluice_${part}_duration_seconds_count{${LIVE}}[$__rate_interval]))`,
          legend: `${VERSION} ${part.replace('_', ' ')}`,
        })),
      }),
      lines({
        title: 'Rows in a batch',
        description: 'Mean.',
        unit: 'short',
        queries: [
          {
            expr: `sum by (model, version) (rate(sluice_batch_rows_sum{${LIVE}}[$__rate_interval])) / sum by (model, version) (rate(sluice_batch_rows_count{${LIVE}}[$__rate_interval]))`,
            legend: VERSION,
          },
        ],
      }),
      lines({
        title: 'Why batches were closed',
        description: 'Full: there were more rows; idle: a lane was free; delay: the wait for more was over.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (reason) (rate(sluice_batch_closed_total{${LIVE}}[$__rate_interval]))`,
            legend: '{{reason}}',
          },
        ],
      }),
      lines({
        title: 'Lanes',
        description: 'Threads that run models, and those at work.',
        unit: 'short',
        queries: [
          { expr: 'sum by (instance) (sluice_lane_open)', legend: '{{instance}} open' },
          { expr: 'sum by (instance) (sluice_lane_busy)', legend: '{{instance}} busy' },
        ],
      }),
    ],
  },
];

/** The rows about what steers the traffic: rollouts, experiments, processes, the registry. */
import { lines, states } from './panels.ts';
import type { Row } from './panels.ts';

const MODEL = 'model=~"$model"';
const VERSION = '{{model}} {{version}}';

export const CONTROL_ROWS: readonly Row[] = [
  {
    title: 'Rollouts and experiments',
    panels: [
      states({
        title: 'Rollouts',
        description: 'The phase of the last rollout of each model.',
        unit: 'none',
        queries: [{ expr: `sluice_rollout_phase{${MODEL}}`, legend: '{{model}} {{candidate}} {{phase}}' }],
      }),
      states({
        title: 'Verdicts',
        description: 'What the evidence of open rollouts says, by metric.',
        unit: 'none',
        queries: [
          { expr: `sluice_rollout_verdict{${MODEL}}`, legend: '{{model}} {{candidate}} {{metric}}: {{verdict}}' },
        ],
      }),
      lines({
        title: 'Candidate and stable, p99',
        description: 'Side by side while a rollout is open.',
        unit: 's',
        width: 6,
        queries: [
          {
            expr: `model_version:sluice_candidate_seconds:p99_5m{${MODEL}}`,
            legend: '{{model}} {{version}} candidate',
          },
          { expr: `model:sluice_stable_seconds:p99_5m{${MODEL}}`, legend: '{{model}} stable' },
        ],
      }),
      lines({
        title: 'Evidence',
        description: 'Calls of both arms that count as evidence.',
        unit: 'short',
        width: 6,
        queries: [
          {
            expr: `sum by (model, version, arm) (sluice_rollout_calls_total{${MODEL}})`,
            legend: `${VERSION} {{arm}}`,
          },
          {
            expr: `sum by (model, version, arm) (sluice_rollout_calls_total{${MODEL},outcome=~"fault|overload"})`,
            legend: `${VERSION} {{arm}}, failed`,
          },
        ],
      }),
      lines({
        title: 'Step: time beyond its end',
        description: 'A step that lacks evidence lasts longer than it is to last.',
        unit: 's',
        width: 6,
        queries: [{ expr: `sluice_rollout_step_overdue_seconds{${MODEL}}`, legend: '{{model}} {{candidate}}' }],
      }),
      lines({
        title: 'Harm budget',
        description: 'Extra faults that budget rollouts have made, and may make.',
        unit: 'short',
        width: 6,
        queries: [
          { expr: `sluice_rollout_budget_spent{${MODEL}}`, legend: '{{model}} {{candidate}} spent' },
          { expr: `sluice_rollout_budget_limit{${MODEL}}`, legend: '{{model}} {{candidate}} limit' },
        ],
      }),
      lines({
        title: 'Sample ratio: p-value',
        description:
          'Of running experiments; below 0.001 the arms did not get their shares, and no result can be believed.',
        unit: 'none',
        max: 1,
        queries: [{ expr: `sluice_experiment_srm_pvalue{${MODEL}}`, legend: '{{experiment}} {{ratio}}' }],
      }),
      lines({
        title: 'Shadows: disagreement',
        description: 'Share of the compared answers that differ beyond the tolerance.',
        unit: 'percentunit',
        queries: [
          { expr: `sluice_shadow_disagreement_ratio{${MODEL}}`, legend: '{{model}} {{version}} against {{live}}' },
        ],
      }),
      states({
        title: 'Drift',
        description: 'What the last hour of calls says of inputs (world) and outputs (model).',
        unit: 'none',
        width: 8,
        height: 8,
        queries: [{ expr: `sluice_drift_verdict{${MODEL}}`, legend: `${VERSION}: {{verdict}}` }],
      }),
    ],
  },
  {
    title: 'Processes',
    panels: [
      lines({
        title: 'Processors',
        description: 'Processor seconds a second, all threads.',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (job, instance) (rate(process_cpu_time_seconds_total{job=~"sluice-.*"}[$__rate_interval]))',
            legend: '{{job}} {{instance}}',
          },
        ],
      }),
      lines({
        title: 'Memory',
        description: 'Physical memory in use.',
        unit: 'bytes',
        queries: [{ expr: 'process_memory_usage_bytes{job=~"sluice-.*"}', legend: '{{job}} {{instance}}' }],
      }),
      lines({
        title: 'Main thread: delay',
        description: 'p99 of how late the event loop is: every call waits for it.',
        unit: 's',
        queries: [{ expr: 'nodejs_eventloop_delay_p99_seconds{job=~"sluice-.*"}', legend: '{{job}} {{instance}}' }],
      }),
      lines({
        title: 'Garbage collection',
        description: 'Share of the time in which the collector stopped the main thread.',
        unit: 'percentunit',
        queries: [
          {
            expr: 'sum by (job, instance) (rate(v8js_gc_duration_seconds_sum{job=~"sluice-.*"}[$__rate_interval]))',
            legend: '{{job}} {{instance}}',
          },
        ],
      }),
      lines({
        title: 'Behind',
        description: 'Time for which a serve process lacks an epoch that is in force.',
        unit: 's',
        queries: [{ expr: 'sluice_instance_behind_seconds', legend: '{{serve}}' }],
      }),
      lines({
        title: 'Limits of the transport',
        description: 'Calls refused and connections ended by a limit or for a broken rule, by kind.',
        unit: 'reqps',
        queries: [
          {
            expr: 'sum by (job, kind) (rate(sluice_transport_limit_total[$__rate_interval]))',
            legend: '{{job}} {{kind}}',
          },
        ],
      }),
    ],
  },
  {
    title: 'Admin',
    panels: [
      lines({
        title: 'Calls of the Admin services',
        description: 'By method and status.',
        unit: 'reqps',
        queries: [
          {
            expr: 'sum by (rpc_method, rpc_response_status_code) (rate(rpc_server_call_duration_seconds_count{job="sluice-admin"}[$__rate_interval]))',
            legend: '{{rpc_method}} {{rpc_response_status_code}}',
          },
        ],
      }),
      lines({
        title: 'Changes of the registry: time',
        description: 'p50 and p99 of a transaction, with the wait for its turn.',
        unit: 's',
        queries: [0.5, 0.99].map((quantile) => ({
          expr: `histogram_quantile(${quantile}, sum by (le) (rate(sluice_store_transaction_duration_seconds_bucket{outcome="ok"}[$__rate_interval])))`,
          legend: `p${quantile * 100}`,
        })),
      }),
      lines({
        title: 'Changes of the registry: faults',
        description:
          'Transactions that failed by fault of the server, and what else it could not do; its log says what.',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (outcome) (increase(sluice_store_transaction_duration_seconds_count{outcome=~"internal|unavailable|data_loss|deadline_exceeded"}[5m]))',
            legend: '{{outcome}}',
          },
          { expr: 'sum(increase(sluice_control_faults_total[5m]))', legend: 'faults in the log' },
        ],
      }),
      lines({
        title: 'Events',
        description: 'Changes that were committed, by kind, in five minutes.',
        unit: 'short',
        queries: [{ expr: 'sum by (kind) (increase(sluice_audit_events_total[5m])) > 0', legend: '{{kind}}' }],
      }),
      lines({
        title: 'Qualification',
        description: 'Versions that are being qualified, that wait for it, and how the last ones ended.',
        unit: 'short',
        queries: [
          { expr: 'sum(sluice_qualification_running)', legend: 'running' },
          { expr: 'sum(sluice_qualification_waiting)', legend: 'waiting' },
          {
            expr: 'sum by (outcome) (increase(sluice_qualification_duration_seconds_count[5m]))',
            legend: '{{outcome}} in 5 minutes',
          },
        ],
      }),
      lines({
        title: 'Disk',
        description: "Share of the data directory's file system that is free.",
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: 'sluice_data_free_bytes / sluice_data_size_bytes', legend: '{{instance}}' }],
      }),
    ],
  },
];

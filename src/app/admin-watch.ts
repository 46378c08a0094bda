/** What the rooms of the admin process tell when something happens, counted for its metrics. */
import type { OutcomeReceipt, ReportedOutcome } from '../domain/experiment.ts';
import { ServerError } from '../domain/errors.ts';
import { AdminCounts } from '../monitor/admin-counts.ts';
import type { QualificationEnd } from '../monitor/admin-counts.ts';
import { Monitor } from '../monitor/monitor.ts';
import type { StoreWatch } from '../registry/store-watch.ts';
import type { Events } from '../telemetry/events.ts';
import type { DoorHooks } from '../transport/hooks.ts';
import { outcomeOf } from '../transport/status.ts';

type Keep = (outcomes: readonly ReportedOutcome[]) => Promise<OutcomeReceipt>;

export class AdminWatch implements StoreWatch {
  readonly counts = new AdminCounts();
  /** Of calls and limits of its ports. */
  readonly monitor = new Monitor();

  readonly recordRpc: DoorHooks['recordRpc'] = (method, code, ms) => {
    this.monitor.rpc(method).record(outcomeOf(code), ms);
  };

  readonly recordLimit: DoorHooks['recordLimit'] = (kind) => {
    this.monitor.recordLimit(kind);
  };

  readonly recordRefusal = (reason: string): void => {
    this.monitor.recordRefusal(reason);
  };

  /** The same log, whose faults are counted. */
  events(events: Events): Events {
    return {
      ...events,
      controlFault: (fault) => {
        this.counts.recordFault();
        events.controlFault(fault);
      },
    };
  }

  transaction({ outcome, ms, events }: Parameters<StoreWatch['transaction']>[0]): void {
    this.counts.recordTransaction({ outcome, ms });
    for (const event of events) {
      this.counts.recordEvent(event);
      this.counts.chainReached(event.seq);
    }
  }

  keepOutcomes(keep: Keep): Keep {
    return async (outcomes) => {
      const receipt = await keep(outcomes);
      this.counts.recordOutcomes(receipt);
      return receipt;
    };
  }

  /** What the caller called off has not ended. */
  qualify<Spec, Report>(
    qualify: (spec: Spec, signal: AbortSignal) => Promise<Report>,
  ): (spec: Spec, signal: AbortSignal) => Promise<Report> {
    return async (spec, signal) => {
      const startedAt = performance.now();
      const record = (end: QualificationEnd): void => {
        if (!signal.aborted) this.counts.recordQualification(end, performance.now() - startedAt);
      };
      try {
        const report = await qualify(spec, signal);
        record('qualified');
        return report;
      } catch (caught) {
        const isRejected = caught instanceof ServerError && caught.code === 'invalid_argument';
        record(isRejected ? 'rejected' : 'failed');
        throw caught;
      }
    };
  }
}

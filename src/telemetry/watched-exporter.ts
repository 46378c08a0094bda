/** An exporter that tells of failed exports, and while closing does not wait for a receiver that failed last time. */
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';

/** What the SDK's exporters of spans and of metrics have in common. */
interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

export class WatchedExporter<Items> {
  closing = false;
  readonly #inner: Exporter<Items>;
  readonly #onFailure: (cause: unknown) => void;
  #failing = false;

  constructor(inner: Exporter<Items>, onFailure: (cause: unknown) => void) {
    this.#inner = inner;
    this.#onFailure = onFailure;
  }

  export(items: Items, done: (result: ExportResult) => void): void {
    if (this.closing && this.#failing) {
      done({ code: ExportResultCode.FAILED });
      return;
    }
    this.#inner.export(items, (result) => {
      this.#failing = result.code !== ExportResultCode.SUCCESS;
      if (this.#failing) this.#onFailure(result.error ?? 'the receiver refused it');
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.#inner.shutdown();
  }
}

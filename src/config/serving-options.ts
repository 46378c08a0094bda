/** The options of the data plane: how models run, what may wait and what a connection may ask for. */
import { bytes, choice, duration, integer, orAuto, orOff, words } from './kinds.ts';
import { WEIGHTS_PREFERENCES } from '../domain/weights.ts';
import { GIB, HOUR, KIB, MIB, option, SECOND, TIB } from './option.ts';

/** The keys are Config's fields, units last; the order is that of docs/options.md. */
export const SERVING_OPTIONS = {
  serveProcesses: option({
    name: 'serve-processes',
    kind: integer({ min: 0, max: 64 }),
    default: 0,
    why: 'Serve processes that `up` keeps, on one port; 0 = one per 8 cores. More for many small calls, see docs/cores.md.',
  }),
  lanes: option({
    name: 'lanes',
    kind: integer({ min: 0, max: 256 }),
    default: 0,
    why: 'Threads of each process that run models; 0 = its cores, less one from 4 on, by `--intra-op-threads`.',
  }),
  intraOpThreads: option({
    name: 'intra-op-threads',
    kind: integer({ min: 1, max: 256 }),
    default: 1,
    why: 'Threads within one run; more make single runs of large models quicker, and leave fewer lanes.',
  }),
  executionProviders: option({
    name: 'execution-providers',
    kind: words(),
    default: Object.freeze(['cpu']),
    why: 'Where ONNX Runtime computes, in order of preference; a version fails to load where one is not available.',
  }),
  weights: option({
    name: 'weights',
    kind: choice(WEIGHTS_PREFERENCES),
    default: 'auto',
    why: 'One copy of weights for all lanes (memory), or the layout that is faster in full batches; see docs/weights.md.',
  }),
  maxBatchRows: option({
    name: 'max-batch-rows',
    kind: integer({ min: 1, max: 65_536 }),
    default: 64,
    why: 'Rows of different calls that run together; more give throughput, fewer keep each run short.',
  }),
  maxQueueDelayMs: option({
    name: 'max-queue-delay',
    kind: duration({ min: 0, max: 10 * SECOND }),
    default: 0,
    why: 'How long an idle lane waits for a fuller batch; 0 = it never waits, which is quickest while lanes are idle.',
  }),
  maxQueueRows: option({
    name: 'max-queue-rows',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 1024,
    why: 'Rows that may wait per version; calls beyond get RESOURCE_EXHAUSTED. Fewer refuse sooner under overload.',
  }),
  maxQueueBytes: option({
    name: 'max-queue-bytes',
    kind: bytes({ min: KIB, max: TIB }),
    default: 256 * MIB,
    why: 'Bytes of tensors that may wait per version; it bounds memory where rows are large.',
  }),
  maxMessageBytes: option({
    name: 'max-message-bytes',
    kind: bytes({ min: KIB, max: GIB }),
    default: 64 * MIB,
    why: 'The largest message taken; a larger one gets RESOURCE_EXHAUSTED.',
  }),
  maxConcurrentStreams: option({
    name: 'max-concurrent-streams',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 384,
    why: 'Calls in flight per connection; clients hold further ones back, which costs the server nothing.',
  }),
  maxConnectionAgeMs: option({
    name: 'max-connection-age',
    kind: orAuto(orOff(duration({ min: SECOND, max: 168 * HOUR }))),
    default: 'auto',
    why: 'Older connections are asked to reconnect, so that they spread anew; auto = 5m with several serve processes.',
  }),
  maxRunMs: option({
    name: 'max-run',
    kind: duration({ min: 1, max: HOUR }),
    default: 30 * SECOND,
    why: 'A run that takes longer is given up: its callers get DEADLINE_EXCEEDED; a version that does it twice fails.',
  }),
  maxLostLanes: option({
    name: 'max-lost-lanes',
    kind: integer({ min: 1, max: 64 }),
    default: 4,
    why: 'With so many threads stuck in runs that were given up, the serve process is replaced by a new one.',
  }),
  qualificationTimeoutMs: option({
    name: 'qualification-timeout',
    kind: duration({ min: 100, max: HOUR }),
    default: 60 * SECOND,
    why: 'How long a version may take to load, warm and prove itself before it is rejected; large ones need more.',
  }),
  qualificationMemoryBytes: option({
    name: 'qualification-memory',
    kind: bytes({ min: 64 * MIB, max: 64 * TIB }),
    default: 4 * GIB,
    why: 'Memory that a version may take to prove itself, within what the machine has; large ones need more.',
  }),
};

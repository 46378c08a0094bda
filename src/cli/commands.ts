/** Every command of `sluice`, in the order in which the help shows them. */
import type { Command } from './command.ts';
import { ALIAS_COMMANDS } from './commands/alias.ts';
import { AUDIT_COMMANDS } from './commands/audit.ts';
import { BENCH_COMMANDS } from './commands/bench.ts';
import { completionCommands } from './commands/completions.ts';
import { CERTS_COMMANDS } from './commands/certs.ts';
import { DOCTOR_COMMANDS } from './commands/doctor.ts';
import { DOWNLOAD_COMMAND } from './commands/download.ts';
import { DRIFT_COMMANDS } from './commands/drift.ts';
import { EXPERIMENT_COMMANDS } from './commands/experiment.ts';
import { METADATA_COMMANDS } from './commands/metadata.ts';
import { MODEL_COMMANDS } from './commands/models.ts';
import { OUTCOME_COMMANDS } from './commands/outcome.ts';
import { REGISTER_COMMANDS } from './commands/register.ts';
import { ROLLOUT_COMMANDS } from './commands/rollout.ts';
import { SHADOW_COMMANDS } from './commands/shadow.ts';
import { STAGE_COMMANDS } from './commands/stage.ts';
import { STATS_COMMANDS } from './commands/stats.ts';
import { TOKEN_COMMANDS } from './commands/token.ts';
import { TOP_COMMANDS } from './commands/top.ts';
import { TRAFFIC_SET_COMMAND } from './commands/traffic-set.ts';
import { TRAFFIC_COMMANDS } from './commands/traffic.ts';
import { WHO_SERVED_COMMANDS } from './commands/who-served.ts';

export const COMMANDS: readonly Command[] = [
  ...MODEL_COMMANDS,
  ...REGISTER_COMMANDS,
  TRAFFIC_SET_COMMAND,
  ...TRAFFIC_COMMANDS,
  ...ROLLOUT_COMMANDS,
  ...EXPERIMENT_COMMANDS,
  ...OUTCOME_COMMANDS,
  ...SHADOW_COMMANDS,
  ...DRIFT_COMMANDS,
  ...STATS_COMMANDS,
  ...TOP_COMMANDS,
  ...BENCH_COMMANDS,
  ...DOCTOR_COMMANDS,
  ...AUDIT_COMMANDS,
  ...WHO_SERVED_COMMANDS,
  ...ALIAS_COMMANDS,
  ...STAGE_COMMANDS,
  ...METADATA_COMMANDS,
  DOWNLOAD_COMMAND,
  ...TOKEN_COMMANDS,
  ...CERTS_COMMANDS,
  ...completionCommands(() => COMMANDS),
];

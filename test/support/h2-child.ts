/** The server of h2-lab.ts in a process of its own, whose memory can be read: for floods and fuzz. */
import type { Limits } from '../../src/transport/h2/options.ts';
import { H2Lab } from './h2-lab.ts';
import type { ProcessReport } from './h2-process.ts';

const lab = await H2Lab.open(JSON.parse(process.argv[2] ?? '{}') as Partial<Limits>);

process.on('message', (request: 'report' | 'collect') => {
  if (request === 'collect') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const report: ProcessReport = { ...lab.report, cpuMs: (user + system) / 1000 };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
process.send?.({ port: lab.port });

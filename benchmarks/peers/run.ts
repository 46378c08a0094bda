/**
 * Side by side: Sluice and what people serve models with, on the same machine, models, requests and load.
 *
 *     npm run peers -- install                                  # once; into a cache outside the repository
 *     npm run peers                                             # everything: about an hour and a quarter
 *     npm run peers -- run --only sluice-h2,naive-rust --cells iris,mlp-22mb:32:1 --rounds 1 --seconds 1
 *     npm run peers -- tools --only naive-rust,fastapi          # our load generator beside ghz and hey
 *     npm run peers -- report                                   # its tables again, and docs/side-by-side.svg
 */
import { parseArgs } from 'node:util';
import { chooseCells } from './cells.ts';
import { compare } from './compare.ts';
import { install } from './install.ts';
import { choosePeers } from './peers.ts';
import { drawPicture, writeReport } from './report.ts';
import { readResults } from './results.ts';
import { compareTools } from './tools.ts';

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    cells: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '75' },
    results: { type: 'string' },
  },
});

function above0(flag: 'rounds' | 'seconds' | 'minutes'): number {
  const value = Number(values[flag]);
  if (!(value > 0)) throw new Error(`--${flag} is a number above 0, not ${values[flag]}`);
  return value;
}

const [command = 'run'] = positionals;
const peers = choosePeers(values.only);
if (command === 'install') {
  for (const peer of peers) {
    const outcome = await install(peer);
    console.log(`${peer.name}: ${'missing' in outcome ? `cannot be installed: ${outcome.missing}` : 'installed'}`);
  }
} else if (command === 'run') {
  const [rounds, seconds, minutes] = [above0('rounds'), above0('seconds'), above0('minutes')];
  writeReport(await compare(peers, { cells: chooseCells(values.cells), rounds, seconds, minutes }));
} else if (command === 'report') {
  const results = readResults(values.results);
  writeReport(results);
  drawPicture(results);
} else if (command === 'tools') {
  await compareTools(peers, { rounds: above0('rounds'), seconds: above0('seconds') });
} else {
  throw new Error(`install, run, tools or report, not ${command}`);
}

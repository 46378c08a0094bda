/** The honest client in a process of its own, which no attacker keeps from its work. */
import { HonestClient, type HonestOptions } from './honest-client.ts';

const client = await HonestClient.start(JSON.parse(process.argv[2] ?? '') as HonestOptions);

process.on('message', () => {
  const { answered, cancelled, refused, offences } = client;
  process.send?.({ answered, cancelled, refused, offences });
});
process.on('disconnect', () => process.exit());
process.send?.('started');

/** Certificates for trying TLS on one's own machine. */
import { integer, path } from '../../config/kinds.ts';
import type { Kind } from '../../config/kinds.ts';
import type { DevCertificates } from '../../certs/dev-certificates.ts';
import { describeError, ServerError } from '../../domain/errors.ts';
import type { Command, Scene } from '../command.ts';
import { flag, manyFlag, switchFlag } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { instant } from '../render/time.ts';

const DAY_MS = 86_400_000;
/** Of clocks that are a little behind. */
const SKEW_MS = 300_000;

const SUBJECT = /^[A-Za-z0-9:*][A-Za-z0-9.:/@_-]{0,127}$/;

const subject: Kind<string> = {
  parse: (text) => (SUBJECT.test(text) ? text : undefined),
  print: String,
  allowed: 'a DNS name, an IP address, a URI or an e-mail address',
};

const OUT = flag('out', 'DIR', path(), 'The folder to write to. Default ./certs.');
const HOST = manyFlag(
  'host',
  'NAME',
  subject,
  'Another name or IP address under which the server is reached, beside localhost; may be given several times.',
);
const CLIENT = manyFlag(
  'client',
  'NAME',
  subject,
  'Who a client is: a DNS name, a URI or an e-mail address; may be given several times. Default operator.',
);
const DAYS = flag('days', 'N', integer({ min: 1, max: 825 }), 'How long they are good for. Default 30.');
const REPLACE = switchFlag('force', 'Replaces files that are there already.');

const DEFAULT_DAYS = 30;

async function dev({ args, screen, now }: Scene): Promise<ExitCode> {
  // Only this command needs the library.
  const { writeDevCertificates } = await import('../../certs/dev-certificates.ts');
  const clients = args.all(CLIENT);
  const notAfter = new Date(now() + (args.get(DAYS) ?? DEFAULT_DAYS) * DAY_MS);
  const made = await writeDevCertificates({
    dir: args.get(OUT) ?? 'certs',
    hosts: args.all(HOST),
    clients: clients.length === 0 ? ['operator'] : clients,
    validity: { notBefore: new Date(now() - SKEW_MS), notAfter },
    force: args.isOn(REPLACE),
  }).catch((caught: unknown) => {
    throw caught instanceof ServerError ? usageError(caught.message) : usageError(`not made: ${describeError(caught)}`);
  });
  screen.show({ ...made, notAfter: notAfter.toISOString() }, () => report(made, notAfter));
  return EXIT.done;
}

function report({ ca, server, clients }: DevCertificates, notAfter: Date): readonly string[] {
  const [client] = clients;
  const files = [ca, ...[server, ...clients].flatMap(({ cert, key }) => [cert, key])];
  const of = (cert: string, key: string): string =>
    client === undefined ? '' : ` ${cert} ${word(client.cert)} ${key} ${word(client.key)}`;
  return [
    `Made, and good until ${instant(notAfter.getTime())}:`,
    ...files.map((file) => `  ${file}`),
    'For development: whoever can read a key is let in under its name.',
    '',
    'Start a server that asks its callers for a certificate:',
    `  npx sluice --tls-cert ${word(server.cert)} --tls-key ${word(server.key)} --tls-client-ca ${word(ca)}`,
    'Call it:',
    `  npx sluice models --ca ${word(ca)}${of('--cert', '--cert-key')}`,
    `  grpcurl -cacert ${word(ca)}${of('-cert', '-key')} localhost:50051 list`,
  ];
}

/** As a shell takes it for one word. */
function word(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export const CERTS_COMMANDS: readonly Command[] = [
  {
    name: 'certs dev',
    operands: [],
    flags: [OUT, HOST, CLIENT, DAYS, REPLACE],
    summary: 'Makes an authority, a certificate for a server and one for each client, to try TLS with.',
    details: [
      'The keys are readable by you alone. The key of the authority is thrown away: to add a client, make all anew with --force.',
    ],
    examples: ['certs dev', 'certs dev --out ./certs --host sluice.example.com --client ci@example.com --days 7'],
    run: dev,
  },
];

/** Tokens: who may call the server, and who the caller is. */
import { ROLES } from '../../access/role.ts';
import { choice, integer } from '../../config/kinds.ts';
import { wrap } from '../../config/wrap.ts';
import { makeToken } from '../../registry/token-secrets.ts';
import { flag, manyFlag, switchFlag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { REASON } from '../flags.ts';
import { longDuration, text } from '../kinds.ts';
import { collect, moreLine } from '../paging.ts';
import { accessLine, tokenTable, WIRE_ROLES } from '../render/tokens.ts';
import { visible } from '../render/ansi.ts';
import { wireTime } from '../wire.ts';

const MAX_LISTED = 10_000;
const MAX_RATE = 1_000_000;
const HOUR_MS = 3_600_000;

const ROLE = flag('role', 'ROLE', choice(ROLES), `What it may do: ${ROLES.join(', ')}. Default viewer.`);
const MODELS = manyFlag('model', 'MODEL', text(), 'A model that it is for; may be given several times. Default: all.');
const EXPIRES = flag(
  'expires',
  'DURATION',
  longDuration({ min: 1000, max: 3650 * 24 * HOUR_MS }),
  'How long it is good, such as 90d. Default: until it is revoked.',
);
const RATE = flag(
  'rate',
  'N',
  integer({ min: 1, max: MAX_RATE }),
  'Calls of Predict per second that each serve process takes from it. Default: no limit.',
);
const BURST = flag(
  'burst',
  'N',
  integer({ min: 1, max: MAX_RATE }),
  'How many of them may come at once. Default: as many as in a second.',
);
const REVOKED = switchFlag('revoked', 'Those that were revoked too.');

async function create({ args, client, screen }: Scene): Promise<ExitCode> {
  const lifetimeMs = args.get(EXPIRES);
  // Sent once: a repeated call would make a second one.
  const reply = await client.ask(client.access.CreateToken, {
    name: args.operand('NAME'),
    role: WIRE_ROLES[args.get(ROLE) ?? 'viewer'],
    models: [...args.all(MODELS)],
    lifetime: lifetimeMs === undefined ? null : wireTime(lifetimeMs),
    requestsPerSecond: args.get(RATE) ?? 0,
    burst: args.get(BURST) ?? 0,
    reason: args.text(REASON),
  });
  const { secret, token } = reply;
  screen.show(reply, (look) => {
    // What is written to a file is to be the token alone.
    if (look.width === Infinity) return [visible(secret)];
    const what = `This is token ${visible(token?.id ?? '')} of ${visible(token?.name ?? '')}`;
    return [
      visible(secret),
      '',
      ...wrap(`${what}. It is not shown again; keep it where only its user can read it.`, look.width),
    ];
  });
  return EXIT.done;
}

/** Without a server: for --admin-token-file. */
function makeNew({ screen }: Scene): Promise<ExitCode> {
  const { text: secret } = makeToken();
  screen.show({ secret }, () => [secret]);
  return Promise.resolve(EXIT.done);
}

async function list({ args, client, screen }: Scene): Promise<ExitCode> {
  const page = await collect(MAX_LISTED, async (request) => {
    const filter = { revoked: args.isOn(REVOKED) };
    const { tokens, nextPageToken } = await client.ask(client.access.ListTokens, { ...filter, ...request });
    return { items: tokens, nextPageToken };
  });
  screen.show({ tokens: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...tokenTable(page.items, look),
    ...moreLine(page, 'there are too many to show them all'),
  ]);
  return EXIT.done;
}

async function revoke({ args, client, screen }: Scene): Promise<ExitCode> {
  const request = { id: args.operand('ID'), reason: args.text(REASON) };
  const token = await client.change(client.access.RevokeToken, request);
  screen.show(token, () => [`Token ${visible(token.id)} of ${visible(token.name)} lets nobody in any more.`]);
  return EXIT.done;
}

async function whoAmI({ client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.access.WhoAmI, {});
  screen.show(reply, () => [accessLine(reply)]);
  return EXIT.done;
}

export const TOKEN_COMMANDS: readonly Command[] = [
  {
    name: 'token create',
    operands: [{ name: 'NAME' }],
    flags: [ROLE, MODELS, EXPIRES, RATE, BURST, REASON],
    summary: 'Makes a token and prints it, once.',
    details: [
      'NAME stands for its user in the audit log. The first token has to be of role admin: from then on every Admin call needs one.',
      'A viewer reads; an operator changes models, traffic, rollouts and experiments, and calls Predict; an approver reads and approves; an admin does everything; a caller calls Predict and nothing else.',
    ],
    examples: [
      'token create ann --role admin',
      'token create ci --role operator --model iris --expires 90d',
      'token create shop --role caller --model iris --rate 500 --burst 1000',
    ],
    run: create,
  },
  {
    name: 'token new',
    operands: [],
    flags: [],
    summary: 'Prints a new token without asking a server: for the file of --admin-token-file.',
    examples: ['token new'],
    run: makeNew,
  },
  {
    name: 'token list',
    operands: [],
    flags: [REVOKED],
    summary: 'Lists the tokens, the newest first; never their secrets.',
    examples: ['token list', 'token list --revoked'],
    run: list,
  },
  {
    name: 'token revoke',
    operands: [{ name: 'ID' }],
    flags: [REASON],
    summary: 'Revokes a token: at once nobody gets in with it, and streams that it opened end.',
    examples: ['token revoke 0123456789abcdef --reason "it was in a log"'],
    run: revoke,
  },
  {
    name: 'whoami',
    operands: [],
    flags: [],
    summary: 'Says who you are to the server, and what you may do.',
    examples: ['whoami', 'whoami --json'],
    run: whoAmI,
  },
];

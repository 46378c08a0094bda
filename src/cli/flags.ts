/** The flags that several commands have. */
import { formatAddress } from '../config/address.ts';
import { address, duration, integer, label, path } from '../config/kinds.ts';
import { flag, manyFlag, switchFlag } from './command.ts';
import type { Args, Flag } from './command.ts';
import { moment, pair, text, tokenText } from './kinds.ts';

const HOUR_MS = 3_600_000;
const MAX_ROWS = 100_000;

export const DEFAULT_ADDRESS = '127.0.0.1:50052';
export const ADDRESS_ENV = 'SLUICE_ADMIN_ADDRESS';
export const DEFAULT_TIMEOUT_MS = 10_000;

export const ADDRESS = flag(
  'address',
  'HOST:PORT',
  address(),
  `Where the admin process listens; ${ADDRESS_ENV} says so too. Default ${DEFAULT_ADDRESS}.`,
);
export const JSON_OUTPUT = switchFlag(
  'json',
  'Prints one JSON document (one per line where the command watches): the reply as proto3 JSON, for scripts.',
);
export const TIMEOUT = flag(
  'timeout',
  'DURATION',
  duration({ min: 1, max: HOUR_MS }),
  'How long to wait for an answer, and for each next piece of an upload or download. Default 10s.',
);
export const ACTOR = flag(
  'actor',
  'NAME',
  label(),
  'Who does it; kept with every change. Default: your user name and this machine.',
);

export const CA_ENV = 'SLUICE_CA';
export const CERT_ENV = 'SLUICE_CERT';
export const CERT_KEY_ENV = 'SLUICE_CERT_KEY';
/** Instead of a file. */
export const SYSTEM_CA = 'system';

export const CA = flag(
  'ca',
  'FILE',
  path(),
  `Speaks TLS, with a server whose certificate is signed by the authority in this PEM file; ${SYSTEM_CA} = one that this machine trusts. ${CA_ENV} says so too.`,
);
export const CERT = flag(
  'cert',
  'FILE',
  path(),
  `The certificate (PEM) to show where the server asks for one; ${CERT_ENV} says so too.`,
);
export const CERT_KEY = flag('cert-key', 'FILE', path(), `The key (PEM) of --cert; ${CERT_KEY_ENV} says so too.`);

export const TOKEN_ENV = 'SLUICE_TOKEN';
export const TOKEN_FILE_ENV = 'SLUICE_TOKEN_FILE';

export const TOKEN: Flag<string> = {
  ...flag(
    'token',
    'TOKEN',
    tokenText(),
    `The token that says who you are. Others can see it in the list of processes: ${TOKEN_ENV}, or ${TOKEN_FILE_ENV} with a file's name, keep it to yourself.`,
  ),
  secret: true,
};

/** Every command has them, and they may stand before it too. */
export const GLOBAL_FLAGS = [ADDRESS, TOKEN, CA, CERT, CERT_KEY, JSON_OUTPUT, TIMEOUT, ACTOR];

const DEFAULT_PREDICT_ADDRESS = '127.0.0.1:50051';
export const PREDICT_ADDRESS = flag(
  'predict-address',
  'HOST:PORT',
  address(),
  `Where the serve process listens. Default ${DEFAULT_PREDICT_ADDRESS}.`,
);

export function predictAddress(args: Args): string {
  const given = args.get(PREDICT_ADDRESS);
  return given === undefined ? DEFAULT_PREDICT_ADDRESS : formatAddress(given);
}

export const REASON = flag('reason', 'TEXT', text(), 'Why; kept with the change.');
export const TAG = manyFlag('tag', 'KEY=VALUE', pair(), 'A tag of the version; may be given several times.');
export const WAIT = flag(
  'wait',
  'DURATION',
  duration({ min: 0, max: 600_000 }),
  'Waits until every serve process has put it in force; exit code 1 where that takes longer. The change stands all the same.',
);
/** Without --wait: mostly enough for the answer to tell that it is done, and no reason to fail where it is not. */
export const SHORT_WAIT_MS = 2000;
export const EXPECTED_EPOCH = flag(
  'expected-epoch',
  'N',
  integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  'Refuses where another epoch is in force by now.',
);
export const EXPECTED_GENERATION = flag(
  'expected-generation',
  'N',
  integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  'Refuses where it has changed since; the "generation" that --json shows.',
);
export const IDEMPOTENCY_KEY = flag(
  'idempotency-key',
  'KEY',
  label(),
  'Makes sure that it is done once, however often it is sent with this key. Default: one of its own.',
);
export const FORCE = switchFlag('force', 'Takes a version that does not accept all that the live one accepts.');
export const LIMIT = flag(
  'limit',
  'N',
  integer({ min: 1, max: MAX_ROWS }),
  'How many to show, the newest. Default 100.',
);
export const WINDOW = flag(
  'window',
  'DURATION',
  duration({ min: 10_000, max: 24 * HOUR_MS }),
  'How far back to look. Default 5m.',
);
export const WATCH = switchFlag('watch', 'Goes on until Ctrl-C.');
export const ALL = switchFlag('all', 'All of them, however many; else the newest 100.');
export const AT = flag('at', 'TIME', moment(), 'The instant to ask about: a time, or how long ago. Default now.');
export const DEFAULT_LIMIT = 100;

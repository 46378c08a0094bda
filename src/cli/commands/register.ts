/** New versions: uploading one, and watching it qualify. */
import { randomUUID } from 'node:crypto';
import type { RegisterVersionReply__Output } from '../../transport/gen/sluice/admin/v1/RegisterVersionReply.ts';
import type { RegisterVersionRequest } from '../../transport/gen/sluice/admin/v1/RegisterVersionRequest.ts';
import type { Version__Output } from '../../transport/gen/sluice/admin/v1/Version.ts';
import { flag, manyFlag, switchFlag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { CommandError, EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { REASON, TAG } from '../flags.ts';
import { numberPair, pair, text } from '../kinds.ts';
import { collectFiles, readPieces } from '../model-folder.ts';
import type { LocalFile } from '../model-folder.ts';
import { visible } from '../render/ansi.ts';
import { bytesText } from '../render/bar.ts';
import { versionLine } from '../render/versions.ts';

const DESCRIPTION = flag('description', 'TEXT', text(), 'What it is.');
const MODEL_TYPE = flag('model-type', 'TEXT', text(), 'Such as classifier.');
const FRAMEWORK = flag('framework', 'TEXT', text(), 'Such as "scikit-learn 1.7.2".');
const METRIC = manyFlag('metric', 'KEY=NUMBER', numberPair(), 'What was measured; may be given several times.');
const PARAMETER = manyFlag('parameter', 'KEY=VALUE', pair(), 'A hyperparameter; may be given several times.');
const TRAINING_DATA = flag('training-data', 'TEXT', text(), 'What it was trained on.');
const DATA_DIGEST = flag('training-data-digest', 'TEXT', text(), 'The digest of that.');
const CODE_COMMIT = flag('code-commit', 'TEXT', text(), 'The commit of the code that trained it.');
const LOCK_DIGEST = flag('dependency-lock-digest', 'TEXT', text(), 'The digest of the lock file of its packages.');
const SOURCE = flag('source', 'TEXT', text(), 'Where it came from: a run, a pipeline, a URL.');
const PARENT = flag('parent', 'MODEL/VERSION', text(), 'The version it was made from.');
const SERVER_PATH = flag(
  'from-server-path',
  'DIR',
  text(),
  "Takes a folder on the admin process's machine instead of uploading; --import-dirs of the server allows which.",
);
const WARM = switchFlag('warm', 'Has it loaded as soon as it is qualified, without traffic.');
const WAIT_QUALIFIED = switchFlag('wait', 'Watches until it is qualified; exit code 1 where it is rejected.');

/** The states from which no version comes back. */
const REFUSED: readonly string[] = ['REJECTED', 'DELETED'];

async function register(scene: Scene): Promise<ExitCode> {
  const { args, screen } = scene;
  const version = { ...newVersion(args), idempotencyKey: randomUUID() };
  const paths = args.operands('PATH');
  const isRemote = args.has(SERVER_PATH);
  if (isRemote === paths.length > 0) {
    throw usageError(
      isRemote ? 'give PATH or --from-server-path, not both' : 'give a PATH to upload, or --from-server-path',
    );
  }
  const files = isRemote ? [] : await collectFiles(paths);
  const reply = await upload(scene, version, files);
  const registered = reply.version;
  if (registered === null) throw new CommandError(EXIT.refused, 'the server did not say what it registered');
  const line = registeredLine(reply, registered);
  if (!args.isOn(WAIT_QUALIFIED)) {
    screen.show(reply, () => [line]);
    return EXIT.done;
  }
  screen.log(reply, () => [line]);
  return await watchQualification(scene, registered.model, registered.version);
}

function registeredLine(
  { created }: RegisterVersionReply__Output,
  { model, version, bytes, digest }: Version__Output,
): string {
  const name = `${visible(model)} ${visible(version)}`;
  const size = `${bytesText(bytes.toNumber())}, digest ${visible(digest).slice(0, 12)}`;
  return created ? `Registered ${name} (${size}).` : `${name} was registered before, with the same files (${size}).`;
}

function newVersion(args: Args) {
  const [model = '', ...rest] = args.operand('MODEL[:VERSION]').split(':');
  return {
    model,
    version: rest.join(':'),
    path: args.text(SERVER_PATH),
    warm: args.isOn(WARM),
    reason: args.text(REASON),
    metadata: {
      description: args.text(DESCRIPTION),
      tags: Object.fromEntries(args.all(TAG)),
      modelType: args.text(MODEL_TYPE),
      framework: args.text(FRAMEWORK),
      metrics: Object.fromEntries(args.all(METRIC)),
      parameters: Object.fromEntries(args.all(PARAMETER)),
      trainingData: args.text(TRAINING_DATA),
      trainingDataDigest: args.text(DATA_DIGEST),
      codeCommit: args.text(CODE_COMMIT),
      dependencyLockDigest: args.text(LOCK_DIGEST),
      source: args.text(SOURCE),
      parent: args.text(PARENT),
    },
  };
}

async function upload(
  { client, screen, now }: Scene,
  version: NonNullable<RegisterVersionRequest['version']>,
  files: readonly LocalFile[],
): Promise<RegisterVersionReply__Output> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const started = now();
  let done = 0;
  async function* pieces(): AsyncGenerator<RegisterVersionRequest> {
    done = 0;
    yield { version };
    for (const file of files) {
      for await (const data of readPieces(file)) yield { file: { path: file.path, data } };
    }
  }
  try {
    return await client.upload(client.registry.RegisterVersion, pieces, ({ file }) => {
      if (!file) return;
      done += file.data?.length ?? 0;
      screen.progress({ label: file.path ?? '', done, total, elapsedMs: now() - started });
    });
  } finally {
    screen.endProgress();
  }
}

async function qualify(scene: Scene): Promise<ExitCode> {
  return await watchQualification(scene, scene.args.operand('MODEL'), scene.args.operand('VERSION'));
}

/** Shows each state until it is settled. */
async function watchQualification(scene: Scene, model: string, version: string): Promise<ExitCode> {
  const { client, screen } = scene;
  for await (const seen of client.watch(client.registry.WatchVersion, { model, version, untilSettled: true })) {
    const { state } = seen;
    screen.update(seen, { block: (look) => [versionLine(seen, look)], lines: (look) => [versionLine(seen, look)] });
    if (!REFUSED.includes(state)) continue;
    const why = seen.reason === '' ? '' : `: ${visible(seen.reason)}`;
    throw new CommandError(EXIT.no, `${visible(seen.model)} ${visible(seen.version)} is ${visible(state)}${why}`);
  }
  return EXIT.done;
}

export const REGISTER_COMMANDS: readonly Command[] = [
  {
    name: 'register',
    operands: [{ name: 'MODEL[:VERSION]' }, { name: 'PATH', optional: true, many: true }],
    flags: [
      WAIT_QUALIFIED,
      WARM,
      DESCRIPTION,
      TAG,
      METRIC,
      PARAMETER,
      FRAMEWORK,
      MODEL_TYPE,
      TRAINING_DATA,
      DATA_DIGEST,
      CODE_COMMIT,
      LOCK_DIGEST,
      SOURCE,
      PARENT,
      SERVER_PATH,
      REASON,
    ],
    summary: 'Registers a version and puts it in line for qualification.',
    details: [
      'PATH is a model.onnx (the only .onnx file may have any name), or a folder with model.onnx and its other files; hidden files are left out. Without VERSION it is named by the time, such as 20260131_235959.',
      'The first qualified version of a model takes all of its traffic; later ones take none until "sluice traffic set" says so.',
    ],
    examples: [
      'register iris:3 model.onnx --wait',
      'register iris ./export --tag team=fraud --metric accuracy=0.97 --reason "retrained on May"',
      'register iris:3 --from-server-path /srv/imports/iris-3',
    ],
    run: register,
  },
  {
    name: 'qualify',
    operands: [{ name: 'MODEL' }, { name: 'VERSION' }],
    flags: [],
    summary: 'Watches a version until it is qualified or rejected; exit code 1 where it is rejected.',
    examples: ['qualify iris 3', 'qualify iris 3 --json'],
    run: qualify,
  },
];

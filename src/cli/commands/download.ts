/** The files of a version, as they were registered, into a folder here. */
import type { Version__Output } from '../../transport/gen/sluice/admin/v1/Version.ts';
import type { Command, Scene } from '../command.ts';
import { DownloadFile } from '../download-file.ts';
import { CommandError, EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { visible } from '../render/ansi.ts';
import { bytesText } from '../render/bar.ts';

async function download(scene: Scene): Promise<ExitCode> {
  const { args, client, screen } = scene;
  const folder = args.operand('DIR');
  const request = { model: args.operand('MODEL'), version: args.operand('VERSION') };
  const version = await client.ask(client.registry.GetVersion, request);
  try {
    await receive(scene, version, folder);
  } finally {
    screen.endProgress();
  }
  const what = `${version.files.length} ${version.files.length === 1 ? 'file' : 'files'}`;
  const name = `${visible(version.model)} ${visible(version.version)}`;
  const size = bytesText(version.bytes.toNumber());
  screen.show(version, () => [`Downloaded ${name} (${what}, ${size}) into ${visible(folder)}; every digest is right.`]);
  return EXIT.done;
}

async function receive({ client, screen, now }: Scene, version: Version__Output, folder: string): Promise<void> {
  const expected = new Map(version.files.map((file) => [file.path, file]));
  const progress = { total: version.bytes.toNumber(), done: 0 };
  const started = now();
  let current: DownloadFile | undefined;
  const request = { model: version.model, version: version.version };
  try {
    for await (const { path, data } of client.download(client.registry.DownloadVersion, request)) {
      if (current?.path !== path) {
        await current?.finish();
        current = undefined;
        current = await DownloadFile.open(folder, takeExpected(expected, path));
      }
      await current.write(data);
      progress.done += data.length;
      screen.progress({ label: path, ...progress, elapsedMs: now() - started });
    }
    const last = current;
    current = undefined;
    await last?.finish();
  } finally {
    await current?.abandon();
  }
  const [missing] = expected.keys();
  if (missing !== undefined) throw new CommandError(EXIT.no, `the server did not send ${visible(missing)}`);
}

/** Each file once. */
function takeExpected(expected: Map<string, { readonly path: string; readonly sha256: string }>, path: string) {
  const file = expected.get(path);
  if (file === undefined) {
    throw new CommandError(EXIT.no, `the server sent ${visible(path)}, which is not of the version`);
  }
  expected.delete(path);
  return file;
}

export const DOWNLOAD_COMMAND: Command = {
  name: 'download',
  operands: [{ name: 'MODEL' }, { name: 'VERSION' }, { name: 'DIR' }],
  flags: [],
  summary: 'Downloads the files of a version into a folder, and checks their digests.',
  examples: ['download iris 3 ./iris-3', 'download iris latest ./iris'],
  run: download,
};

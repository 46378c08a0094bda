import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before as beforeAll, suite, test } from 'node:test';
import { andThenNothing, before, FakeAdmin, inTurn, Refusal, sluice } from '../../support/fake-admin.ts';

const MODEL_BYTES = Buffer.alloc(600 * 1024, 'model');
const WEIGHTS = Buffer.from('weights');

const VERSION = {
  model: 'iris',
  version: '3',
  digest: 'b'.repeat(64),
  files: [
    { path: 'model.onnx', size: MODEL_BYTES.length, sha256: sha256(MODEL_BYTES) },
    { path: 'weights/part.bin', size: WEIGHTS.length, sha256: sha256(WEIGHTS) },
  ],
  bytes: MODEL_BYTES.length + WEIGHTS.length,
  state: 'QUALIFIED',
  stage: 'staging',
  metadata: {
    description: 'retrained\u001b[2J',
    tags: { team: 'fraud' },
    extra: { fields: { run: { numberValue: 7 } } },
  },
  createdAt: before(7300),
  createdBy: 'ann',
  aliases: ['champion'],
  weight: 1000,
};

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function inState(state: string, reason = '') {
  return { ...VERSION, state, reason };
}

interface Piece {
  readonly version?: { readonly model: string; readonly version: string; readonly idempotencyKey: string } & Record<
    string,
    unknown
  >;
  readonly file?: { readonly path: string; readonly data: Buffer };
}

/** The files of an upload, put together, and its first message. */
function received(messages: readonly Piece[] | undefined) {
  const [first, ...pieces] = messages ?? [];
  const files: Record<string, Buffer> = {};
  for (const { file } of pieces) {
    if (file) files[file.path] = Buffer.concat([files[file.path] ?? Buffer.alloc(0), file.data]);
  }
  const largest = Math.max(...pieces.map(({ file }) => file?.data.length ?? 0));
  return { version: first?.version, files, largest };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await mkdir(join(folder, 'export', 'weights'), { recursive: true });
  await writeFile(join(folder, 'export', 'model.onnx'), MODEL_BYTES);
  await writeFile(join(folder, 'export', 'weights', 'part.bin'), WEIGHTS);
  await writeFile(join(folder, 'export', 'empty.txt'), '');
  await writeFile(join(folder, 'export', '.hidden'), 'no');
  await writeFile(join(folder, 'mine.onnx'), WEIGHTS);
  await writeFile(join(folder, 'config.json'), '{"maxBatchRows": 32, "nested": {"list": [1, "a", null]}}');
});
after(async () => {
  await rm(folder, { recursive: true });
});

suite('register', () => {
  test('uploads a folder in small pieces, without hidden files, with all that was said about it', async () => {
    using admin = await FakeAdmin.start({ RegisterVersion: () => ({ version: inState('UPLOADED'), created: true }) });
    const said = ['--tag', 'team=fraud', '--tag', 'a=b=c', '--metric', 'accuracy=0.97', '--framework', 'sk', '--warm'];
    const { code, stdout } = await sluice(['register', 'iris:3', join(folder, 'export'), ...said, '--reason', 'May'], {
      admin,
    });
    assert.deepEqual([code, stdout], [0, `Registered iris 3 (600.0 KiB, digest ${'b'.repeat(12)}).\n`]);
    const { version, files, largest } = received(admin.requests<readonly Piece[]>('RegisterVersion')[0]);
    assert.deepEqual(files, { 'model.onnx': MODEL_BYTES, 'weights/part.bin': WEIGHTS, 'empty.txt': Buffer.alloc(0) });
    assert.equal(largest, 256 * 1024);
    assert.deepEqual([version?.model, version?.version, version?.warm, version?.reason], ['iris', '3', true, 'May']);
    const { tags, metrics, framework } = version?.metadata as Record<string, unknown>;
    assert.deepEqual(
      { tags, metrics, framework },
      { tags: { team: 'fraud', a: 'b=c' }, metrics: { accuracy: 0.97 }, framework: 'sk' },
    );
  });

  test('the only .onnx file may have any name, and the version may be left to the server', async () => {
    using admin = await FakeAdmin.start({ RegisterVersion: () => ({ version: VERSION, created: false }) });
    const { stdout } = await sluice(['register', 'iris', join(folder, 'mine.onnx')], { admin });
    assert.match(stdout, /^iris 3 was registered before, with the same files/);
    const { version, files } = received(admin.requests<readonly Piece[]>('RegisterVersion')[0]);
    assert.deepEqual([version?.version, Object.keys(files)], ['', ['model.onnx']]);
  });

  test('one that was not answered is uploaded once more with the same key', async () => {
    using admin = await FakeAdmin.start({
      RegisterVersion: (_messages, attempt) => {
        if (attempt === 1) throw new Refusal('UNAVAILABLE', 'going away');
        return { version: VERSION, created: true };
      },
    });
    const { code } = await sluice(['register', 'iris:3', join(folder, 'export')], { admin });
    assert.equal(code, 0);
    const [first, second] = admin.requests<readonly Piece[]>('RegisterVersion');
    assert.notEqual(received(first).version?.idempotencyKey, '');
    assert.deepEqual(received(first), received(second));
  });

  test('a terminal sees the progress of the upload, and it is gone in the end', async () => {
    using admin = await FakeAdmin.start({ RegisterVersion: () => ({ version: VERSION, created: true }) });
    const { stdout } = await sluice(['register', 'iris:3', join(folder, 'export')], { admin, terminal: 80 });
    assert.match(stdout, /^\r\S+ {2}[█░]{20} +\d+% {2}.* of 600\.0 KiB/);
    assert.match(stdout, /\r\u001b\[KRegistered iris 3 \(.*\)\.\n$/);
  });

  test('with --wait each state is shown; a rejected version is exit code 1 with the reason', async () => {
    using admin = await FakeAdmin.start({
      RegisterVersion: () => ({ version: inState('UPLOADED'), created: true }),
      WatchVersion: () => inTurn(inState('UPLOADED'), inState('QUALIFYING'), inState('REJECTED', 'it crashed')),
    });
    const { code, stdout, stderr } = await sluice(['register', 'iris:3', join(folder, 'export'), '--wait'], { admin });
    assert.deepEqual([code, stderr], [1, 'sluice: iris 3 is REJECTED: it crashed\n']);
    assert.deepEqual(stdout.split('\n').slice(1), [
      '12:00:00Z  iris 3  UPLOADED',
      '12:00:00Z  iris 3  QUALIFYING',
      '12:00:00Z  iris 3  REJECTED: it crashed',
      '',
    ]);
    const watched = admin.requests<{ version: string; untilSettled: boolean }>('WatchVersion')[0];
    assert.deepEqual([watched?.version, watched?.untilSettled], ['3', true]);
  });

  test('a folder on the server takes no upload', async () => {
    using admin = await FakeAdmin.start({ RegisterVersion: () => ({ version: VERSION, created: true }) });
    await sluice(['register', 'iris', '--from-server-path', '/srv/iris'], { admin });
    const messages = admin.requests<readonly Piece[]>('RegisterVersion')[0];
    assert.deepEqual([messages?.length, messages?.[0]?.version?.path], [1, '/srv/iris']);
  });

  test('what cannot be uploaded is said before anything is sent', async () => {
    const cases: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
      [[join(folder, 'gone.onnx')], /gone\.onnx cannot be read \(ENOENT/],
      [[join(folder, 'config.json')], /there is no model\.onnx in /],
      [[join(folder, 'export'), join(folder, 'export')], /would both be "empty\.txt"/],
      [[], /give a PATH to upload, or --from-server-path/],
      [[join(folder, 'export'), '--from-server-path', '/srv'], /not both/],
      [[join(folder, 'export'), '--metric', 'a=b'], /--metric cannot be "a=b"; give KEY=NUMBER/],
    ];
    for (const [args, sentence] of cases) {
      const { code, stderr } = await sluice(['register', 'iris', ...args, '--address', '127.0.0.1:1']);
      assert.equal(code, 2, stderr);
      assert.match(stderr, sentence);
    }
  });

  test('a refusal in the middle of an upload ends it', async () => {
    using admin = await FakeAdmin.start({
      RegisterVersion: () => {
        throw new Refusal('RESOURCE_EXHAUSTED', 'too many uploads');
      },
    });
    const { code, stderr } = await sluice(['register', 'iris', join(folder, 'export')], { admin });
    assert.deepEqual([code, stderr], [4, 'sluice: too many uploads\n']);
  });
});

suite('qualify', () => {
  test('ends well where it is qualified, and redraws one line on a terminal', async () => {
    using admin = await FakeAdmin.start({
      WatchVersion: () => inTurn(inState('QUALIFYING'), inState('QUALIFIED')),
    });
    const { code, stdout } = await sluice(['qualify', 'iris', '3'], { admin, terminal: 80, env: { NO_COLOR: '1' } });
    assert.equal(code, 0);
    assert.equal(
      stdout,
      '\r\u001b[J12:00:00Z  iris 3  ██░ QUALIFYING\n\u001b[1A\r\u001b[J12:00:00Z  iris 3  ███ QUALIFIED\n',
    );
  });

  test('one JSON document per line for scripts', async () => {
    using admin = await FakeAdmin.start({ WatchVersion: () => inTurn(inState('QUALIFYING'), inState('QUALIFIED')) });
    const { stdout } = await sluice(['qualify', 'iris', '3', '--json'], { admin, terminal: 80 });
    const states = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { state: string }).state);
    assert.deepEqual(states, ['QUALIFYING', 'QUALIFIED']);
  });

  test('a version that is deleted meanwhile is a no', async () => {
    using admin = await FakeAdmin.start({ WatchVersion: () => andThenNothing(inState('DELETED')) });
    assert.equal((await sluice(['qualify', 'iris', '3'], { admin })).code, 1);
  });
});

suite('what there is', () => {
  test('a version in JSON is the reply as proto3 JSON has it', async () => {
    using admin = await FakeAdmin.start({ GetVersion: () => VERSION });
    const { stdout } = await sluice(['version', 'iris', 'latest', '--json'], { admin });
    const shown = JSON.parse(stdout) as Record<string, unknown>;
    const { bytes, createdAt, state, weight, warm, aliases, metadata } = shown;
    assert.deepEqual(
      { bytes, createdAt, state, weight, warm, aliases },
      {
        bytes: '614407',
        createdAt: '2026-01-31T09:58:20Z',
        state: 'QUALIFIED',
        weight: 1000,
        warm: false,
        aliases: ['champion'],
      },
    );
    assert.deepEqual((metadata as Record<string, unknown>).extra, { run: 7 });
    assert.equal('deletedAt' in shown, false);
    assert.doesNotMatch(stdout, /\u001b/);
  });

  test('a description cannot move the cursor', async () => {
    using admin = await FakeAdmin.start({ GetVersion: () => VERSION, ListVersions: () => ({ versions: [VERSION] }) });
    for (const argv of [
      ['version', 'iris', '3'],
      ['versions', 'iris'],
    ]) {
      const { stdout } = await sluice(argv, { admin });
      assert(stdout.includes(String.raw`retrained\x1b[2J`));
      assert.doesNotMatch(stdout, /\u001b/);
    }
  });

  test('versions are filtered by the server, and --all reads page after page', async () => {
    using admin = await FakeAdmin.start({
      ListVersions: ({ pageToken }: { pageToken: string }) =>
        pageToken === ''
          ? { versions: [VERSION], nextPageToken: 'more' }
          : { versions: [{ ...VERSION, version: '2' }] },
    });
    const { stdout } = await sluice(
      ['versions', 'iris', '--state', 'qualified', '--stage', 'staging', '--tag', 'team', '--all'],
      { admin },
    );
    assert.deepEqual(
      stdout.split('\n').map((line) => line.split(' ')[0]),
      ['VERSION', '3', '2', ''],
    );
    assert.deepEqual(admin.requests('ListVersions'), [
      { model: 'iris', stage: 'staging', state: 'QUALIFIED', tag: 'team', pageSize: 1000, pageToken: '' },
      { model: 'iris', stage: 'staging', state: 'QUALIFIED', tag: 'team', pageSize: 1000, pageToken: 'more' },
    ]);
  });

  test('a list that is not whole says so', async () => {
    using admin = await FakeAdmin.start({
      ListVersions: () => ({ versions: Array.from({ length: 100 }, () => VERSION), nextPageToken: 'more' }),
    });
    const { stdout } = await sluice(['versions', 'iris'], { admin });
    assert.match(stdout, /\nThese are the first 100; --all shows the rest\.\n$/);
    assert.equal(admin.calls.length, 1);
  });

  test('models show who answers', async () => {
    const weights = [
      { version: '1', weight: 9000 },
      { version: '3', weight: 1000 },
    ];
    using admin = await FakeAdmin.start({
      ListModels: () => ({ models: [{ model: 'iris', versions: 2, latest: '3', epoch: 7, weights }] }),
    });
    assert.equal(
      (await sluice(['models'], { admin })).stdout,
      'MODEL  VERSIONS  LATEST  EPOCH  TRAFFIC\niris          2  3           7  1 90%, 3 10%\n',
    );
  });
});

suite('changes to versions', () => {
  test('say what was asked for', async () => {
    using admin = await FakeAdmin.start({
      UpdateMetadata: () => VERSION,
      DeleteVersion: () => inState('DELETED'),
      SetAlias: () => ({ model: 'iris', alias: 'champion', version: '3' }),
      DeleteAlias: () => ({}),
      RequestTransition: () => ({
        id: 12,
        model: 'iris',
        version: '3',
        toStage: 'production',
        status: 'pending',
        approvalsNeeded: 2,
      }),
      ApproveTransition: () => ({ id: 12, model: 'iris', version: '3', toStage: 'production', status: 'approved' }),
      RejectTransition: () => ({ id: 12, model: 'iris', version: '3', toStage: 'production', status: 'rejected' }),
    });
    const shown: Record<string, string> = {};
    for (const line of [
      'tag iris 3 team=fraud old=',
      'describe iris 3 retrained',
      'delete iris 3',
      'alias set iris champion 3 --expected none',
      'alias delete iris champion',
      'stage request iris 3 production',
      'stage approve 12',
      'stage reject 12',
    ]) {
      const { code, stdout } = await sluice([...line.split(' '), '--reason', 'because'], { admin });
      assert.equal(code, 0);
      shown[line] = stdout.trimEnd();
    }
    assert.deepEqual(Object.values(shown), [
      'iris 3 has the tags team=fraud.',
      String.raw`iris 3 has the description "retrained\x1b[2J".`,
      'iris 3 is deleted; "sluice gc" tells what that frees.',
      'iris alias:champion is 3.',
      'iris has no alias:champion any more.',
      'iris 3 may enter production after 0 of 2 approvals (request 12); "sluice stage approve 12" gives one.',
      'iris 3 is in production (request 12).',
      'Request 12 for iris 3 to enter production is rejected.',
    ]);
    const asked = admin.calls.map(({ request }) => {
      const { idempotencyKey, reason, ...rest } = request as Record<string, unknown>;
      assert.match(String(idempotencyKey), /^[0-9a-f-]{36}$/);
      assert.equal(reason, 'because');
      return rest;
    });
    assert.deepEqual(asked.slice(0, 4), [
      { model: 'iris', version: '3', tags: { team: 'fraud', old: '' } },
      { model: 'iris', version: '3', description: 'retrained', _description: 'description', tags: {} },
      { model: 'iris', version: '3' },
      { model: 'iris', alias: 'champion', version: '3', expectedVersion: 'none' },
    ]);
  });

  test('a description may be taken away, and one that is not given stays', async () => {
    using admin = await FakeAdmin.start({ UpdateMetadata: () => ({ ...VERSION, metadata: {} }) });
    const { stdout } = await sluice(['describe', 'iris', '3', ''], { admin });
    assert.equal(stdout, 'iris 3 has no description.\n');
    await sluice(['tag', 'iris', '3', 'a=b'], { admin });
    const [described, tagged] = admin.requests('UpdateMetadata');
    assert.deepEqual([described?.description, tagged !== undefined && 'description' in tagged], ['', false]);
  });

  test('a configuration comes from a file or from standard input', async () => {
    using admin = await FakeAdmin.start({ ConfigureModel: () => ({ model: 'iris' }) });
    const fromFile = await sluice(['configure', 'iris', join(folder, 'config.json')], { admin });
    assert.equal(fromFile.stdout, 'iris has its own maxBatchRows, nested now.\n');
    const fromStdin = await sluice(['configure', 'iris', '-'], { admin, stdin: '{}' });
    assert.equal(fromStdin.stdout, "iris has the server's defaults now.\n");
    const [first] = admin.requests<{ config: { fields: Record<string, { numberValue?: number }> } }>('ConfigureModel');
    assert.equal(first?.config.fields.maxBatchRows?.numberValue, 32);
    for (const [stdin, sentence] of [
      ['{', /standard input is not JSON/],
      ['[]', /standard input is no JSON object/],
      [' '.repeat(2 ** 20 + 1), /larger than 1\.0 MiB/],
    ] as const) {
      const { code, stderr } = await sluice(['configure', 'iris', '-'], { admin, stdin });
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    }
  });

  test('garbage is only told of, unless it is confirmed', async () => {
    using admin = await FakeAdmin.start({
      GarbageCollect: ({ confirm }: { confirm: boolean }) => ({
        removed: [{ path: 'model.onnx', size: 2048, sha256: 'c'.repeat(64) }],
        bytes: 2048,
        retained: 1,
        dryRun: !confirm,
      }),
    });
    assert.match(
      (await sluice(['gc'], { admin })).stdout,
      /would remove {2}1 file, 2\.0 KiB\n.*\n\nNothing was removed; add --confirm to do it\.\n$/,
    );
    assert.match(
      (await sluice(['gc', '--confirm'], { admin })).stdout,
      /removed {2}1 file, 2\.0 KiB\nkept {5}1 of deleted versions/,
    );
  });
});

suite('download', () => {
  const pieces = [
    { path: 'model.onnx', data: MODEL_BYTES.subarray(0, 1000) },
    { path: 'model.onnx', data: MODEL_BYTES.subarray(1000) },
    { path: 'weights/part.bin', data: WEIGHTS },
  ];

  async function download(name: string, sent: readonly object[], version: object = VERSION) {
    using admin = await FakeAdmin.start({ GetVersion: () => version, DownloadVersion: () => inTurn(...sent) });
    const target = join(folder, name);
    return { ...(await sluice(['download', 'iris', '3', target], { admin })), target };
  }

  test('the files are what was registered', async () => {
    const { code, stdout, target } = await download('whole', pieces);
    assert.equal(code, 0);
    assert.match(stdout, /^Downloaded iris 3 \(2 files, 600\.0 KiB\) into .*; every digest is right\.\n$/);
    assert.deepEqual(await readFile(join(target, 'model.onnx')), MODEL_BYTES);
    assert.deepEqual(await readFile(join(target, 'weights', 'part.bin')), WEIGHTS);
    assert.deepEqual((await readdir(target)).toSorted(), ['model.onnx', 'weights']);
  });

  test('other bytes are refused and leave no file', async () => {
    const { code, stderr, target } = await download('damaged', [{ path: 'model.onnx', data: WEIGHTS }]);
    assert.equal(code, 1);
    assert.match(stderr, /model\.onnx arrived with digest .* and should have /);
    assert.deepEqual(await readdir(target), []);
  });

  test('a file that does not come is missed', async () => {
    const { code, stderr } = await download('short', pieces.slice(0, 2));
    assert.deepEqual([code, stderr], [1, 'sluice: the server did not send weights/part.bin\n']);
  });

  test('a path that leads out of the folder, or that the version does not have, is refused', async () => {
    for (const path of ['../out', '/etc/out', 'a/../../out', 'a\\out', '', '.']) {
      const files = [{ path, size: 1, sha256: sha256(WEIGHTS) }];
      const { code, stderr } = await download('outside', [{ path, data: WEIGHTS }], { ...VERSION, files });
      assert.equal(code, 1, path);
      assert.match(stderr, /which is not a path below a folder/);
    }
    const stranger = await download('stranger', [{ path: 'other', data: WEIGHTS }]);
    assert.match(stranger.stderr, /the server sent other, which is not of the version/);
  });

  test('files that are there are not overwritten', async () => {
    await download('twice', pieces);
    const { code, stderr } = await download('twice', pieces);
    assert.equal(code, 2);
    assert.match(stderr, /model\.onnx is there already; name an empty folder/);
  });

  test('a download that breaks off leaves no half file', async () => {
    using admin = await FakeAdmin.start({
      GetVersion: () => VERSION,
      DownloadVersion: async function* () {
        yield { path: 'model.onnx', data: MODEL_BYTES.subarray(0, 1000) };
        throw new Refusal('DATA_LOSS', 'model.onnx is damaged');
      },
    });
    const { code, stderr } = await sluice(['download', 'iris', '3', join(folder, 'broken')], { admin });
    assert.deepEqual([code, stderr], [4, 'sluice: model.onnx is damaged\n']);
    assert.deepEqual(await readdir(join(folder, 'broken')), []);
  });
});

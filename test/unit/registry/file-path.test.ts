/** Which paths the files of a version may have. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FilePaths, MAX_FILES, checkFilePath } from '../../../src/registry/file-path.ts';

function add(...paths: readonly string[]): void {
  const all = new FilePaths();
  for (const path of paths) all.add(path);
}

suite('paths of files', () => {
  test('relative paths of up to four parts are taken', () => {
    for (const path of [
      'model.onnx',
      'a/b/c/d',
      '.hidden',
      'a b/é',
      '-',
      'a/.b',
      `${'x/'.repeat(3)}${'y'.repeat(255)}`,
    ]) {
      checkFilePath(path);
    }
  });

  test('paths that leave the folder, or that no system has, are refused with the reason', () => {
    const reasons: readonly (readonly [string, RegExp])[] = [
      ['', /is empty/],
      ['/etc/passwd', /has an empty part/],
      ['a//b', /has an empty part/],
      ['a/', /has an empty part/],
      ['./a', /has an empty part/],
      ['..', /begins with "\.\."/],
      ['a/../b', /begins with "\.\."/],
      ['..data/x', /begins with "\.\."/],
      ['a\\b', /backslash/],
      ['a\0', /NUL/],
      ['\ud800', /well-formed/],
      ['a/b/c/d/e', /has 5 parts, and 4 are the most/],
      ['x'.repeat(256), /more than 255 bytes/],
      ['é'.repeat(128), /more than 255 bytes/],
      [`${'x'.repeat(250)}/${'x'.repeat(250)}/${'x'.repeat(11)}`, /has 513 characters, and 512 are the most/],
    ];
    for (const [path, message] of reasons) {
      assert.throws(() => checkFilePath(path), { code: 'invalid_argument', message }, JSON.stringify(path));
    }
  });

  test('a path comes once, and is a file or a folder', () => {
    assert.throws(() => add('a', 'b', 'a'), { code: 'invalid_argument', message: /"a" comes twice/ });
    assert.throws(() => add('a/b', 'a'), { code: 'invalid_argument', message: /a file and a folder/ });
    assert.throws(() => add('a', 'a/b/c'), { code: 'invalid_argument', message: /a file and a folder/ });
    add('a/b', 'a/c', 'ab');
  });

  test('a version has no more than 1,000 files', () => {
    const most = Array.from({ length: MAX_FILES }, (_, at) => `f${at}`);
    add(...most);
    assert.throws(() => add(...most, 'one-more'), { code: 'resource_exhausted', message: /1000 files/ });
    assert.throws(() => add(...most.map((name) => `${name}/x`)), { code: 'resource_exhausted', message: /folders/ });
  });
});

/** An operator who has nothing but the console: from the upload of a version to all of its traffic, and back. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Browser, picture } from '../support/browser.ts';
import { iris } from '../support/client.ts';
import { MODELS, Sluice } from '../support/sluice.ts';
import { SteadyRate } from '../support/steady-rate.ts';
import { until } from '../support/until.ts';

const KEYS = 200;
const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const FILES = ['model.onnx', 'model.json', 'reference.json'].map((name) => join(MODELS, 'iris/2', name));

describe('an operator with the console alone', { timeout: 170_000 }, () => {
  let directory: string;
  let server: Sluice;
  let browser: Browser;
  let page: Page;
  let callers: SteadyRate;
  let missing: string | undefined;

  before(async () => {
    const opened = await Browser.open();
    if ('missing' in opened) {
      missing = opened.missing;
      return;
    }
    browser = opened;
    directory = await mkdtemp(join(tmpdir(), 'sluice-console-'));
    await cp(join(MODELS, 'iris/1'), join(directory, 'iris/1'), { recursive: true });
    server = await Sluice.start({ modelsDir: directory, args: ['--console-address', '127.0.0.1:0'] });
    callers = new SteadyRate({
      address: server.predictAddress,
      perSecond: 40,
      request: (count) => ({ model: 'iris', inputs: [FLOWER], routingKey: `caller-${String(count % KEYS)}` }),
    });
    page = await browser.page(`http://${server.consoleAddress}/`);
  });
  after(async () => {
    if (missing !== undefined) return;
    await callers.stop();
    await browser.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  /** Versions that answered in an epoch. */
  const answered = (epoch: number): string[] =>
    callers.calls.filter(({ reply }) => reply?.epoch === epoch).map(({ reply }) => reply?.version ?? '');
  const inForce = async (epoch: number): Promise<void> => {
    await page.getByText(`Epoch ${String(epoch)}`, { exact: true }).waitFor();
    await page.getByText('in force on 1 of 1 process').waitFor();
    await until(() => answered(epoch).length > 0);
  };

  it('uploads version 2 and sees it qualify', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    await page.getByRole('link', { name: 'iris' }).click();
    await page.getByRole('button', { name: 'Upload a version' }).click();
    await page.getByLabel('Version', { exact: true }).fill('2');
    await page.locator('input[type=file]').setInputFiles(FILES);
    await page.getByLabel('Reason').fill('gradient boosting');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('It may have traffic.').waitFor();
    await picture(page, 'upload');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: /^2 qualified/ }).waitFor();
  });

  it('drags a tenth of the traffic to it, having seen who moves', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    await page.getByLabel('Add a version to the traffic').selectOption('2');
    const boundary = page.getByRole('slider', { name: 'Boundary between 1 and 2' });
    const bar = await page.locator('.traffic-bar').boundingBox();
    assert(bar !== null);
    await boundary.hover();
    await page.mouse.down();
    await page.mouse.move(bar.x + bar.width * 0.95, bar.y + 10);
    await page.mouse.move(bar.x + bar.width * 0.9, bar.y + 10);
    await page.mouse.up();
    const preview = page.getByRole('form', { name: 'Preview of the change' });
    assert.match((await preview.textContent()) ?? '', /10.% of the callers, from 1 \(10.%\) to 2 \(10.%\)/);
    assert.match((await preview.textContent()) ?? '', /epoch 2/);
    await preview.getByLabel('Reason').fill('a first tenth');
    await picture(page, 'preview');
    await preview.getByRole('button', { name: 'Put epoch 2 in force' }).click();
    await inForce(2);
    await until(() => answered(2).length >= KEYS);
    const share = answered(2).filter((version) => version === '2').length / answered(2).length;
    assert(share > 0.03 && share < 0.2, `version 2 answered ${String(share)}`);
  });

  it('sees both versions answer', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    const two = page.getByRole('article', { name: 'Version 2' });
    await two.locator('canvas.heat-map').waitFor();
    await two
      .getByText(/^[\d.]+.ms$/)
      .first()
      .waitFor();
    await picture(page, 'canary');
  });

  it('gives it all of the traffic by the number fields', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    const field = page.getByLabel('Weight of 2 in per cent');
    await field.fill('100');
    await field.press('Tab');
    await page.getByRole('button', { name: 'Put epoch 3 in force' }).click();
    await inForce(3);
    await until(() => answered(3).length > 50);
    assert.deepEqual(new Set(answered(3)), new Set(['2']));
  });

  it('moves the boundary by keys alone', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    const boundary = page.getByRole('slider', { name: 'Boundary between 1 and 2' });
    await page.getByRole('link', { name: 'Shadow & drift' }).focus();
    for (let tab = 0; tab < 5; tab += 1) {
      await page.keyboard.press('Tab');
      if ((await page.locator('.boundary:focus').count()) > 0) break;
    }
    const presses = [
      ['End', '100'],
      ['ArrowLeft', '99'],
      ['Alt+ArrowLeft', '98.9'],
      ['Shift+ArrowLeft', '88.9'],
      ['ArrowUp', '89.9'],
      ['Home', '0'],
      ['ArrowDown', '0'],
    ] as const;
    for (const [keys, at] of presses) {
      await page.keyboard.press(keys);
      assert.equal(await boundary.getAttribute('aria-valuenow'), at, keys);
    }
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Discard' }).press('Enter');
    await page.getByRole('form', { name: 'Preview of the change' }).waitFor({ state: 'detached' });
  });

  it('rolls back to the first epoch', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    await page.getByRole('button', { name: 'Roll back to epoch 1' }).click();
    const dialog = page.getByRole('dialog');
    assert.match((await dialog.textContent()) ?? '', /100.% of the callers, from 2/);
    await dialog.getByLabel('Reason').fill('back to the baseline');
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await inForce(4);
    await until(() => answered(4).length > 50);
    assert.deepEqual(new Set(answered(4)), new Set(['1']));
  });

  it('lets a rollout go the same way, on evidence', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    await page.getByRole('link', { name: 'Rollout', exact: true }).click();
    await page.getByText('No rollout yet').waitFor();
    await page.getByRole('button', { name: 'Start a rollout' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Weights of the candidate in per cent').fill('20, 50');
    await dialog.getByLabel('Watched with all the traffic, in seconds').fill('1');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByText('holding').first().waitFor();
    for (const [button, shown] of [
      ['Pause', 'paused'],
      ['Resume', 'holding'],
      ['Promote fully', 'promoted'],
    ] as const) {
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').getByRole('button', { name: button }).click();
      await page.locator('.panel-head').getByText(shown, { exact: true }).waitFor();
    }
    await picture(page, 'promoted');
    const { reply } = callers.calls.at(-1) ?? {};
    assert.equal(reply?.version, '2');
  });

  it('finds it all in the audit log', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    await page.getByRole('link', { name: 'Audit' }).click();
    for (const words of ['gradient boosting', 'a first tenth', 'back to the baseline']) {
      await page.getByText(words).first().waitFor();
    }
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('none was changed').waitFor();
    const prediction = callers.calls.find(({ reply }) => reply?.epoch === 3)?.reply?.predictionId ?? '';
    await page.getByLabel('Prediction id').fill(prediction);
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('iris 2').first().waitFor();
  });

  it('failed no call and left no error in the browser', (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    assert.deepEqual(
      callers.calls.filter(({ error }) => error !== '').map(({ error }) => error),
      [],
    );
    assert.deepEqual(browser.complaints, []);
  });
});

/** Every page of the console with things to show: in both themes, on a telephone, read by axe, fed with hostile words. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Browser, picture, violations } from '../support/browser.ts';
import { SluiceClient } from '../support/client.ts';
import { ConsoleClient } from '../support/console.ts';
import { freePort, MODELS, Sluice } from '../support/sluice.ts';
import { SteadyRate } from '../support/steady-rate.ts';
import { until } from '../support/until.ts';

/** Markup, a closing quote, and letters that turn the text around. */
const HOSTILE = `<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>"'\u202e&amp;`;
const LONG = 'a-model-whose-name-is-as-long-as-names-may-be.'.padEnd(128, 'x');
const SERVED = ['iris', 'iris-rollout', 'iris-ab', 'iris-shadow'];
const BOTH = [
  { name: 'control', version: '1' },
  { name: 'treatment', version: '2' },
];

/** What each page shows once it is there. */
const PAGES: readonly (readonly [name: string, hash: string, shown: string])[] = [
  ['models', '#/models', 'serve process connected'],
  ['model', '#/models/iris', 'Epochs'],
  ['long-name', `#/models/${LONG}`, 'Epochs'],
  ['rollout', '#/models/iris-rollout/rollout', 'Record'],
  ['rollouts', '#/rollouts', 'iris-rollout'],
  ['experiments', '#/experiments', 'button-colour'],
  ['experiment', '#/experiments/button-colour', 'Shares of the calls'],
  ['shadow', '#/models/iris-shadow/shadow', 'Worst examples'],
  ['audit', '#/audit', 'traffic.set'],
  ['nothing', '#/models/nobody', 'there is no model'],
];

const flower = (at: number): readonly number[] =>
  [4.5 + (at % 31) / 10, 2.2 + (at % 19) / 10, 1.2 + (at % 53) / 10, 0.2 + (at % 23) / 10].map(Math.fround);

describe('the pages of the console', { timeout: 280_000 }, () => {
  let directory: string;
  let server: Sluice;
  let url: string;
  let api: ConsoleClient;
  let callers: SteadyRate;
  let browser: Browser;
  let missing: string | undefined;

  before(async () => {
    const opened = await Browser.open();
    if ('missing' in opened) {
      missing = opened.missing;
      return;
    }
    browser = opened;
    directory = await mkdtemp(join(tmpdir(), 'sluice-console-'));
    for (const model of SERVED) await cp(join(MODELS, 'iris'), join(directory, model), { recursive: true });
    await cp(join(MODELS, 'iris/1'), join(directory, LONG, 'v'.repeat(128)), { recursive: true });
    const port = await freePort();
    server = await Sluice.start({
      modelsDir: directory,
      args: ['--console-address', `127.0.0.1:${String(port)}`],
    });
    url = `http://${server.consoleAddress}`;
    api = new ConsoleClient(url);
    callers = new SteadyRate({
      address: server.predictAddress,
      perSecond: 60,
      request: (count) => ({
        model: SERVED[count % SERVED.length] ?? '',
        inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], floats: flower(count) }],
        routingKey: `caller-${String(count % 500)}`,
      }),
    });
    await prepare();
  });
  after(async () => {
    if (missing !== undefined) return;
    await callers.stop();
    await browser.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  async function prepare(): Promise<void> {
    const arms = [
      { version: '1', weight: 7500 },
      { version: '2', weight: 2500 },
    ];
    await api.ask('Traffic/SetTraffic', { model: 'iris', policy: { arms }, reason: HOSTILE });
    await api.ask('Registry/UpdateMetadata', {
      model: 'iris',
      version: '2',
      description: HOSTILE,
      tags: { [HOSTILE]: HOSTILE },
      reason: HOSTILE,
    });
    const shadows = [{ version: '2', share: 10_000 }];
    const alone = [{ version: '1', weight: 10_000 }];
    await api.ask('Traffic/SetTraffic', { model: 'iris-shadow', policy: { arms: alone, shadows } });
    await api.ask('Rollouts/Start', {
      model: 'iris-rollout',
      candidate: '2',
      strategy: { canary: { steps: [1000, 2500, 5000].map((weight) => ({ weight, hold: '600s' })) } },
      reason: HOSTILE,
    });
    await api.ask('Experiments/Create', {
      name: 'button-colour',
      model: 'iris-ab',
      hypothesis: HOSTILE,
      arms: BOTH,
      metrics: [
        { name: 'conversion', kind: 'proportion', minimumEffect: 0.02, baseline: 0.1 },
        { name: 'amount', kind: 'mean', role: 'secondary' },
      ],
    });
    await api.ask('Experiments/Start', { name: 'button-colour' });
    await until(
      () => callers.calls.filter(({ reply }) => reply?.arm.startsWith('button-colour.') === true).length > 150,
    );
    await reportOutcomes();
  }

  /** Every caller of the experiment says what became of it. */
  async function reportOutcomes(): Promise<void> {
    const client = new SluiceClient(server.predictAddress);
    const replies = callers.calls.flatMap(({ reply }) =>
      reply?.arm.startsWith('button-colour.') === true ? [reply] : [],
    );
    const outcomes = replies.flatMap(({ predictionId, arm }, at) => {
      const isTreated = arm.endsWith('treatment');
      return [
        { predictionId, metric: 'conversion', value: at % (isTreated ? 3 : 5) === 0 ? 1 : 0 },
        { predictionId, metric: 'amount', value: (at % 17) + (isTreated ? 2 : 0) },
      ];
    });
    await client.call('sluice.v1.OutcomeService', 'ReportOutcomes', { outcomes });
    client.close();
  }

  async function shows(page: Page, hash: string, shown: string): Promise<void> {
    await page.goto(`${url}/${hash}`);
    await page.getByText(shown).first().waitFor();
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  }

  it('are read by axe without a complaint in both themes, and fit a telephone', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    const page = await browser.page(url, { bypassCSP: true });
    for (const [name, hash, shown] of PAGES) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
      await shows(page, hash, shown);
      await picture(page, `${name}-light`);
      assert.deepEqual(await violations(page), [], `${name}, light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await picture(page, `${name}-dark`);
      assert.deepEqual(await violations(page, ['color-contrast']), [], `${name}, dark`);
      await page.setViewportSize({ width: 375, height: 812 });
      await picture(page, `${name}-375`);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.equal(width, 375, `nothing of ${name} sticks out to the right`);
    }
    await page.context().close();
  });

  it('show words of others as text', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    const page = await browser.page(url);
    await shows(page, '#/models/iris', 'Epochs');
    await page.getByText('globalThis.hacked=1').first().waitFor();
    await page.getByRole('button', { name: /^2 qualified/ }).click();
    await page.getByText('Description').waitFor();
    await picture(page, 'version-detail');
    await page.goto(`${url}/#/audit`);
    await page.getByText('version.updated').click();
    await page.goto(`${url}/#/experiments/button-colour`);
    await page.getByText('globalThis.hacked=1').first().waitFor();
    await page.goto(`${url}/#/models/%3Cimg%20src=x%20onerror=%22globalThis.hacked=1%22%3E`);
    await page.getByText('no model').waitFor();
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.equal(await page.locator('img[src=x], main script').count(), 0);
    await page.context().close();
  });

  it('go on after the admin process was killed, without being loaded anew', async (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    const page = await browser.page(url);
    await shows(page, '#/models/iris', 'Epochs');
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    process.kill(server.childPid('admin'), 'SIGKILL');
    await page.getByText('reconnecting').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await api.ask('Traffic/SwitchTraffic', { model: 'iris', version: '2', reason: 'after the restart' });
    await page.getByText('after the restart').waitFor();
    assert.equal(await page.evaluate(() => 'isSamePage' in globalThis), true);
    await page.context().close();
  });

  it('threw nothing, and complained only of the time without a server and of what is not there', (t) => {
    if (missing !== undefined) {
      t.skip(missing);
      return;
    }
    assert.deepEqual(
      browser.complaints.filter((text) => !text.includes('net::ERR_')),
      [],
    );
  });
});

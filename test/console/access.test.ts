/** The console where callers have to say who they are: what a viewer sees, and what a viewer's forged request gets. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Browser, picture, violations } from '../support/browser.ts';
import { ConsoleClient } from '../support/console.ts';
import { MODELS, runSluice, Sluice } from '../support/sluice.ts';

describe('the console with identities', { timeout: 120_000 }, () => {
  let directory: string;
  let server: Sluice;
  let url: string;
  let viewerToken: string;
  let adminToken: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-console-'));
    await cp(join(MODELS, 'iris'), join(directory, 'models/iris'), { recursive: true });
    const made = await runSluice(['token', 'new']);
    adminToken = made.stdout.trim();
    const file = join(directory, 'admin.token');
    await writeFile(file, adminToken, { mode: 0o600 });
    const args = ['--console-address', '127.0.0.1:0', '--admin-token-file', file];
    server = await Sluice.start({ modelsDir: join(directory, 'models'), args });
    url = `http://${server.consoleAddress}`;
    const admin = new ConsoleClient(url);
    await admin.signIn(adminToken);
    const { secret } = await admin.ask<{ secret: string }>('Access/CreateToken', { name: 'vera', role: 'VIEWER' });
    viewerToken = secret;
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it('lets nobody in without a token, nor with one that is not good', async () => {
    const stranger = new ConsoleClient(url);
    await assert.rejects(stranger.ask('Registry/ListModels', {}), /^Error: unauthenticated: /);
    assert.equal((await stranger.signIn('sluice_nobody')).status, 401);
    assert.equal(stranger.cookie, '');
    const { status } = await stranger.send('/api/watch?of=[["Registry/ListModels",{}]]');
    assert.equal(status, 401);
    assert.deepEqual((await stranger.send('/api/session')).body, {
      signedIn: false,
      name: '',
      role: '',
      methods: [],
    });
  });

  it("keeps the token out of the cookie, and the cookie out of the page's reach", async () => {
    const reply = await new ConsoleClient(url).signIn(viewerToken);
    const cookie = reply.headers.get('set-cookie') ?? '';
    assert.match(cookie, /^sluice_console_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    assert.doesNotMatch(cookie, new RegExp(viewerToken));
    assert.doesNotMatch(JSON.stringify(server.log), new RegExp(viewerToken));
  });

  it("refuses a viewer's forged change, and one that is signed with the name of another", async () => {
    const viewer = new ConsoleClient(url);
    await viewer.signIn(viewerToken);
    await viewer.ask('Registry/ListVersions', { model: 'iris' });
    const message = { model: 'iris', version: '2' };
    const headers = { 'x-sluice-actor': 'admin' };
    const forged = await viewer.send('/api/Traffic/SwitchTraffic', { method: 'POST', body: message, headers });
    assert.equal(forged.status, 403);
    assert.match(forged.body.message ?? '', /"vera" is a viewer and may not call/);
    await viewer.send('/api/session', { method: 'DELETE' });
    await assert.rejects(viewer.ask('Registry/ListModels', {}), /unauthenticated/);
  });

  it('signs changes with the identity and with nothing else', async () => {
    const admin = new ConsoleClient(url);
    await admin.signIn(adminToken);
    const message = { model: 'iris', version: '2', reason: 'signed' };
    const headers = { 'x-sluice-actor': 'somebody else' };
    await admin.send('/api/Traffic/SwitchTraffic', { method: 'POST', body: message, headers });
    const { events } = await admin.ask<{ events: { actor: string; reason: string }[] }>('Audit/ListEvents', {
      model: 'iris',
    });
    const actor = events.find(({ reason }) => reason === 'signed')?.actor;
    assert(actor !== undefined && actor !== 'somebody else', `signed by ${String(actor)}`);
  });

  describe('in a browser', () => {
    let browser: Browser;
    let page: Page;
    let missing: string | undefined;

    before(async () => {
      const opened = await Browser.open();
      if ('missing' in opened) {
        missing = opened.missing;
        return;
      }
      browser = opened;
      page = await browser.page(url, { bypassCSP: true });
    });
    after(async () => {
      if (missing === undefined) await browser.close();
    });

    it('asks for a token, and shows a viewer no button that a viewer may not press', async (t) => {
      if (missing !== undefined) {
        t.skip(missing);
        return;
      }
      await page.getByLabel('Token').fill('sluice_nobody');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      await picture(page, 'sign-in');
      assert.deepEqual(await violations(page), []);
      await page.getByLabel('Token').fill(viewerToken);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('link', { name: 'iris' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Register a version' }).count(), 0);
      await page.getByRole('link', { name: 'iris' }).click();
      await page.getByRole('heading', { name: 'Epochs' }).waitFor();
      await page.getByText('in force on').waitFor();
      for (const name of ['Upload a version', 'Roll back']) {
        assert.equal(await page.getByRole('button', { name }).count(), 0, name);
      }
      assert.equal(await page.getByRole('slider').count(), 0);
      assert.equal(await page.getByLabel('Add a version to the traffic').count(), 0);
      await page.getByRole('link', { name: 'Rollout', exact: true }).click();
      await page.getByText('No rollout yet').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Start a rollout' }).count(), 0);
      assert.equal(
        await page.evaluate<string>('JSON.stringify([Object.entries(localStorage), document.cookie])'),
        '[[["sluice-theme","system"]],""]',
      );
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Token').waitFor();
    });
  });
});

/** The rules of Prometheus: they are valid, every alert is tried, and leads to a page that says what to do. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { DEPLOY, dashboardQueries, knownNames, namesIn, rules } from '../support/deployment.ts';
import { prometheusTool, promtool } from '../support/prometheus.ts';
import { REPOSITORY } from '../support/sluice.ts';

const RUNBOOKS = 'docs/runbooks';
const tool = await prometheusTool('promtool');
const missing = 'missing' in tool ? { skip: tool.missing } : {};
const path = 'path' in tool ? tool.path : '';

/** SluiceCanarySlow → canary-slow. */
function pageOf(alert: string): string {
  return alert
    .replace(/^Sluice/, '')
    .replaceAll(/(?<=.)[A-Z]/g, '-$&')
    .toLowerCase();
}

const alerts = rules().filter(({ alert }) => alert !== undefined);

test('promtool takes the configuration and all rules', missing, async () => {
  await promtool(path, 'check', 'config', join(DEPLOY, 'prometheus/prometheus.yml'));
});

test('every alert fires and keeps silent as deploy/prometheus/tests says', missing, async () => {
  await promtool(path, 'test', 'rules', join(DEPLOY, 'prometheus/tests/alerts.yml'));
});

test('every alert is tried: at least once it fires, and at least once it does not', async () => {
  const text = await readFile(join(DEPLOY, 'prometheus/tests/alerts.yml'), 'utf8');
  const { tests } = parse(text) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
  };
  const tried = tests.flatMap(({ alert_rule_test: checks }) => checks);
  const kinds = alerts.map(({ alert }) => {
    const own = tried.filter(({ alertname }) => alertname === alert);
    return {
      alert,
      fires: own.some(({ exp_alerts: fired }) => fired !== undefined),
      silent: own.some(({ exp_alerts: fired }) => fired === undefined),
    };
  });
  assert.deepEqual(
    kinds,
    alerts.map(({ alert }) => ({ alert, fires: true, silent: true })),
  );
});

test('every alert has a severity, a summary with what was seen, and a runbook; every runbook has an alert', async () => {
  for (const { alert = '', labels, annotations } of alerts) {
    assert.match(labels?.severity ?? '', /^(page|ticket)$/, alert);
    assert.match(annotations?.summary ?? '', /\{\{ \$(value|labels\.\w+)/, alert);
    assert.equal(annotations?.runbook_url, `${RUNBOOKS}/${pageOf(alert)}.md`);
  }
  const pages = new Set(alerts.map(({ alert = '' }) => `${pageOf(alert)}.md`));
  assert.deepEqual((await readdir(join(REPOSITORY, RUNBOOKS))).toSorted(), [...pages].toSorted());
});

test('every runbook says what it means, how to confirm, what to do, how to undo and what not to do, in 15 to 45 lines', async () => {
  const headings = ['What it means', 'Confirm', 'Do first', 'Undo', 'Do not'];
  for (const { alert = '' } of alerts) {
    const text = await readFile(join(REPOSITORY, RUNBOOKS, `${pageOf(alert)}.md`), 'utf8');
    assert.equal(text.split('\n')[0], `# ${alert}`);
    assert.deepEqual(
      [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
      headings,
      alert,
    );
    const count = text.trimEnd().split('\n').length;
    assert(count >= 15 && count <= 45, `${alert} has ${String(count)} lines`);
  }
});

test(
  'rules, dashboard and runbooks name metrics that exist, and no query of theirs is malformed',
  missing,
  async () => {
    const queries = [...rules().map(({ expr }) => expr), ...dashboardQueries(), ...(await runbookQueries())];
    const known = knownNames();
    const unknown = queries.flatMap((expr) => namesIn(expr).filter((name) => !known.has(name)));
    assert.deepEqual(unknown, []);
    const dir = await mkdtemp(join(tmpdir(), 'sluice-rules-'));
    const group = {
      name: 'queries',
      rules: queries.map((expr, index) => ({ record: `query:${String(index)}`, expr })),
    };
    await writeFile(join(dir, 'queries.yml'), JSON.stringify({ groups: [group] }));
    await promtool(path, 'check', 'rules', join(dir, 'queries.yml'));
    await rm(dir, { recursive: true });
  },
);

/** What stands in their blocks of promql. */
async function runbookQueries(): Promise<readonly string[]> {
  const dir = join(REPOSITORY, RUNBOOKS);
  const texts = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/```promql\n([^`]*)```/g)].flatMap(([, block = '']) =>
      block.split('\n').filter((line) => line !== ''),
    ),
  );
}

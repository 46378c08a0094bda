/** A real Chromium on the console: pages that fail a test where they write an error, pictures, and axe. */
import { readFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import type { Browser as Chromium, Page } from 'playwright-core';
import { REPOSITORY } from './sluice.ts';
import { chromium } from './tools.ts';

/** Where pictures are kept; git does not. */
export const PICTURES = join(REPOSITORY, 'test/console/out');

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly hasTouch?: boolean;
  /** Where axe is to run: it is no part of the page, which runs no code but its own. */
  readonly bypassCSP?: boolean;
}

export class Browser {
  readonly #chromium: Chromium;
  /** What pages wrote to their consoles, and what they threw. */
  readonly complaints: string[] = [];

  private constructor(browser: Chromium) {
    this.#chromium = browser;
  }

  /** undefined where there is no Chromium, with the reason. */
  static async open(): Promise<Browser | { readonly missing: string }> {
    const tool = await chromium();
    if ('missing' in tool) return tool;
    // A container has neither the namespaces for its sandbox nor much shared memory.
    const args = ['--no-sandbox', '--disable-dev-shm-usage'];
    return new Browser(await playwright.launch({ executablePath: tool.path, args }));
  }

  async page(url: string, options: PageOptions = {}): Promise<Page> {
    const { width = 1280, height = 900, scheme = 'light', hasTouch = false, bypassCSP = false } = options;
    const context = await this.#chromium.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      hasTouch,
      bypassCSP,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.#chromium.close();
  }
}

export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** What is not accessible by WCAG 2.2 AA, or by these rules alone; empty is good. */
export async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const source = await readFile(join(REPOSITORY, 'node_modules/axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const runOnly = rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await page.evaluate(
    async (only) => {
      const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
      return await axe.run({ runOnly: only, resultTypes: ['violations'] });
    },
    [...runOnly],
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

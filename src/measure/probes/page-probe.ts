/** A page, opened in Chromium: what is done on it, what has to be seen, and what is kept of one that fails. */

import { stripVTControlCharacters } from 'node:util';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PageAct, Probe } from '../../config/probe.ts';
import { keepTrace } from './keep-trace.ts';
import { failing, HOLDS, untold, type Tried } from './result.ts';
import { NoValue, type Values } from './values.ts';

type PageProbe = Extract<Probe, { kind: 'page' }>;

export interface PageAt {
  readonly name: string;
  /** Where the environment answers. */
  readonly base: string;
  /** Where pictures and traces are kept; absolute, and there. */
  readonly folder: string;
  readonly values: Values;
  readonly signal: AbortSignal;
}

const SHOT_MS = 5000;

export async function tryPage(probe: PageProbe, browser: Browser, at: PageAt): Promise<Tried> {
  const context = await browser.newContext({ ignoreHTTPSErrors: false, acceptDownloads: false });
  const end = () => void context.close().catch(() => undefined);
  at.signal.addEventListener('abort', end, { once: true });
  try {
    await context.tracing.start({ screenshots: true, snapshots: true });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(`the page threw: ${oneLine(message)}`));
    const problem = await problemOn(page, probe, at);
    if (problem === undefined) return HOLDS;
    if (!browser.isConnected()) return untold('Chromium ended');
    const files = await keep(page, context, at);
    return { ...failing(problem, ...errors.slice(0, 1)), files };
  } finally {
    at.signal.removeEventListener('abort', end);
    await context.close().catch(() => undefined);
  }
}

async function problemOn(page: Page, probe: PageProbe, at: PageAt): Promise<string | undefined> {
  const until = performance.now() + probe.timeoutMs;
  const left = () => Math.max(1, until - performance.now());
  try {
    const opened = await open(page, probe, at, left());
    if (opened !== undefined) return opened;
    for (const act of probe.acts) {
      const problem = await doOn(page, act, at.values, left());
      if (problem !== undefined) return problem;
    }
    return undefined;
  } catch (error) {
    if (error instanceof NoValue) throw error;
    if (at.signal.aborted) return `${probe.path} was not done in time`;
    return `${probe.path}: ${oneLine((error as Error).message)}`;
  }
}

async function open(
  page: Page,
  { path: where, status: wanted, followsRedirects }: PageProbe,
  { base, values }: PageAt,
  timeout: number,
): Promise<string | undefined> {
  const url = base.replace(/\/+$/, '') + values.path(where);
  const response = await page.goto(url, { timeout }).catch((error: unknown) => {
    if (isTimeout(error)) return 'late' as const;
    throw error;
  });
  if (response === 'late') return `${where} did not load in time`;
  const status = response?.status() ?? 0;
  const isFine = wanted === undefined ? status >= 200 && status < 300 : status === wanted;
  if (!isFine) return `${where} answered ${status}, not ${wanted ?? '200 to 299'}`;
  const led = response?.request().redirectedFrom() != null;
  return led && !followsRedirects ? `${where} leads elsewhere, and is not followed` : undefined;
}

/** @returns what did not work */
async function doOn(
  page: Page,
  act: PageAct,
  values: Values,
  timeout: number,
): Promise<string | undefined> {
  const hasText = act.kind === 'expect' && act.text !== undefined ? { hasText: act.text } : {};
  const element = page.locator(act.selector, hasText).first();
  try {
    if (act.kind === 'click') await element.click({ timeout });
    else if (act.kind === 'fill') await element.fill(values.of(act.with), { timeout });
    else await element.waitFor({ state: 'visible', timeout });
    return undefined;
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const what = `\`${act.selector}\`${act.kind === 'expect' && act.text !== undefined ? ` with \`${act.text}\`` : ''}`;
    return act.kind === 'expect'
      ? `${what} was not seen`
      : `${what} could not be ${DONE[act.kind]}`;
  }
}

const DONE = { click: 'clicked', fill: 'filled' };

const isTimeout = (error: unknown): boolean => (error as Error).name === 'TimeoutError';

const oneLine = (text: string): string =>
  (stripVTControlCharacters(text).split('\n')[0] ?? '').trim().slice(0, 200);

/** A picture of the page and what led to it; nothing of it is needed for the verdict. */
async function keep(
  page: Page,
  context: BrowserContext,
  { name, folder, values, signal }: PageAt,
): Promise<readonly string[]> {
  if (signal.aborted) return [];
  const picture = `${name}.png`;
  const isTaken = await page
    .screenshot({ path: path.join(folder, picture), timeout: SHOT_MS })
    .then(() => true)
    .catch(() => false);
  const trace = `${name}-trace.zip`;
  const isKept = await keepTrace(context, path.join(folder, trace), values.redact);
  return [...(isTaken ? [picture] : []), ...(isKept ? [trace] : [])];
}

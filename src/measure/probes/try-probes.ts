/** Tries every probe, one after the other, whatever became of those before; within one bound for all. */

import { stripVTControlCharacters } from 'node:util';
import type { HttpAsk, NamedProbe, Probe } from '../../config/probe.ts';
import { redactor } from '../redact.ts';
import { askHttp } from './ask-http.ts';
import { oneBrowser, type OneBrowser } from './browser.ts';
import { tryPage } from './page-probe.ts';
import { failing, HOLDS, untold, type ProbeResult, type Tried } from './result.ts';
import { NoValue, valuesFrom, type Values } from './values.ts';

export interface ProbesAsked {
  readonly probes: readonly NamedProbe[];
  /** Where the service answers; undefined where nobody knows. */
  readonly url: string | undefined;
  /** For all together. */
  readonly timeoutMs: number;
}

export interface ProbePorts {
  /** The judged project. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of variables that hold secrets. */
  readonly secrets: readonly string[];
  /** Where pictures and traces are kept; absolute, and there. */
  readonly folder: string;
  /** Runs a command of the project. */
  readonly run: (
    argv: readonly string[],
    timeoutMs: number,
    name: string,
    signal: AbortSignal,
  ) => Promise<Tried>;
  readonly onResult: (result: ProbeResult) => void;
}

interface At {
  readonly asked: ProbesAsked;
  readonly ports: ProbePorts;
  readonly values: Values;
  readonly browser: OneBrowser;
}

export async function tryProbes(
  asked: ProbesAsked,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  const values = valuesFrom(ports.env, redactor(ports.env, ports.secrets));
  const browser = oneBrowser(ports.root, ports.env);
  const bound = AbortSignal.any([signal, AbortSignal.timeout(asked.timeoutMs)]);
  const results: ProbeResult[] = [];
  try {
    for (const one of asked.probes) {
      if (signal.aborted) break;
      const start = performance.now();
      const tried = await tryOne(one, results, { asked, ports, values, browser }, bound);
      const result = resultOf(one, tried, performance.now() - start, values);
      results.push(result);
      ports.onResult(result);
    }
    return results;
  } finally {
    await browser.close();
  }
}

function resultOf(
  { name, section }: NamedProbe,
  { state, why, note, files = [] }: Tried,
  tookMs: number,
  { redact }: Values,
): ProbeResult {
  const plain = (line: string) => stripVTControlCharacters(redact(line)).replace(/\p{Cc}+/gu, ' ');
  return {
    ...{ name, section, state, files, tookMs: Math.round(tookMs), why: why.map(plain) },
    ...(note !== undefined && { note }),
  };
}

async function tryOne(
  one: NamedProbe,
  before: readonly ProbeResult[],
  at: At,
  bound: AbortSignal,
): Promise<Tried> {
  const { probe } = one;
  if (bound.aborted)
    return untold(`not tried: the ${at.asked.timeoutMs / 1000} s for all were over`);
  const broken = before.find(({ name, state }) => probe.needs.includes(name) && state !== 'holds');
  if (broken !== undefined) return untold(`not tried: it needs ${broken.name}`);
  try {
    return await tryBy(one, at, bound);
  } catch (error) {
    if (error instanceof NoValue) return untold(error.message);
    throw error;
  }
}

async function tryBy({ name, probe }: NamedProbe, at: At, bound: AbortSignal): Promise<Tried> {
  const within = (ms: number) => AbortSignal.any([bound, AbortSignal.timeout(ms)]);
  switch (probe.kind) {
    case 'not_applicable':
      return { state: 'not_applicable', why: [probe.why] };
    case 'run':
      return at.ports.run(probe.argv, probe.timeoutMs, name, bound);
    case 'http':
      return askAll(probe.asks, at, within(probe.timeoutMs));
    case 'page':
      return onPage(name, probe, at, within);
  }
}

async function askAll(
  asks: readonly HttpAsk[],
  { asked, values }: At,
  signal: AbortSignal,
): Promise<Tried> {
  if (asked.url === undefined) return untold('nobody says where it answers');
  for (const ask of asks) {
    const problem = await askHttp(ask, asked.url, values, signal);
    if (problem !== undefined) return failing(problem);
  }
  return HOLDS;
}

/** What is kept of a page that fails comes on top of its time. */
const KEPT_WITHIN_MS = 15_000;

async function onPage(
  name: string,
  probe: Extract<Probe, { kind: 'page' }>,
  at: At,
  within: (ms: number) => AbortSignal,
): Promise<Tried> {
  const { asked, ports, values, browser } = at;
  if (asked.url === undefined) return untold('nobody says where it answers');
  // Starting Chromium is no fault of the page.
  const found = await browser.get();
  if (found.ok) {
    const { folder } = ports;
    const signal = within(probe.timeoutMs + KEPT_WITHIN_MS);
    return tryPage(probe, found.value, { name, base: asked.url, folder, values, signal });
  }
  if (probe.or === undefined) return untold(found.failure);
  const tried = await askAll(probe.or, at, within(probe.timeoutMs));
  return { ...tried, note: `over HTTP: ${found.failure}` };
}

/** One request of a probe: bounded in time and size, led nowhere else, and judged by what it expects. */

import type { HttpAsk, HttpExpected } from '../../config/probe.ts';
import { valueAt } from '../formats/json-path.ts';
import { NoValue, type Values } from './values.ts';

const CAP_BYTES = 4 * 1024 * 1024;
const SHOWN_CHARS = 200;
const LOOKED_AT = 64 * 1024;

/** @returns why it does not hold; undefined where it does */
export async function askHttp(
  ask: HttpAsk,
  base: string,
  values: Values,
  signal: AbortSignal,
): Promise<string | undefined> {
  const start = performance.now();
  const what = `${ask.method} ${ask.path}`;
  let answer: Answer;
  try {
    answer = await answerTo(ask, base, values, signal);
  } catch (error) {
    if (error instanceof NoValue) throw error;
    if (signal.aborted) return `${what} did not answer in time`;
    // A message could hold what was sent.
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    return `${what} could not be asked: ${cause?.code ?? 'no connection'}`;
  }
  const tookMs = Math.round(performance.now() - start);
  const problem = problemOf(answer, ask.expect, values) ?? tooLate(tookMs, ask.expect);
  if (problem !== undefined) return `${what} ${problem}`;
  return kept(answer, ask, values, what);
}

interface Answer {
  readonly status: number;
  /** Undefined where it is longer than nemesis reads. */
  readonly text: string | undefined;
}

async function answerTo(
  ask: HttpAsk,
  base: string,
  values: Values,
  signal: AbortSignal,
): Promise<Answer> {
  const { method, headers, bearer, body, followsRedirects } = ask;
  const response = await fetch(base.replace(/\/+$/, '') + values.path(ask.path), {
    ...{ method, signal, redirect: followsRedirects ? 'follow' : 'manual' },
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...Object.fromEntries(headers.map(([name, value]) => [name, values.of(value)])),
      ...(bearer !== undefined && { authorization: `Bearer ${values.of(bearer)}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(values.body(body)) }),
  });
  return { status: response.status, text: await textOf(response) };
}

async function textOf(response: Response): Promise<string | undefined> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  const parts: Uint8Array[] = [];
  let size = 0;
  if (body === null) return '';
  for await (const part of body) {
    size += part.length;
    // Leaving the loop ends the connection.
    if (size > CAP_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function problemOf(
  { status, text }: Answer,
  expected: HttpExpected,
  values: Values,
): string | undefined {
  const isFine =
    expected.status === undefined ? status >= 200 && status < 300 : status === expected.status;
  if (!isFine) {
    const said = text === undefined || text.trim() === '' ? '' : `: ${shown(text, values)}`;
    return `answered ${status}, not ${expected.status ?? '200 to 299'}${said}`;
  }
  if (text === undefined) return `answered more than ${CAP_BYTES / 1024 / 1024} MiB`;
  if (expected.text !== undefined && !text.includes(expected.text))
    return `answered without \`${expected.text}\` in it`;
  return expected.json.length === 0 ? undefined : jsonProblem(text, expected, values);
}

function jsonProblem(text: string, { json }: HttpExpected, values: Values): string | undefined {
  const document = parsed(text);
  if (document === undefined) return 'answered no JSON';
  for (const [path, wanted] of json) {
    const found = valueAt(document.json, path);
    if (!found.ok || found.value === null) return `holds nothing at \`${path}\``;
    if (wanted === 'present') continue;
    const asked = values.of(wanted);
    const seen = typeof found.value === 'string' ? found.value : JSON.stringify(found.value);
    if (seen !== asked) return `has ${shown(seen, values)} at \`${path}\`, not ${asked}`;
  }
  return undefined;
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Half of a secret would not be known for one: it is taken out before the text is cut. */
function shown(text: string, { redact }: Values): string {
  return redact(text.slice(0, LOOKED_AT)).slice(0, SHOWN_CHARS);
}

function tooLate(tookMs: number, { withinMs }: HttpExpected): string | undefined {
  if (withinMs === undefined || tookMs <= withinMs) return undefined;
  return `took ${tookMs} ms, and ${withinMs} ms is the most`;
}

/** What cannot be kept is missing for those who come after. */
function kept({ text = '' }: Answer, { save }: HttpAsk, values: Values, what: string) {
  if (save.length === 0) return undefined;
  const document = parsed(text);
  for (const [name, path] of save) {
    const found = document && valueAt(document.json, path);
    const isScalar = found?.ok === true && ['string', 'number'].includes(typeof found.value);
    if (!isScalar) return `${what} holds nothing to save at \`${path}\``;
    values.keep(name, String(found.value));
  }
  return undefined;
}

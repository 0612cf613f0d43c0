/**
 * How bad a hole is, asked by its names at the service pip-audit itself asks: its report has no severity.
 * https://google.github.io/osv.dev/get-v1-vulns/
 */

import { z } from 'zod';
import { fail, ok, type Result } from '../../failure.ts';
import type { Severity } from '../../judge/vulnerability.ts';
import { baseScore, severityOfScore } from './cvss.ts';

export const OSV_QUERY = 'https://api.osv.dev/v1/query';

const Entry = z.object({
  severity: z.array(z.object({ type: z.string(), score: z.string() })).optional(),
  database_specific: z.object({ severity: z.string().optional() }).optional(),
});

const AT_ONCE = 8;
const MOST_BYTES = 4 * 1024 * 1024;
const ANSWER_WITHIN_MS = 15_000;

/**
 * @param holes the names of each; the first name with a rating tells
 * @param query the address pip-audit asks: `https://api.osv.dev/v1/query`
 * @returns for each hole its severity, or undefined where nobody has rated it; or why the service cannot be asked
 */
export async function severitiesOf(
  holes: readonly (readonly string[])[],
  query: string,
  signal: AbortSignal,
): Promise<Result<readonly (Severity | undefined)[], string>> {
  const found: (Severity | undefined)[] = [];
  for (let start = 0; start < holes.length; start += AT_ONCE) {
    const batch = holes.slice(start, start + AT_ONCE);
    const answers = await Promise.all(batch.map((names) => severityOf(names, query, signal)));
    for (const answer of answers) {
      if (!answer.ok) return answer;
      found.push(answer.value);
    }
  }
  return ok(found);
}

async function severityOf(
  names: readonly string[],
  query: string,
  signal: AbortSignal,
): Promise<Result<Severity | undefined, string>> {
  // GitHub rates every hole it lists, in words.
  const order = [...names].sort((a, b) => Number(isGitHub(b)) - Number(isGitHub(a)));
  for (const name of order) {
    const entry = await ask(
      query.replace(/\/query\/?$/, `/vulns/${encodeURIComponent(name)}`),
      signal,
    );
    if (!entry.ok) return entry;
    const severity = entry.value === undefined ? undefined : rated(entry.value);
    if (severity !== undefined) return ok(severity);
  }
  return ok(undefined);
}

const isGitHub = (name: string) => name.startsWith('GHSA-');

const WORDS: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MODERATE: 'moderate',
  MEDIUM: 'moderate',
  LOW: 'low',
};

function rated({ severity, database_specific }: z.infer<typeof Entry>): Severity | undefined {
  const word = database_specific?.severity?.toUpperCase() ?? '';
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  const scores = (severity ?? []).map(({ score }) => baseScore(score) ?? 0);
  return severityOfScore(Math.max(0, ...scores));
}

/** Undefined where the service does not know the name. */
async function ask(
  url: string,
  signal: AbortSignal,
): Promise<Result<z.infer<typeof Entry> | undefined, string>> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    const response = await fetch(url, { redirect: 'error', signal: within });
    if (response.status === 404) {
      await response.body?.cancel();
      return ok(undefined);
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      return fail(`it answered ${response.status}`);
    }
    const entry = Entry.safeParse(JSON.parse(await bounded(response)));
    return entry.success ? ok(entry.data) : fail('its answer has an unknown shape');
  } catch (error) {
    if (signal.aborted) return fail('it was not waited for');
    if (within.aborted) return fail(`it did not answer within ${ANSWER_WITHIN_MS / 1000} s`);
    if (error instanceof SyntaxError) return fail('its answer is no JSON');
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    return fail(`it could not be asked: ${cause?.code ?? 'no connection'}`);
  }
}

async function bounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MOST_BYTES) throw new SyntaxError('longer than any answer');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

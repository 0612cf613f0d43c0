/** Reads a number out of a JSON document that some address answers. */

import { ok, type Result } from '../../failure.ts';
import type { HttpSource } from '../../config/environment.ts';
import type { Told } from '../analysis/evidence.ts';
import type { Asked, Saying } from './asked.ts';
import { fetchJson } from './fetch-json.ts';
import { intoAddress } from './placeholders.ts';

export async function askHttp(
  { url, value, samples, timeoutMs }: HttpSource,
  { metric, named }: Asked,
  signal: AbortSignal,
): Promise<Result<Saying, string>> {
  const answer = await fetchJson(intoAddress(url, named), timeoutMs, signal);
  if (!answer.ok) return answer;
  const found = at(answer.value, value);
  if (metric === 'error_types') return ok(typesIn(found, value));
  const counted = samples === undefined ? undefined : at(answer.value, samples);
  return ok({
    kind: 'told',
    told: toldBy(found, value, counted),
    isByPoints: samples === undefined,
  });
}

/** @param path `data.p95`, `releases.0.errors` */
export function at(document: unknown, path: string): unknown {
  let here = document;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

/** A number and nothing else: text that looks like one may mean something else. */
export function toldBy(found: unknown, path: string, samples: unknown): Told {
  if (found === undefined || found === null) return { kind: 'none', why: `${path} is not there` };
  if (typeof found !== 'number') return { kind: 'none', why: `${path} is no number` };
  const count = typeof samples === 'number' && samples >= 0 ? samples : 0;
  return { kind: 'value', value: found, samples: count };
}

export function typesIn(found: unknown, path: string): Saying {
  const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
  const entries = isObject ? Object.entries(found) : [];
  const isCounts = entries.every(([, count]) => typeof count === 'number' && count >= 0);
  if (!isObject || !isCounts)
    return { kind: 'told', told: { kind: 'none', why: `${path} has no counts by type` } };
  return { kind: 'types', types: Object.fromEntries(entries) };
}

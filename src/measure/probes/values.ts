/** What a probe sends: text, variables by name, and what earlier answers were asked to keep. All of it is secret afterwards. */

import { PLACEHOLDER, type ProbeBody, type ProbeValue } from '../../config/probe.ts';
import type { Redact } from '../redact.ts';

/** A value that is not there: nobody can tell how the path would have gone. */
export class NoValue extends Error {}

export interface Values {
  of(value: ProbeValue): string;
  body(body: ProbeBody): unknown;
  path(path: string): string;
  keep(name: string, value: string): void;
  readonly redact: Redact;
}

/** Shorter ones would tear words apart. */
const SHORTEST_SECRET = 4;

export function valuesFrom(
  env: Readonly<Record<string, string | undefined>>,
  redactMore: Redact,
): Values {
  const kept = new Map<string, string>();
  const used = new Set<string>();

  function of(value: ProbeValue): string {
    if (value.kind === 'text') return value.text;
    const found = value.kind === 'env' ? env[value.env] : kept.get(value.saved);
    if (found === undefined || found === '')
      throw new NoValue(
        value.kind === 'env' ? `${value.env} is not set` : `nothing was saved as ${value.saved}`,
      );
    if (value.kind === 'env') used.add(found);
    return found;
  }

  function body(given: ProbeBody): unknown {
    switch (given.kind) {
      case 'literal':
        return given.json;
      case 'list':
        return given.items.map(body);
      case 'map':
        return Object.fromEntries(given.entries.map(([name, inner]) => [name, body(inner)]));
      default:
        return of(given);
    }
  }

  return {
    of,
    body,
    path: (path) =>
      path.replace(PLACEHOLDER, (_, saved: string) =>
        encodeURIComponent(of({ kind: 'saved', saved })),
      ),
    keep(name, value) {
      kept.set(name, value);
      used.add(value);
    },
    redact(text) {
      const secrets = [...used]
        .filter(({ length }) => length >= SHORTEST_SECRET)
        .sort((a, b) => b.length - a.length);
      let known = text;
      for (const secret of secrets)
        for (const spelling of new Set([secret, JSON.stringify(secret).slice(1, -1)]))
          known = known.replaceAll(spelling, '[redacted]');
      return redactMore(known);
    },
  };
}

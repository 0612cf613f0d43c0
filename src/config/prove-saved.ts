/** What a probe uses of earlier answers was kept by one of them. */

import { nearest } from '../language/index.ts';
import {
  PLACEHOLDER,
  type HttpAsk,
  type Probe,
  type ProbeBody,
  type Probes,
  type ProbeValue,
} from './probe.ts';
import { complain, type Here } from './prove-asks.ts';
import { neededBy } from './needed-probes.ts';

export function checkSaved(here: Here, name: string, probes: Probes): void {
  const probe = probes[name];
  if (probe === undefined) return;
  const before = neededBy(probe.needs, probes).flatMap((needed) => savedBy(probes[needed]));
  for (const asks of asksIn(probe)) {
    const known = new Set(before);
    for (const ask of asks) {
      complainUnknown(here, usedBy(ask), known);
      for (const [kept] of ask.save) known.add(kept);
    }
  }
  if (probe.kind !== 'page') return;
  const filled = probe.acts.flatMap((act) => (act.kind === 'fill' ? savedIn(act.with) : []));
  complainUnknown(here, filled, new Set(before));
}

function complainUnknown(here: Here, used: readonly string[], known: ReadonlySet<string>): void {
  const strange = used.find((name) => !known.has(name));
  if (strange === undefined) return;
  const near = nearest(strange, [...known]);
  const help =
    near === undefined
      ? 'save it in an earlier step, or need the probe that does'
      : `write ${near}`;
  complain(here, `nothing before saves \`${strange}\``, help);
}

const asksIn = (probe: Probe): readonly (readonly HttpAsk[])[] => {
  if (probe.kind === 'http') return [probe.asks];
  return probe.kind === 'page' && probe.or !== undefined ? [probe.or] : [];
};

/** A page keeps nothing, so what stands in for it does not either. */
const savedBy = (probe: Probe | undefined): readonly string[] =>
  probe?.kind === 'http' ? probe.asks.flatMap(({ save }) => save.map(([name]) => name)) : [];

function usedBy({ path, headers, bearer, body, expect }: HttpAsk): readonly string[] {
  return [
    ...[...path.matchAll(PLACEHOLDER)].map(([, name = '']) => name),
    ...headers.flatMap(([, value]) => savedIn(value)),
    ...(bearer === undefined ? [] : savedIn(bearer)),
    ...(body === undefined ? [] : savedInBody(body)),
    ...expect.json.flatMap(([, value]) => (value === 'present' ? [] : savedIn(value))),
  ];
}

const savedIn = (value: ProbeValue): readonly string[] =>
  value.kind === 'saved' ? [value.saved] : [];

function savedInBody(body: ProbeBody): readonly string[] {
  switch (body.kind) {
    case 'saved':
      return [body.saved];
    case 'list':
      return body.items.flatMap(savedInBody);
    case 'map':
      return body.entries.flatMap(([, inner]) => savedInBody(inner));
    default:
      return [];
  }
}

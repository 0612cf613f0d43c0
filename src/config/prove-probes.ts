/** The probes of a configuration, proved: each is of one kind, and what it uses of others is there. */

import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import type { Probe, Probes } from './probe.ts';
import type { WrittenProbe } from './probe-schema.ts';
import { complain, complainOf, type Here } from './prove-asks.ts';
import { commandOf } from './prove-command.ts';
import { neededBy } from './needed-probes.ts';
import { pageOf } from './prove-pages.ts';
import { asksOf } from './prove-requests.ts';
import { checkSaved } from './prove-saved.ts';
import type { Layer } from './layers.ts';
import type { Document, Step } from './yaml.ts';

const TIMEOUT_MS = 30_000;

/** Of all layers: a later one replaces a probe as a whole. */
export function probesOf(layers: readonly Layer[], diagnostics: Diagnostic[]): Probes {
  return Object.assign(
    {},
    ...layers.map(({ data, document }) =>
      document === undefined ? {} : probesIn(document, ['probes'], data.probes, diagnostics),
    ),
  ) as Probes;
}

export function probesIn(
  document: Document,
  path: readonly Step[],
  written: Readonly<Record<string, WrittenProbe>> | undefined,
  diagnostics: Diagnostic[],
): Probes {
  const found = Object.entries(written ?? {}).flatMap(([name, one]) => {
    const probe = probeOf({ document, path: [...path, name], diagnostics }, one);
    return probe === undefined ? [] : [[name, probe] as const];
  });
  return Object.fromEntries(found);
}

const KINDS = ['not_applicable', 'run', 'page', 'http', 'steps'] as const;
type Kind = (typeof KINDS)[number];

const COMMON = ['needs', 'timeout'];
const ASKING = ['headers', 'bearer', 'body', 'expect', 'save', 'redirects'];

const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  not_applicable: [],
  run: COMMON,
  page: [...COMMON, 'steps', 'expect', 'redirects', 'or'],
  http: [...COMMON, ...ASKING],
  steps: COMMON,
};

function probeOf(here: Here, written: WrittenProbe): Probe | undefined {
  const kind = KINDS.find((key) => written[key] !== undefined);
  if (kind === undefined) {
    complain(here, 'nothing is tried here', 'write http: GET /healthz, run: …, or page: …');
    return undefined;
  }
  for (const key of Object.keys(written)) {
    if (key === kind || KEYS[kind].includes(key)) continue;
    const known = KEYS[kind].join(', ') || 'nothing else';
    complainOf(here, key, `\`${key}\` does not go with \`${kind}\``, `there go: ${known}`);
    return undefined;
  }
  const made = madeOf(here, kind, written);
  if (made === undefined) return undefined;
  const { file, line, column } = here.document.keySpot(here.path);
  const needs = written.needs === undefined ? [] : [written.needs].flat();
  const timeoutMs = written.timeout ?? TIMEOUT_MS;
  return { ...made, needs, timeoutMs, place: { file, line, column } };
}

type Made<P = Probe> = P extends Probe ? Omit<P, 'needs' | 'timeoutMs' | 'place'> : never;

function madeOf(here: Here, kind: Kind, written: WrittenProbe): Made | undefined {
  const { document, path, diagnostics } = here;
  switch (kind) {
    case 'not_applicable':
      return { kind, why: written.not_applicable! };
    case 'run': {
      const argv = commandOf(document, [...path, 'run'], written.run!, diagnostics);
      return argv && { kind, argv };
    }
    case 'page':
      return pageOf(here, written.page!, written);
    case 'http':
    case 'steps':
      return { kind: 'http', asks: asksOf(here, written) };
  }
}

/** What probes need of each other is there, in no circle, and nothing is used that nobody saved before. */
export function checkProbes(
  probes: Probes,
  document: Document,
  pathOf: (name: string) => readonly Step[],
  diagnostics: Diagnostic[],
): void {
  const names = Object.keys(probes);
  for (const [name, { needs }] of Object.entries(probes)) {
    const here: Here = { document, path: pathOf(name), diagnostics };
    const strange = needs.find((needed) => !Object.hasOwn(probes, needed));
    if (strange !== undefined) {
      const near = nearest(strange, names);
      const help = near === undefined ? `declared: ${names.join(', ')}` : `write ${near}`;
      complainOf(here, 'needs', `no probe is called \`${strange}\``, help);
    } else if (reaches(name, needs, probes)) {
      complainOf(here, 'needs', `\`${name}\` needs itself in the end`, 'take it out');
    } else checkSaved(here, name, probes);
  }
}

const reaches = (name: string, needs: readonly string[], probes: Probes): boolean =>
  neededBy(needs, probes).includes(name);

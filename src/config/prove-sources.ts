/** The sources of an environment's metrics, proved: one kind each, with what it needs, and a release to ask for. */

import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { EnvironmentConfig, SourceConfig, SourceMetric } from './environment.ts';
import type { WrittenEnvironment } from './environment-schema.ts';
import { commandOf } from './prove-command.ts';
import type { WrittenSource } from './source-schema.ts';
import type { Document, Step } from './yaml.ts';

const TIMEOUT_MS = 5000;

type Kind = SourceConfig['kind'];
const KEYS: Readonly<Record<Kind, readonly (keyof WrittenSource)[]>> = {
  prometheus: ['prometheus', 'query', 'label', 'lag'],
  http: ['http', 'value', 'samples'],
  command: ['command'],
};
const KINDS = Object.keys(KEYS) as readonly Kind[];

/** What is known of an environment's traffic beside what it counts itself. */
export function toldOf(
  document: Document,
  path: readonly Step[],
  { metrics: written, expected_traffic: expectedTraffic }: WrittenEnvironment,
  diagnostics: Diagnostic[],
): Pick<EnvironmentConfig, 'metrics' | 'expectedTraffic'> {
  const proved = Object.entries(written ?? {}).flatMap(([metric, one]) => {
    const place = [...path, 'metrics', metric];
    const source = sourceOf(document, place, metric as SourceMetric, one, diagnostics);
    return source === undefined ? [] : [[metric, source] as const];
  });
  return {
    ...(written !== undefined && { metrics: Object.fromEntries(proved) }),
    ...(expectedTraffic !== undefined && { expectedTraffic }),
  };
}

function sourceOf(
  document: Document,
  path: readonly Step[],
  metric: SourceMetric,
  written: WrittenSource,
  diagnostics: Diagnostic[],
): SourceConfig | undefined {
  const before = diagnostics.length;
  const complain: Complain = (key, message, help) => {
    const spot = document.keySpot(key === undefined ? path : [...path, key]);
    diagnostics.push(at(spot, message, [help]));
  };
  const [kind, ...more] = KINDS.filter((name) => written[name] !== undefined);
  if (kind === undefined || more.length > 0) {
    const message = kind === undefined ? 'nobody is asked for it' : 'one source tells one metric';
    complain(undefined, message, 'write one of prometheus, http and command');
    return undefined;
  }
  for (const key of Object.keys(written) as (keyof WrittenSource)[]) {
    if (key === 'timeout' || KEYS[kind].includes(key)) continue;
    complain(key, `\`${key}\` means nothing to ${kind}`, 'take it out');
  }
  const timeoutMs = written.timeout ?? TIMEOUT_MS;
  const made = (): SourceConfig | undefined => {
    if (kind === 'prometheus') return prometheusOf(written, metric, timeoutMs, complain);
    if (kind === 'http') return httpOf(written, timeoutMs, complain);
    const argv = commandOf(document, [...path, 'command'], written.command ?? '', diagnostics);
    return argv === undefined ? undefined : { kind, argv, timeoutMs };
  };
  const source = made();
  return diagnostics.length > before ? undefined : source;
}

type Complain = (key: keyof WrittenSource | undefined, message: string, help: string) => void;

function prometheusOf(
  { prometheus: url = '', query, label, lag }: WrittenSource,
  metric: SourceMetric,
  timeoutMs: number,
  complain: Complain,
): SourceConfig {
  if (query === undefined) complain('prometheus', 'prometheus needs `query`', QUERY);
  else checkNames('query', query, complain);
  if (query !== undefined && !isQuoted(query))
    complain('query', 'a placeholder stands outside of quotes', 'write version="{{release}}"');
  if (label !== undefined && metric !== 'error_types')
    complain('label', '`label` belongs to error_types', 'take it out');
  if (url.includes('{{'))
    complain('prometheus', 'one server tells of all', 'name the release in `query`');
  return {
    ...{ kind: 'prometheus', url, query: query ?? '', timeoutMs, lagMs: lag ?? 0 },
    ...(label !== undefined && { label }),
  };
}

const QUERY = 'write query: \'sum(rate(errors_total{version="{{release}}"}[1m]))\'';

function httpOf(
  { http: url = '', value, samples }: WrittenSource,
  timeoutMs: number,
  complain: Complain,
): SourceConfig {
  checkNames('http', url, complain);
  if (value === undefined) complain('http', 'http needs `value`', 'write value: data.p95');
  return {
    ...{ kind: 'http', url, value: value ?? '', timeoutMs },
    ...(samples !== undefined && { samples }),
  };
}

/** Only what can be put in is named, and the release is. */
function checkNames(key: 'query' | 'http', text: string, complain: Complain): void {
  for (const message of placeholderTrouble(text)) {
    complain(key, message, 'there are {{release}}, {{environment}} and {{service}}');
  }
  if (/\{\{\s*release\s*\}\}/.test(text)) return;
  complain(key, 'it asks the same of both releases', 'name the release by {{release}}');
}

/** Every placeholder in `"…"` or `'…'`: elsewhere a version could become a part of the query. */
function isQuoted(query: string): boolean {
  const outside = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  return !outside.includes('{{') && !outside.includes('`');
}

const KNOWN = ['release', 'environment', 'service'];

function placeholderTrouble(text: string): readonly string[] {
  return [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].flatMap(([whole, name = '']) => {
    if (KNOWN.includes(name)) return [];
    const near = nearest(name, KNOWN);
    return [`nothing is called ${whole}${near === undefined ? '' : `; write {{${near}}}`}`];
  });
}

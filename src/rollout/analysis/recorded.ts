/** Recorded series as looks: rows of a table with one release and one moment each. Pure. */

import { fail, ok, type Result } from '../../failure.ts';
import { LATENCY_BOUNDS_MS } from '../driver.ts';
import { NOTHING, type Evidence, type Side, type Told } from './evidence.ts';

/** What one release did between the moment before and this one. */
export interface Row {
  readonly atMs: number;
  readonly release: string;
  /** Empty cells are left out; NaN and infinities stay. By column. */
  readonly values: Readonly<Record<string, number>>;
}

const COLUMNS = [
  ...['requests', 'errors', 'shed', 'share', 'latency_ms', 'user_feedback'],
  ...['error_rate', 'latency_p50', 'latency_p95', 'latency_p99', 'throughput'],
];
const TYPE = 'error:';
const TOLD = [
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'throughput',
  'user_feedback',
];

export interface BadTable {
  readonly line: number;
  readonly message: string;
  readonly help: string;
}

/** Comma-separated, the first line names the columns: `time`, `release`, and those above. */
export function readTable(text: string): Result<readonly Row[], BadTable> {
  const [head = '', ...lines] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const names = head.split(',').map((name) => name.trim());
  const wrong = wrongHead(names);
  if (wrong !== undefined) return fail(wrong);
  const rows: Row[] = [];
  for (const [index, written] of lines.entries()) {
    if (written.trim() === '') continue;
    const row = rowIn(names, written);
    if ('message' in row) return fail({ line: index + 2, ...row });
    rows.push(row);
  }
  return ok(rows.sort((a, b) => a.atMs - b.atMs));
}

function wrongHead(names: readonly string[]): BadTable | undefined {
  const bad = (message: string, help: string) => ({ line: 1, message, help });
  for (const needed of ['time', 'release']) {
    if (!names.includes(needed))
      return bad(`no column is called ${needed}`, 'write time,release,requests,errors first');
  }
  const known = ['time', 'release', ...COLUMNS];
  const strange = names.find((name) => !known.includes(name) && !name.startsWith(TYPE));
  if (strange !== undefined)
    return bad(
      `nothing is known of a column \`${strange}\``,
      `known: ${known.join(', ')}, ${TYPE}<type>`,
    );
  if (new Set(names).size === names.length) return undefined;
  return bad('a column stands there twice', 'keep one of them');
}

function rowIn(names: readonly string[], written: string): Row | Omit<BadTable, 'line'> {
  const cells = written.split(',').map((cell) => cell.trim());
  if (cells.length !== names.length)
    return {
      message: `${cells.length} cells under ${names.length} columns`,
      help: 'one cell a column',
    };
  const cell = (name: string) => cells[names.indexOf(name)] ?? '';
  const atMs = timeOf(cell('time'));
  if (atMs === undefined) {
    const help = 'write seconds since 1970, or 2026-01-31T10:00:00Z';
    return { message: `\`${cell('time')}\` is no time`, help };
  }
  const release = cell('release');
  if (release === '') return { message: 'no release is named', help: 'candidate or baseline' };
  const values: Record<string, number> = {};
  for (const name of names) {
    const text = cell(name);
    if (name === 'time' || name === 'release' || text === '') continue;
    const value = numberOf(text);
    if (value === undefined)
      return { message: `\`${text}\` is no number`, help: `a number of ${name}` };
    values[name] = value;
  }
  return { atMs, release, values };
}

function timeOf(text: string): number | undefined {
  if (/^\d{1,13}(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    return Math.round(number < 1e11 ? number * 1000 : number);
  }
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):?([\d.]*)/.exec(text) ?? [];
  const zone = /([+-])(\d\d):(\d\d)$/.exec(text);
  const offset =
    zone === null ? 0 : (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -1 : 1);
  const days = daysTo(Number(year), Number(month), Number(day));
  const seconds =
    ((days * 24 + Number(hour)) * 60 + Number(minute) - offset) * 60 + Number(second ?? 0);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined;
}

/** Days since 1970-01-01. https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function daysTo(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
  );
}

function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return NaN;
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** Which release is which, and the share of the traffic where the rows do not say it. */
export interface Roles {
  readonly candidate: string;
  readonly stable: string;
  readonly share: number;
}

/** A look for every moment; each has everything up to then. */
export function looksIn(rows: readonly Row[], roles: Roles): readonly Evidence[] {
  const moments = [...new Set(rows.map(({ atMs }) => atMs))];
  const [fromMs = 0] = moments;
  const steps = moments.slice(1).map((at, index) => at - (moments[index] ?? at));
  const everyMs = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1000;
  return moments.map((toMs) => {
    const sideAt = (release: string, share: number) =>
      sideOf(
        rows.filter((row) => row.release === release && row.atMs <= toMs),
        { share, everyMs, toMs },
      );
    const candidate = sideAt(roles.candidate, roles.share);
    const stable = sideAt(roles.stable, 1 - roles.share);
    // The first row tells of the time before it.
    return { fromMs: fromMs - everyMs, toMs, candidate, stable, troubles: [] };
  });
}

/** A newest row so many steps old tells of the past. */
const STALE_STEPS = 2;

function sideOf(
  rows: readonly Row[],
  {
    share,
    everyMs,
    toMs,
  }: { readonly share: number; readonly everyMs: number; readonly toMs: number },
): Side | null {
  const known = rows.filter(
    ({ values: { requests, errors = 0 } }) => isCount(requests) && isCount(errors),
  );
  const isCounted = rows.some(({ values }) => Object.hasOwn(values, 'requests'));
  const newest = isCounted ? known.at(-1) : rows.findLast(hasTold);
  if (newest === undefined) return null;
  const ageMs = toMs - newest.atMs;
  if (ageMs > STALE_STEPS * everyMs) {
    const why = `the newest row is ${Math.round(ageMs / 1000)} s old`;
    return {
      ...NOTHING,
      told: Object.fromEntries(TOLD.map((name) => [name, { kind: 'none', why }])),
    };
  }
  const sum = (name: string) =>
    known.reduce((total, { values }) => total + (isCount(values[name]) ? values[name] : 0), 0);
  const types = [...new Set(known.flatMap(({ values }) => Object.keys(values)))].filter((name) =>
    name.startsWith(TYPE),
  );
  const requests = sum('requests');
  return {
    ...{ requests, errors: sum('errors'), shed: sum('shed'), resets: 0 },
    exposedMs: known.reduce((total, { values }) => total + everyMs * (values['share'] ?? share), 0),
    latency: histogramOf(known),
    failures:
      types.length === 0
        ? null
        : Object.fromEntries(types.map((name) => [name.slice(TYPE.length), sum(name)])),
    told: {
      ...(known.some(({ values }) => isCount(values['errors'])) ? {} : NO_ERRORS_TOLD),
      ...Object.fromEntries(
        TOLD.flatMap((name) => {
          const told = toldOf(rows, name, requests);
          return told === undefined ? [] : [[name, told] as const];
        }),
      ),
    },
  };
}

/** Without that column nobody knows whether there were none. */
const UNTOLD = { kind: 'none', why: 'no column tells the errors' } as const;
const NO_ERRORS_TOLD = { error_rate: UNTOLD, throughput: UNTOLD };

const isCount = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value >= 0;

const hasTold = ({ values }: Row) => TOLD.some((name) => Object.hasOwn(values, name));

/** Weighted by requests, where they are told. */
function toldOf(rows: readonly Row[], name: string, requests: number): Told | undefined {
  const having = rows.filter(({ values }) => Object.hasOwn(values, name));
  if (having.length === 0) return undefined;
  const finite = having.filter(({ values }) => Number.isFinite(values[name]));
  if (finite.length * 2 <= having.length)
    return {
      kind: 'none',
      why: `${having.length - finite.length} of ${having.length} rows were NaN`,
    };
  let [sum, weight] = [0, 0];
  for (const { values } of finite) {
    const own = isCount(values['requests']) ? values['requests'] : 1;
    sum += (values[name] ?? 0) * own;
    weight += own;
  }
  if (weight === 0) return { kind: 'none', why: 'no requests were counted' };
  return { kind: 'value', value: sum / weight, samples: requests > 0 ? requests : finite.length };
}

function histogramOf(rows: readonly Row[]): Side['latency'] {
  const counts = new Map<number, number>();
  for (const { values } of rows) {
    const [ms, requests] = [values['latency_ms'], values['requests'] ?? 0];
    if (ms === undefined || !isCount(ms)) continue;
    const found = LATENCY_BOUNDS_MS.findIndex((bound) => bound >= ms);
    const bucket = found < 0 ? LATENCY_BOUNDS_MS.length : found;
    counts.set(bucket, (counts.get(bucket) ?? 0) + requests);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

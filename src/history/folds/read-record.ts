/**
 * From an event's free body to a typed record. By hand and not with a schema library: it runs inside the append of
 * every event, where loading one costs more than the append itself.
 *
 * Nothing here throws. Keys this version does not know are dropped; a key that may be null may also be absent, so
 * that bodies written before the key existed still read.
 */

import { cleaned } from '../cleaned.ts';
import type { JournalEvent } from '../journal.ts';
import type {
  JournalRecord,
  JsonObject,
  RecordBodies,
  RecordType,
  ReleaseRecord,
  VulnerabilityRecord,
} from '../records.ts';

export type ReadRecord =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  /** Written by a newer version, or by somebody else: none of our business. */
  | { readonly kind: 'unknown' }
  /** One of our types with a body that cannot be meant: `share: not a number above 0 and at most 1`. */
  | { readonly kind: 'bad'; readonly why: string };

export function readRecord(event: Pick<JournalEvent, 'type' | 'body'>): ReadRecord {
  if (!Object.hasOwn(BODIES, event.type)) return { kind: 'unknown' };
  const type = event.type as RecordType;
  const read = BODIES[type](event.body);
  if (!read.ok) return { kind: 'bad', why: read.why };
  return { kind: 'record', record: { type, body: read.value } as JournalRecord };
}

type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };
type Reader<T> = (value: unknown) => Read<T>;

/** One reader per key, so that a key added to a body does not compile until it is read. */
type Readers<T> = { readonly [K in keyof T]-?: Reader<T[K]> };

const given = <T>(value: T): Read<T> => ({ ok: true, value });
const bad = (why: string): Read<never> => ({ ok: false, why });

const EPOCH_LIMIT = 8.64e15;

// Cleaned, so that a row is the same in memory and read back from a table.
const text: Reader<string> = (value) =>
  typeof value === 'string' ? given(cleaned(value)) : bad('no text');
/** Names and ids: an empty one would name nothing. */
const name: Reader<string> = (value) =>
  typeof value === 'string' && value !== '' ? given(cleaned(value)) : bad('no name');
const flag: Reader<boolean> = (value) =>
  typeof value === 'boolean' ? given(value) : bad('neither true nor false');
const epochMs: Reader<number> = (value) =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= EPOCH_LIMIT
    ? given(value as number)
    : bad('no time in whole milliseconds');
const spanMs = number((n) => n >= 0, 'no number of milliseconds');
const share = number((n) => n > 0 && n <= 1, 'not a number above 0 and at most 1');
const part = number((n) => n >= 0 && n <= 1, 'not a number from 0 to 1');
const points = number((n) => n >= 0 && n <= 100, 'not a number from 0 to 100');

const times = number((n) => n > 1, 'no number of times');
const place = number((n) => Number.isSafeInteger(n) && n >= 0, 'no place in a list');
const texts: Reader<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((line) => typeof line === 'string')
    ? given(value as readonly string[])
    : bad('no list of texts');
/** None where it is absent: written before the key existed. */
const laterTexts: Reader<readonly string[]> = (value) => (value == null ? given([]) : texts(value));
const anyObject: Reader<JsonObject> = (value) =>
  isObject(value) ? given(value) : bad('no object');

const release = object<ReleaseRecord>({
  version: name,
  commit: maybe(name),
  committed_at: maybe(epochMs),
  artifact: maybe(name),
});

const hole: Readers<VulnerabilityRecord> = {
  record: name,
  vulnerability: name,
  package: name,
  severity: oneOf('critical', 'high', 'moderate', 'low'),
  source: name,
  title: text,
};

const BODIES: { readonly [T in RecordType]: Reader<RecordBodies[T]> } = {
  check_recorded: object<RecordBodies['check_recorded']>({
    commit: maybe(name),
    readiness: oneOf('ready', 'caution', 'undecided', 'blocked'),
    partial: flag,
    score: maybe(object({ low: maybe(points), high: maybe(points), evidence: part })),
    gates: byName(oneOf('blocked', 'undecided', 'warned', 'passed')),
    duration_ms: spanMs,
    trial: (value) => (value == null ? given(undefined) : times(value)),
  }),
  vulnerability_alert: object<RecordBodies['vulnerability_alert']>(hole),
  vulnerability_recorded: object<RecordBodies['vulnerability_recorded']>({
    ...hole,
    kind: oneOf('security_ticket', 'scheduled_fix', 'review', 'technical_debt'),
    due_at: maybe(epochMs),
  }),
  vulnerability_settled: object<RecordBodies['vulnerability_settled']>({ record: name }),
  deployment_started: object<RecordBodies['deployment_started']>({
    deployment: name,
    kind: oneOf('deploy', 'rollback'),
    release,
    previous: maybe(name),
    takes_back: maybe(name),
    hotfix: flag,
    strategy: maybe(name),
    validation_ms: maybe(spanMs),
  }),
  deployment_received_traffic: object<RecordBodies['deployment_received_traffic']>({
    deployment: name,
    share,
  }),
  deployment_stage: object<RecordBodies['deployment_stage']>({ deployment: name, stage: text }),
  deployment_finished: object<RecordBodies['deployment_finished']>({
    deployment: name,
    status: oneOf('succeeded', 'failed', 'rolled_back', 'withdrawn', 'rollback_failed'),
    reason: maybe(text),
    failure_detected_at: maybe(epochMs),
  }),
  incident_opened: object<RecordBodies['incident_opened']>({
    incident: name,
    severity: oneOf('critical', 'warning'),
    title: text,
    deployment: maybe(name),
  }),
  incident_closed: object<RecordBodies['incident_closed']>({ incident: name }),
  rollout_planned: object<RecordBodies['rollout_planned']>({
    deployment: name,
    plan: anyObject,
    driver: anyObject,
  }),
  step_intended: object<RecordBodies['step_intended']>({ deployment: name, step: place, name }),
  step_done: object<RecordBodies['step_done']>({
    deployment: name,
    step: place,
    name,
    outcome: oneOf('done', 'failed'),
    seen: text,
  }),
  trigger_fired: object<RecordBodies['trigger_fired']>({
    deployment: name,
    trigger: name,
    explanation: texts,
  }),
  judged: object<RecordBodies['judged']>({
    deployment: name,
    step: place,
    answer: oneOf('pass', 'fail', 'inconclusive', 'no_data'),
    reasons: texts,
    analysis: anyObject,
  }),
  rollback_asked: object<RecordBodies['rollback_asked']>({ deployment: name, reason: text }),
  environment_pinned: object<RecordBodies['environment_pinned']>({
    by: name,
    reason: text,
    version: name,
  }),
  environment_unpinned: object<RecordBodies['environment_unpinned']>({ reason: text }),
  environment_frozen: object<RecordBodies['environment_frozen']>({
    reason: text,
    until: maybe(epochMs),
  }),
  environment_unfrozen: object<RecordBodies['environment_unfrozen']>({ reason: text }),
  freeze_overridden: object<RecordBodies['freeze_overridden']>({ reason: text, freeze: text }),
  approval_requested: object<RecordBodies['approval_requested']>({
    approval: name,
    release,
    evidence: name,
    expires_at: epochMs,
    plan: maybe(name),
    gates: (value) => (value == null ? given({}) : byName(name)(value)),
    accepts: laterTexts,
    since: maybe(name),
    nonce: maybe(name),
    origin: maybe(name),
  }),
  approval_given: object<RecordBodies['approval_given']>({
    approval: name,
    proof: oneOf('unsigned', 'signed', 'github', 'gitlab'),
    note: text,
    entered_by: maybe(name),
    document: maybe(text),
    signature: maybe(text),
    platform: maybe(anyObject),
  }),
  approval_refused: object<RecordBodies['approval_refused']>({
    approval: name,
    by: text,
    proof: text,
    why: text,
    word: maybe(name),
  }),
  approval_used: object<RecordBodies['approval_used']>({ approval: name }),
  approval_rejected: object<RecordBodies['approval_rejected']>({ approval: name, reason: text }),
  pipeline_started: object<RecordBodies['pipeline_started']>({ pipeline: name, release }),
  gate_judged: object<RecordBodies['gate_judged']>({
    pipeline: name,
    gate: name,
    verdict: oneOf('blocked', 'undecided', 'warned', 'passed'),
    reasons: texts,
    accepts: laterTexts,
  }),
  pipeline_finished: object<RecordBodies['pipeline_finished']>({
    pipeline: name,
    status: oneOf('released', 'stopped', 'rolled_back'),
    reason: text,
  }),
};

function number(isMeant: (n: number) => boolean, why: string): Reader<number> {
  return (value) => (typeof value === 'number' && isMeant(value) ? given(value) : bad(why));
}

function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) =>
    words.includes(value as T) ? given(value as T) : bad(`none of ${words.join(', ')}`);
}

function maybe<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null || value === undefined ? given(null) : read(value));
}

function object<T>(readers: Readers<T>): Reader<T> {
  const rows = Object.entries<Reader<unknown>>(readers);
  return (value) => {
    if (!isObject(value)) return bad('no object');
    const found: Record<string, unknown> = {};
    for (const [key, read] of rows) {
      const field = read(Object.hasOwn(value, key) ? value[key] : undefined);
      if (!field.ok) return bad(inside(key, field.why));
      found[key] = field.value;
    }
    return given(found as T);
  };
}

function byName<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value) => {
    if (!isObject(value)) return bad('no object');
    const found: [string, T][] = [];
    for (const [key, field] of Object.entries(value)) {
      const item = read(field);
      if (!item.ok) return bad(inside(key, item.why));
      found.push([key, item.value]);
    }
    // Not by assignment: a key `__proto__` is data like any other.
    return given(Object.fromEntries(found));
  };
}

/** `share: no number`, `release.version: no name`. */
function inside(key: string, why: string): string {
  return /^[\w-]+(\.[\w-]+)*: /.test(why) ? `${key}.${why}` : `${key}: ${why}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a check knows of the checks before it, and leaves to those that come after it. */

import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import { RECENT_BUILDS } from '../history/folds/readiness-trend.ts';
import { NO_ENVIRONMENT, type JournalEvent } from '../history/journal.ts';
import type { RecordBodies } from '../history/records.ts';
import { DELIVERY_DAYS, INCIDENT_DAYS, type Past } from '../pipeline/past.ts';
import { planResponses } from '../pipeline/responses.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { historyPlace, openHistoryOf, type History, type Refusal } from './history.ts';
import { appendRecords, headStands } from './history-streams.ts';
import type { Io } from './io.ts';
import { newId } from './new-id.ts';
import type { Parts } from './parts.ts';
import type { Session } from './session.ts';
import { openIn, tellPlan } from './vulnerability-notes.ts';

export interface CheckMemory {
  past(): Promise<Result<Past>>;
  record(result: CheckResult): Promise<Result<void>>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** So many record ids are kept beside a number. */
const MOST_IDS = 20;

/** The store is opened when it is first asked for, once. */
export function checkMemory(session: Session, io: Io, parts: Parts): CheckMemory {
  let opening: Promise<Result<History, Refusal>> | undefined;
  const open = async (): Promise<Result<History>> => {
    const opened = await (opening ??= openHistoryOf(session, io, parts, 'write'));
    return opened.ok ? opened : fail(opened.failure.failure);
  };
  return {
    async past() {
      const opened = await open();
      return opened.ok ? await pastOf(opened.value, io.now()) : opened;
    },
    async record(result) {
      const opened = await open();
      if (!opened.ok) return opened;
      const body = recordOf(result);
      const at = io.now();
      const history = forgetful(opened.value, io);
      const notes = await openIn(history);
      if (!notes.ok) return notes;
      const { agents } = session.loaded;
      const plan = planResponses(agents, result, notes.value, at, newId);
      const records = [{ type: 'check_recorded' as const, body }, ...plan.records];
      const placed = records.map((record) => ({ ...record, at }));
      const appended = await appendRecords(history, NO_ENVIRONMENT, io, placed);
      if (appended.ok) tellPlan(plan, io);
      return appended;
    },
    async close() {
      const opened = await opening;
      if (opened?.ok) await opened.value.store.close();
    },
  };
}

async function pastOf(history: History, now: number): Promise<Result<Past>> {
  const { store, service, told, heads } = history;
  const seen = heads.streams(store.name).filter((stream) => stream.service === service);
  for (const stream of seen) {
    const stands = await headStands(history, stream);
    if (!stands.ok) return stands;
  }
  const checks = await lastChecks(history);
  if (!checks.ok) return checks;
  const rows = await store.environments(service);
  if (!rows.ok) return fail(told(rows.failure));
  const environments: Past['environments'][number][] = [];
  for (const { environment } of rows.value) {
    const stream = { service, environment };
    const window = { from: now - DELIVERY_DAYS * DAY_MS, to: now + 1 };
    const delivery = await store.delivery(stream, window, MOST_IDS);
    if (!delivery.ok) return fail(told(delivery.failure));
    const since = now - INCIDENT_DAYS * DAY_MS;
    const incidents = await store.incidentsOpened(stream, since, MOST_IDS);
    if (!incidents.ok) return fail(told(incidents.failure));
    environments.push({ environment, delivery: delivery.value, incidents: incidents.value });
  }
  return ok({ checks: checks.value, environments });
}

/** A hook may record a hundred partial checks for every whole one. */
const MOST_CHECKS = 50_000;

/** Enough of the newest for the last whole ones, wherever they stand. */
async function lastChecks({ store, service, told }: History): Promise<Result<JournalEvent[]>> {
  const stream = { service, environment: NO_ENVIRONMENT };
  for (let limit = 100; ; limit *= 8) {
    const newest = await store.newest(stream, ['check_recorded'], limit);
    if (!newest.ok) return fail(told(newest.failure));
    const whole = newest.value.filter(({ body }) => body['partial'] === false);
    const isEnough = whole.length >= RECENT_BUILDS || newest.value.length < limit;
    if (isEnough || limit > MOST_CHECKS) return ok(whole);
  }
}

/** One that stopped at the first blocked gate was asked as a whole: what it judged counts, and it has no score. */
function recordOf(result: CheckResult): RecordBodies['check_recorded'] {
  const { commit, readiness, partial, cell, score, verdicts, durationMs, trial } = result;
  const { low = null, high = null, evidence } = score ?? { evidence: 0 };
  return {
    commit: commit ?? null,
    readiness: readiness.kind,
    partial: partial !== undefined || cell !== undefined,
    score: score === undefined ? null : { low, high, evidence },
    gates: Object.fromEntries(verdicts.map(({ gate, kind }) => [gate, kind])),
    duration_ms: Math.round(durationMs),
    ...(trial !== undefined && { trial }),
  };
}

/**
 * In the project's own `.nemesis` checks remember no head: it is thrown away with every `git clean`, and a fresh
 * start shall not look like a history that was cut.
 */
function forgetful(history: History, io: Io): History {
  const { heads, session } = history;
  const place = historyPlace(session, io.env);
  const isOwn = place.ok && path.dirname(place.value.where) === session.stateDir;
  return isOwn ? { ...history, heads: { ...heads, remember: () => undefined } } : history;
}

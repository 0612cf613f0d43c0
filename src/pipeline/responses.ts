/** What a check writes down about holes in dependencies, by what it found, what the gates ask for and what is open. Pure. */

import type { Agent } from '../judge/agent.ts';
import type { Finding } from '../judge/finding.ts';
import { SEVERITIES, type Response, type Severity } from '../judge/vulnerability.ts';
import type { NoteKind, OpenNote } from '../history/folds/vulnerabilities.ts';
import type { JournalRecord } from '../history/records.ts';
import type { CheckResult } from './result.ts';

export const WEEK_MS = 7 * 86_400_000;

/** The responses that are records; the others are rules of the gate. */
const NOTES: Readonly<Partial<Record<Response, NoteKind>>> = {
  alert_immediately: 'alert',
  create_security_ticket: 'security_ticket',
  schedule_fix_within_week: 'scheduled_fix',
  log_for_review: 'review',
  include_in_tech_debt: 'technical_debt',
};

export interface ResponsePlan {
  readonly records: readonly JournalRecord[];
  readonly opened: readonly OpenNote[];
  readonly settled: readonly OpenNote[];
  /** Open still, the day by which it should be gone has passed. */
  readonly overdue: readonly OpenNote[];
}

/**
 * Each alert, ticket and note is opened once a hole and package, whoever finds it, and settled when a runner that
 * found it measured again and no longer does. An audit that did not measure settles nothing.
 * @param newId names of new records
 */
export function planResponses(
  agents: readonly Agent[],
  result: Pick<CheckResult, 'runners'>,
  open: readonly OpenNote[],
  now: number,
  newId: () => string,
): ResponsePlan {
  const found = foundIn(agents, result);
  const opened: OpenNote[] = [];
  const known = new Set(open.map(keyOf));
  for (const { finding, kinds } of found.values()) {
    for (const kind of kinds) {
      const note = noteOf(finding, kind, now, newId);
      if (known.has(keyOf(note))) continue;
      known.add(keyOf(note));
      opened.push(note);
    }
  }
  const measured = new Set(
    result.runners.filter(({ measurement }) => isMeasured(measurement.state)).map(({ id }) => id),
  );
  const settled = open.filter((note) => measured.has(note.source) && !found.has(holeOf(note)));
  const gone = new Set(settled);
  const overdue = open.filter(
    (note) => !gone.has(note) && note.due_at !== null && note.due_at < now,
  );
  const records = [...opened.map(recordOf), ...settled.map(settlement)];
  return { records, opened, settled, overdue };
}

interface Found {
  readonly finding: Finding;
  readonly kinds: readonly NoteKind[];
}

/** Of a hole that several audits see the gravest view counts. */
function foundIn(agents: readonly Agent[], { runners }: Pick<CheckResult, 'runners'>) {
  const found = new Map<string, Found>();
  for (const { id, measurement } of runners) {
    // Also what an audit found whose numbers could not be told: it stays open until somebody knows.
    for (const finding of measurement.findings) {
      const { advisory } = finding;
      if (advisory === undefined) continue;
      const kinds = isMeasured(measurement.state) ? kindsFor(agents, id, advisory.severity) : [];
      const key = holeOf({ vulnerability: finding.rule, package: advisory.package });
      const before = found.get(key);
      const isGraver =
        before === undefined ||
        SEVERITIES.indexOf(advisory.severity) <
          SEVERITIES.indexOf(before.finding.advisory!.severity);
      if (isGraver) found.set(key, { finding: { ...finding, tool: id }, kinds });
    }
  }
  return found;
}

function kindsFor(agents: readonly Agent[], runner: string, severity: Severity): NoteKind[] {
  const responses = agents
    .filter(({ runners }) => runners.flat().includes(runner))
    .flatMap((agent) => agent.responses?.[severity] ?? []);
  return [...new Set(responses)].flatMap((response) => NOTES[response] ?? []);
}

function noteOf(
  { rule, tool, message, advisory }: Finding,
  kind: NoteKind,
  now: number,
  newId: () => string,
): OpenNote {
  const { package: name, severity } = advisory!;
  return {
    ...{ record: newId(), vulnerability: rule, package: name, severity, source: tool },
    ...{ title: message, kind, first_seen: now },
    due_at: kind === 'scheduled_fix' ? now + WEEK_MS : null,
  };
}

function recordOf({ kind, first_seen: _, due_at, ...body }: OpenNote): JournalRecord {
  if (kind === 'alert') return { type: 'vulnerability_alert', body };
  return { type: 'vulnerability_recorded', body: { ...body, kind, due_at } };
}

function settlement({ record }: OpenNote): JournalRecord {
  return { type: 'vulnerability_settled', body: { record } };
}

const holeOf = (hole: Pick<OpenNote, 'vulnerability' | 'package'>) =>
  `${hole.vulnerability}\0${hole.package}`;

const keyOf = (note: OpenNote) => `${note.kind}\0${holeOf(note)}`;

const isMeasured = (state: string) => state === 'clean' || state === 'findings';

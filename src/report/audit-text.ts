/** What is open about holes in dependencies, for people. */

import type { NoteKind, OpenNote } from '../history/folds/vulnerabilities.ts';
import { fit, harmless, plural } from './text.ts';

const KINDS: Readonly<Record<NoteKind, readonly [one: string, many: string]>> = {
  alert: ['alert', 'Alerts'],
  security_ticket: ['security ticket', 'Security tickets'],
  scheduled_fix: ['scheduled fix', 'Fixes that have a day'],
  review: ['note for review', 'For review'],
  technical_debt: ['technical debt', 'Technical debt'],
};

const day = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 10);

/** `security ticket: GHSA-… in money (critical)`, with the day by which it shall be gone. */
export function noteText({
  kind,
  vulnerability,
  package: name,
  severity,
  due_at,
}: OpenNote): string {
  const due = due_at === null ? '' : `, to be gone by ${day(due_at)}`;
  return harmless(`${KINDS[kind][0]}: ${vulnerability} in ${name} (${severity}${due})`);
}

export function notesText(service: string, notes: readonly OpenNote[], now: number): string {
  if (notes.length === 0) return `nothing is open about the dependencies of ${harmless(service)}\n`;
  const sections = (Object.keys(KINDS) as NoteKind[]).flatMap((kind) => {
    const own = notes.filter((note) => note.kind === kind);
    return own.length === 0
      ? []
      : [`${KINDS[kind][1]}\n${own.map((note) => line(note, now)).join('\n')}`];
  });
  return `${harmless(service)}: ${plural(notes.length, 'open record')} about dependencies\n\n${sections.join('\n\n')}\n`;
}

function line(
  { title, vulnerability, package: name, source, ...note }: OpenNote,
  now: number,
): string {
  const { severity, first_seen, due_at } = note;
  const late = due_at !== null && due_at < now ? `  overdue since ${day(due_at)}` : '';
  const due = due_at !== null && late === '' ? `  by ${day(due_at)}` : '';
  const head = `  ${severity.padEnd(8)}  ${vulnerability} in ${name}, seen first ${day(first_seen)} by ${source}${due}${late}`;
  return `${harmless(head)}\n            ${harmless(fit(title, 200))}`;
}

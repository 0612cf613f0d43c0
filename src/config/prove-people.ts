/** What people decide about an environment, proved: who approves, and when nothing is deployed. */

import type { Diagnostic } from '../failure.ts';
import { DEFAULT_APPROVAL, type ApprovalPolicy } from './approval.ts';
import type { WrittenApproval, WrittenWindow } from './approval-schema.ts';
import { at } from './diagnose.ts';
import type { EnvironmentConfig } from './environment.ts';
import type { WrittenEnvironment } from './environment-schema.ts';
import { isZone, wallMoment, weekMoment, type FreezeWindow } from './freeze-window.ts';
import type { Document, Step } from './yaml.ts';

export function peopleOf(
  document: Document,
  path: readonly Step[],
  { approval, freeze }: Pick<WrittenEnvironment, 'approval' | 'freeze'>,
  diagnostics: Diagnostic[],
): Pick<EnvironmentConfig, 'approval' | 'freeze'> {
  return {
    ...(approval !== undefined && { approval: approvalOf(approval) }),
    ...(freeze !== undefined && {
      freeze: freezeOf(document, [...path, 'freeze'], freeze, diagnostics),
    }),
  };
}

function approvalOf(written: WrittenApproval): ApprovalPolicy {
  if (typeof written === 'string') return { ...DEFAULT_APPROVAL, proof: written };
  const { expires: expiresMs, platform_environment: platformEnvironment, ...said } = written;
  const given = { ...said, expiresMs, platformEnvironment };
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_APPROVAL, ...Object.fromEntries(entries) };
}

function freezeOf(
  document: Document,
  path: readonly Step[],
  written: readonly WrittenWindow[],
  diagnostics: Diagnostic[],
): readonly FreezeWindow[] {
  return written.flatMap((one, index) => {
    const made = windowOf(document, [...path, index], one, diagnostics);
    return made === undefined ? [] : [made];
  });
}

const FORMS = 'Fri 16:00, 2026-12-20 or 2026-12-20 18:00';

function windowOf(
  document: Document,
  path: readonly Step[],
  written: WrittenWindow,
  diagnostics: Diagnostic[],
): FreezeWindow | undefined {
  const before = diagnostics.length;
  const complain = (key: string, message: string, help: string) =>
    diagnostics.push(at(document.spot([...path, key]), message, [help]));
  const { from, to, zone = 'UTC', reason = '' } = written;
  if (!isZone(zone))
    complain('zone', `there is no time zone \`${zone.slice(0, 60)}\``, 'write Europe/Berlin');
  for (const [key, text] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (weekMoment(text) === undefined && wallMoment(text, 'begins') === undefined)
      complain(key, `expected a moment, got \`${text.slice(0, 60)}\``, `write ${FORMS}`);
  if (diagnostics.length > before) return undefined;
  const span = spanOf(from, to);
  if (typeof span === 'string') {
    complain('to', span, 'end it after it begins, in the same form');
    return undefined;
  }
  return { span, zone, reason, text: `${from} to ${to}, ${zone}` };
}

function spanOf(from: string, to: string): FreezeWindow['span'] | string {
  const [week, other] = [weekMoment(from), weekMoment(to)];
  if (week !== undefined && other !== undefined)
    return week.day === other.day && week.minute === other.minute
      ? 'it ends at the moment it begins'
      : { kind: 'weekly', from: week, to: other };
  const [fromWallMs, toWallMs] = [wallMoment(from, 'begins'), wallMoment(to, 'ends')];
  if (fromWallMs === undefined || toWallMs === undefined)
    return 'a window is of days of the week, or of dates, not of both';
  return toWallMs > fromWallMs
    ? { kind: 'once', fromWallMs, toWallMs }
    : 'it ends before it begins';
}

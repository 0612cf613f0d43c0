/** What checks write down about holes in dependencies, one after the other. */

import { expect, test } from 'vitest';
import { openNotes, isOverdue } from '../../src/history/folds/vulnerabilities.ts';
import type { JournalEvent } from '../../src/history/journal.ts';
import type { Agent } from '../../src/judge/agent.ts';
import type { Finding } from '../../src/judge/finding.ts';
import type { ToolState } from '../../src/judge/reading.ts';
import type { Severity, VulnerabilityResponses } from '../../src/judge/vulnerability.ts';
import { planResponses, WEEK_MS } from '../../src/pipeline/responses.ts';
import type { RunnerResult } from '../../src/pipeline/result.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T08:00:00Z');
const RESPONSES: VulnerabilityResponses = {
  critical: ['block_deployment', 'alert_immediately', 'create_security_ticket'],
  high: ['warn_in_report', 'schedule_fix_within_week'],
  moderate: ['log_for_review', 'include_in_tech_debt'],
};
const agents = [
  { runners: [['npm-audit'], ['pip-audit']], responses: RESPONSES },
] as unknown as Agent[];

function hole(rule: string, severity: Severity, name = 'money'): Finding {
  const advisory = { package: name, severity };
  return { ...{ tool: 'x', rule, severity: 'error', message: `${name}: ${rule}` }, advisory };
}

function measured(
  id: string,
  findings: readonly Finding[],
  state: ToolState = 'findings',
): RunnerResult {
  return { id, gate: 'build', durationMs: 1, measurement: { state, metrics: {}, findings } };
}

/** A service whose checks are recorded, and read back from their events. */
function service() {
  const events: JournalEvent[] = [];
  let ids = 0;
  return {
    events,
    open: () => openNotes(events).map(({ kind, vulnerability }) => `${kind} ${vulnerability}`),
    check(day: number, ...runners: readonly RunnerResult[]) {
      const at = START + day * DAY_MS;
      const plan = planResponses(agents, { runners }, openNotes(events), at, () => `r-${++ids}`);
      for (const { type, body } of plan.records)
        events.push({ type, body, at, seq: events.length + 1 } as unknown as JournalEvent);
      return plan;
    },
  };
}

test('each response is recorded once, however often it is found', () => {
  const shop = service();
  const found = measured('npm-audit', [
    hole('G-1', 'critical'),
    hole('G-2', 'high'),
    hole('G-3', 'moderate'),
  ]);
  shop.check(0, found);
  expect(shop.events.map(({ type }) => type)).toEqual([
    ...['vulnerability_alert', 'vulnerability_recorded', 'vulnerability_recorded'],
    ...['vulnerability_recorded', 'vulnerability_recorded'],
  ]);
  expect(shop.open()).toEqual([
    ...['alert G-1', 'security_ticket G-1', 'scheduled_fix G-2'],
    ...['review G-3', 'technical_debt G-3'],
  ]);
  expect(shop.check(1, found).records).toEqual([]);
});

test('a fix has a week from the day it was seen first, and then is overdue', () => {
  const shop = service();
  const found = measured('npm-audit', [hole('G-2', 'high')]);
  const [note] = shop.check(0, found).opened;
  expect(note).toMatchObject({ first_seen: START, due_at: START + WEEK_MS });
  expect(shop.check(6, found).overdue).toEqual([]);
  const late = shop.check(8, found).overdue;
  expect(late).toMatchObject([{ vulnerability: 'G-2', first_seen: START }]);
  expect(isOverdue(late[0]!, START + 8 * DAY_MS)).toBe(true);
});

test('what is gone is settled, and what comes back is opened anew', () => {
  const shop = service();
  const found = measured('npm-audit', [hole('G-1', 'critical')]);
  shop.check(0, found);
  const gone = shop.check(1, measured('npm-audit', [], 'clean'));
  expect(gone.settled).toHaveLength(2);
  expect(shop.open()).toEqual([]);
  expect(shop.check(2, found).opened).toHaveLength(2);
});

test('an audit that did not measure settles and opens nothing', () => {
  const shop = service();
  shop.check(0, measured('npm-audit', [hole('G-1', 'critical')]));
  const before = shop.open();
  shop.check(1, measured('npm-audit', [], 'backend_unavailable'));
  shop.check(2, measured('pip-audit', [], 'clean'));
  shop.check(3);
  shop.check(4, measured('pip-audit', [hole('P-1', 'high')], 'backend_unavailable'));
  expect(shop.open()).toEqual(before);
});

test('two packages with one hole are two tickets; two audits that see one hole make one', () => {
  const shop = service();
  shop.check(
    0,
    measured('npm-audit', [hole('G-1', 'critical', 'a'), hole('G-1', 'critical', 'b')]),
  );
  expect(shop.open().filter((note) => note.startsWith('security_ticket'))).toHaveLength(2);
  const same = hole('G-9', 'high');
  const both = shop.check(1, measured('npm-audit', [same]), measured('pip-audit', [same]));
  expect(both.opened).toHaveLength(1);
});

test('a hole that is rated worse later is answered as what it is now', () => {
  const shop = service();
  shop.check(0, measured('npm-audit', [hole('G-1', 'moderate')]));
  const plan = shop.check(1, measured('npm-audit', [hole('G-1', 'critical')]));
  expect(plan.opened.map(({ kind }) => kind)).toEqual(['alert', 'security_ticket']);
});

test('runners no agent with responses asks for are not answered', () => {
  expect(service().check(0, measured('trivy-fs', [hole('G-1', 'critical')])).records).toEqual([]);
});

test('events of another shape are passed over', () => {
  const event = { type: 'vulnerability_recorded', at: 0, body: { record: 1 } };
  expect(openNotes([event as unknown as JournalEvent])).toEqual([]);
});

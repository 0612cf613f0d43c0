/** An approval is bound to a release and its evidence, expires, and is used once. */

import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/history/journal.ts';
import type { JournalRecord, ReleaseRecord } from '../../src/history/records.ts';
import { approvalFor, approvalsIn } from '../../src/pipeline/approvals.ts';
import { hasPassed, progressIn, progressOf, FRESH_MS } from '../../src/pipeline/progress.ts';

const release: ReleaseRecord = { version: '2', commit: null, committed_at: null, artifact: 'a' };

function journal(...records: readonly (JournalRecord & { at?: number; by?: string })[]) {
  return records.map(({ type, body, at = 10, by = 'kim' }, index): JournalEvent => ({
    ...{ service: 'pay', environment: 'production', seq: index + 1, id: `e${index}`, type, at },
    ...{ actor: by, host: 'h', fence: 0, body: { ...body }, prev: '', hash: '' },
  }));
}

const requested = (more: object = {}) =>
  ({
    type: 'approval_requested',
    body: { approval: 'a1', release, evidence: 'e', expires_at: 100, ...more },
  }) as JournalRecord;
const given: JournalRecord = {
  type: 'approval_given',
  body: { approval: 'a1', proof: 'unsigned', note: '' },
};
const rejected: JournalRecord = {
  type: 'approval_rejected',
  body: { approval: 'a1', reason: 'no' },
};
const started: JournalRecord = {
  type: 'deployment_started',
  body: {
    ...{ deployment: 'd1', kind: 'deploy', release, previous: null, takes_back: null },
    ...{ hotfix: false, strategy: null, validation_ms: null },
  },
};

const stateOf = (events: readonly JournalEvent[], now = 50) =>
  approvalFor(approvalsIn(events, now), release, 'e')?.state.kind;

describe('an approval', () => {
  test.each([
    ['waits', [requested()], 50, 'waiting'],
    ['is given', [requested(), given], 50, 'given'],
    ['is used by the deployment that follows', [requested(), given, started], 50, 'used'],
    ['is not used by one that came before', [started, requested(), given], 50, 'given'],
    ['is rejected', [requested(), rejected], 50, 'rejected'],
    ['is rejected after it was given', [requested(), given, rejected], 50, 'rejected'],
    ['cannot be given once rejected', [requested(), rejected, given], 50, 'rejected'],
    ['cannot be rejected once used', [requested(), given, started, rejected], 50, 'used'],
    ['expires', [requested()], 100, 'expired'],
    ['expires unused', [requested(), given], 100, 'expired'],
    ['given too late is none', [requested(), { ...given, at: 100 }], 150, 'expired'],
    ['of other evidence is none', [requested({ evidence: 'other' }), given], 50, undefined],
  ] satisfies readonly [
    string,
    readonly (JournalRecord & { at?: number })[],
    number,
    string | undefined,
  ][])('%s', (_name, records, now, state) => {
    expect(stateOf(journal(...records), now)).toBe(state);
  });

  test('another artifact under the same version is another release', () => {
    const other = { ...release, artifact: 'b' };
    const events = journal(requested({ release: other }), given);
    expect(stateOf(events)).toBeUndefined();
  });

  test('who gave it is told', () => {
    const [approval] = approvalsIn(journal(requested(), { ...given, by: 'bob' }), 50);
    expect(approval?.state).toMatchObject({ kind: 'given', by: 'bob', at: 10 });
  });
});

describe('progress', () => {
  const begun = { type: 'pipeline_started', body: { pipeline: 'p', release } } as const;
  const judged = (gate: string, verdict: 'passed' | 'warned' | 'blocked') =>
    ({ type: 'gate_judged', body: { pipeline: 'p', gate, verdict, reasons: [] } }) as const;

  test('what passed counts for a day, and a later verdict replaces an earlier one', () => {
    const all = progressIn(
      journal(
        begun,
        judged('code', 'passed'),
        judged('test', 'warned'),
        judged('build', 'blocked'),
      ),
    );
    const progress = progressOf(all, release);
    const passed = (gate: string, now = 20) => hasPassed(progress, gate, now);
    expect(['code', 'test', 'build', 'staging'].map((gate) => passed(gate))).toEqual([
      ...[true, true, false, false],
    ]);
    expect(passed('code', 10 + FRESH_MS)).toBe(true);
    expect(passed('code', 11 + FRESH_MS)).toBe(false);
    const again = progressIn(journal(begun, judged('code', 'passed'), judged('code', 'blocked')));
    expect(hasPassed(progressOf(again, release), 'code', 20)).toBe(false);
  });

  test('another artifact has come nowhere', () => {
    const all = progressIn(journal(begun, judged('code', 'passed')));
    expect(progressOf(all, { ...release, artifact: 'b' })).toBeUndefined();
  });
});

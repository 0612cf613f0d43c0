/** The fold of deployments, case by case. */

import { describe, expect, it } from 'vitest';
import { foldEvents } from '../../../src/history/folds/memory-rows.ts';
import type { DeploymentRow } from '../../../src/history/folds/rows.ts';
import {
  commitOf,
  deploy,
  finish,
  HOUR,
  incident,
  journalOf,
  MINUTE,
  over,
  rollback,
  stage,
  T0,
  traffic,
  type Told,
} from './journal.ts';

const fold = (...told: readonly Told[]) => foldEvents(journalOf(told));
/** A deployment that went well, from `at` for ten minutes. */
const good = (at: number, id: string): Told[] => [
  deploy(at, id),
  traffic(at + MINUTE, id),
  finish(at + 10 * MINUTE, id),
];
const m = (minutes: number) => minutes * MINUTE;

/** Of a row only what is asked; times in minutes after the start. */
function brief(row: DeploymentRow | undefined) {
  const minutes = (at: number | null | undefined) => at && (at - T0) / MINUTE;
  return (
    row && {
      status: row.status,
      because: row.failed_because,
      failing: row.failing,
      since: minutes(row.failing_since),
      recovered: minutes(row.recovered_at),
      by: row.recovered_by,
      took: row.recovery_ms === null ? null : row.recovery_ms / MINUTE,
    }
  );
}
const healthy = (status: DeploymentRow['status'] = 'succeeded') => ({
  ...{ status, because: [], failing: null, since: null, recovered: null, by: null, took: null },
});
const recovered = (because: string[], since: number, until: number, by: string) => ({
  ...{ because, failing: null, since, recovered: until, by, took: until - since },
});
const open = (because: string[], since: number, failing = 'rollback') => ({
  ...{ because, failing, since, recovered: null, by: null, took: null },
});

describe('a deployment', () => {
  it('is written down from its beginning to its end', () => {
    const row = fold(
      deploy(0, 'd-1', {
        previous: 'd-0',
        hotfix: true,
        release: {
          version: '1.9.0',
          commit: 'c0ffee',
          committed_at: T0 - HOUR,
          artifact: 'sha256:1',
        },
      }),
      stage(m(1), 'd-1', 'batch 1 of 4'),
      traffic(m(2), 'd-1'),
      traffic(m(3), 'd-1'),
      stage(m(4), 'd-1', 'batch 2 of 4'),
      stage(m(5), 'd-1', 'batch 2 of 4'),
      finish(m(10), 'd-1'),
    ).deployment('d-1');
    expect(row).toMatchObject({
      kind: 'deploy',
      version: '1.9.0',
      commit: 'c0ffee',
      committed_at: T0 - HOUR,
      artifact: 'sha256:1',
      previous: 'd-0',
      takes_back: null,
      hotfix: true,
      strategy: 'rolling',
      actor: 'ada',
      host: 'laptop',
      started_at: T0,
      received_traffic_at: T0 + m(2),
      finished_at: T0 + m(10),
      finished_seq: 7,
      status: 'succeeded',
      stage: 'batch 2 of 4',
      stage_since: T0 + m(4),
      failed: false,
      rollback_count: 0,
      lead_ms: HOUR + m(10),
    });
  });

  it('the first ever, taken back where nothing was before: withdrawn, failing until something serves', () => {
    const told = [deploy(0, 'd-1'), traffic(m(1), 'd-1'), finish(m(4), 'd-1', 'withdrawn', m(3))];
    const rows = fold(...told);
    expect(brief(rows.deployment('d-1'))).toEqual({
      status: 'withdrawn',
      ...open(['withdrawn'], 3),
    });
    expect(rows.environment()).toMatchObject({ serving: null, latest_success: null });
    const later = fold(...told, ...good(m(20), 'd-2'));
    expect(brief(later.deployment('d-1'))).toMatchObject(recovered(['withdrawn'], 3, 30, 'd-2'));
    expect(later.deployment('d-2')?.rework).toBe(true);
  });

  it('that is finished twice ended the first time', () => {
    const rows = fold(...good(0, 'd-1'), finish(m(20), 'd-1', 'rolled_back'));
    expect(brief(rows.deployment('d-1'))).toEqual(healthy());
    expect(rows.environment()).toMatchObject({
      stray: 1,
      last_passed_over: {
        seq: 4,
        type: 'deployment_finished',
        why: 'the record of d-1 had ended already',
      },
    });
  });

  it('that begins twice began the first time', () => {
    const rows = fold(deploy(0, 'd-1'), deploy(m(5), 'd-1', { hotfix: true }));
    expect(rows.deployment('d-1')).toMatchObject({ started_at: T0, hotfix: false });
    expect(rows.environment()?.stray).toBe(1);
  });

  it('that nobody began is passed over', () => {
    const rows = fold(traffic(0, 'd-1'), stage(0, 'd-1', 'x'), finish(0, 'd-1'), over(0, 'i-1'));
    expect(rows.deployments()).toEqual([]);
    expect(rows.environment()).toMatchObject({ seq: 4, stray: 4, serving: null });
  });

  it('is ordered by its number and not by a clock that runs backwards', () => {
    const rows = fold(...good(m(60), 'd-1'), ...good(0, 'd-2'));
    expect(rows.environment()).toMatchObject({ serving: 'd-2', latest_success: 'd-2' });
    const blamed = fold(...good(m(60), 'd-1'), ...good(0, 'd-2'), incident(m(5), 'i-1'));
    expect(blamed.incident('i-1')?.deployment).toBe('d-2');
  });

  it('with a body that cannot be read is passed over, and everything else is not', () => {
    const rows = fold(
      deploy(0, 'd-1'),
      { type: 'deployment_finished', at: m(1), body: { deployment: 'd-1', status: 'fine' } },
      { type: 'weather', at: m(2), body: { sunny: true } },
      finish(m(10), 'd-1'),
    );
    expect(brief(rows.deployment('d-1'))).toEqual(healthy());
    expect(rows.environment()).toMatchObject({
      bad: 1,
      unknown: 1,
      stray: 0,
      last_passed_over: { seq: 3, type: 'weather', why: 'a type this version does not know' },
    });
  });
});

describe('a deployment fails', () => {
  it.each([
    ['rolled_back', recovered(['rolled_back'], 4, 5, 'd-1')],
    ['rollback_failed', open(['rollback_failed'], 4)],
    ['withdrawn', open(['withdrawn'], 4)],
    ['failed', open(['failed'], 4)],
  ] as const)('when it had traffic and ended %s', (status, expected) => {
    const rows = fold(deploy(0, 'd-1'), traffic(m(1), 'd-1'), finish(m(5), 'd-1', status, m(4)));
    expect(brief(rows.deployment('d-1'))).toEqual({ status, ...expected });
  });

  it.each(['rolled_back', 'rollback_failed', 'withdrawn', 'failed'] as const)(
    'but not when it ended %s before users met it',
    (status) => {
      const rows = fold(deploy(0, 'd-1'), finish(m(5), 'd-1', status));
      expect(brief(rows.deployment('d-1'))).toEqual(healthy(status));
      expect(rows.environment()).toMatchObject({
        rollback_open: null,
        in_doubt: status === 'rollback_failed' ? 'd-1' : null,
      });
    },
  );

  it('from its end on when nobody noted when it was seen', () => {
    const rows = fold(deploy(0, 'd-1'), traffic(m(1), 'd-1'), finish(m(5), 'd-1', 'rolled_back'));
    expect(brief(rows.deployment('d-1'))).toMatchObject(recovered(['rolled_back'], 5, 5, 'd-1'));
  });

  it.each([
    ['in the last millisecond of its hour', { validation_ms: null }, 10 + 60, ['rollback']],
    ['a millisecond later: no more', { validation_ms: null }, 10 + 60 + 1 / MINUTE, []],
    ['in a window of its own', { validation_ms: m(5) }, 15, ['rollback']],
    ['after a window of its own', { validation_ms: m(5) }, 16, []],
    ['before its end, by a slow clock', { validation_ms: 0 }, 2, ['rollback']],
  ])('when a rollback takes it back %s', (_, window, at, because) => {
    const rows = fold(
      deploy(0, 'd-1', window),
      finish(m(10), 'd-1'),
      rollback(at * MINUTE, 'r-1', 'd-1'),
    );
    const row = rows.deployment('d-1');
    expect(row?.failed_because).toEqual(because);
    expect(row).toMatchObject({ rollback_count: 1, taken_back_by: ['r-1'] });
  });

  it('once, when a rollback of its own ends it', () => {
    const rows = fold(
      ...good(0, 'd-1'),
      deploy(m(20), 'd-2'),
      traffic(m(21), 'd-2'),
      rollback(m(25), 'r-1', 'd-2'),
      finish(m(27), 'r-1'),
      finish(m(28), 'd-2', 'rolled_back', m(24)),
    );
    expect(brief(rows.deployment('d-2'))).toEqual({
      status: 'rolled_back',
      ...recovered(['rollback', 'rolled_back'], 24, 27, 'r-1'),
    });
    expect(rows.deployment('d-2')?.rollback_count).toBe(1);
    expect(rows.environment()).toMatchObject({ serving: 'r-1', latest_success: 'd-1' });
  });

  it('not by a rollback of one that users never met', () => {
    const rows = fold(deploy(0, 'd-1'), rollback(m(5), 'r-1', 'd-1'), ...good(m(30), 'd-2'));
    expect(brief(rows.deployment('d-1'))).toEqual(healthy('running'));
    expect(rows.deployment('d-1')?.rollback_count).toBe(1);
    expect(rows.deployment('d-2')?.rework).toBe(false);
  });
});

describe('a rollback', () => {
  it('of a rollback takes that one back, and what it names serves', () => {
    const rows = fold(
      ...good(0, 'd-1'),
      ...good(m(20), 'd-2'),
      rollback(m(40), 'r-1', 'd-2', commitOf('aaa', null, '1.1.0')),
      finish(m(41), 'r-1'),
      rollback(m(50), 'r-2', null, commitOf('bbb', null, '1.2.0')),
      finish(m(51), 'r-2'),
    );
    expect(rows.deployment('r-2')?.takes_back).toBe('r-1');
    expect(rows.deployment('r-1')).toMatchObject({ rollback_count: 1, taken_back_by: ['r-2'] });
    expect(rows.deployment('d-2')).toMatchObject({ rollback_count: 1, taken_back_by: ['r-1'] });
    expect(rows.environment()).toMatchObject({ serving: 'r-2', latest_success: 'd-2' });
  });

  it.each([
    ['what runs', [...good(0, 'd-1'), deploy(m(20), 'd-2')], 'd-2'],
    ['what serves', good(0, 'd-1'), 'd-1'],
    ['what serves, not what died before it', [deploy(0, 'd-1'), ...good(m(20), 'd-2')], 'd-2'],
    ['nothing, where nothing is', [], null],
  ])('that names nothing takes back %s', (_, before, expected) => {
    const rows = fold(...before, rollback(m(60), 'r-1', null));
    expect(rows.deployment('r-1')?.takes_back).toBe(expected);
  });

  it('that names an unknown record keeps the name', () => {
    const rows = fold(...good(0, 'd-1'), rollback(m(60), 'r-1', 'd-0'));
    expect(rows.deployment('r-1')?.takes_back).toBe('d-0');
    expect(brief(rows.deployment('d-1'))).toEqual(healthy());
    expect(rows.environment()?.rollback_open).toBe('r-1');
  });

  it('that did not work leaves the failure open, and in doubt what serves', () => {
    const told = [
      ...good(0, 'd-1'),
      rollback(m(20), 'r-1', 'd-1'),
      finish(m(25), 'r-1', 'rollback_failed'),
    ];
    const rows = fold(...told);
    expect(brief(rows.deployment('d-1'))).toMatchObject(open(['rollback'], 20));
    expect(rows.environment()).toMatchObject({ serving: 'd-1', in_doubt: 'r-1' });
    const later = fold(...told, rollback(m(30), 'r-2', null), finish(m(31), 'r-2'));
    expect(brief(later.deployment('d-1'))).toMatchObject(recovered(['rollback'], 20, 31, 'r-2'));
    expect(later.environment()).toMatchObject({ serving: 'r-2', in_doubt: null });
  });
});

describe('an incident', () => {
  it('that blames nobody blames the latest success before it, never a rollback', () => {
    const told = [
      ...good(0, 'd-1'),
      deploy(m(20), 'd-2'),
      traffic(m(21), 'd-2'),
      finish(m(25), 'd-2', 'failed'),
      rollback(m(26), 'r-1', 'd-2'),
      finish(m(27), 'r-1'),
    ];
    const rows = fold(...told, incident(m(40), 'i-1'));
    expect(rows.incident('i-1')?.deployment).toBe('d-1');
    expect(brief(rows.deployment('d-1'))).toMatchObject(open(['i-1'], 40, 'incident'));
  });

  it('before any success blames nobody; it is open all the same', () => {
    const rows = fold(incident(0, 'i-1'), ...good(m(5), 'd-1'));
    expect(rows.incident('i-1')).toMatchObject({ deployment: null, closed_at: null });
    expect(rows.deployment('d-1')).toMatchObject({ failed: false, rework: true });
  });

  it('that blames a record nobody began is open, blames nobody and is counted', () => {
    const rows = fold(...good(0, 'd-1'), incident(m(20), 'i-1', 'd-9'), deploy(m(30), 'd-9'));
    expect(rows.incident('i-1')?.deployment).toBeNull();
    expect(rows.environment()).toMatchObject({ stray: 1, open_incidents: 1 });
    expect(rows.deployment('d-1')?.failed).toBe(false);
  });

  it('ends the failure when it is closed and nothing else tells of it', () => {
    const rows = fold(...good(0, 'd-1'), incident(m(20), 'i-1'), over(m(50), 'i-1'));
    expect(brief(rows.deployment('d-1'))).toMatchObject(recovered(['i-1'], 20, 50, 'i-1'));
  });

  it('does not: a rollback tells of it, too', () => {
    const rows = fold(
      ...good(0, 'd-1'),
      incident(m(20), 'i-1'),
      rollback(m(25), 'r-1', 'd-1'),
      over(m(26), 'i-1'),
    );
    expect(brief(rows.deployment('d-1'))).toMatchObject(open(['i-1', 'rollback'], 20));
  });

  it('one of several on one deployment: it failed once, until the last is closed', () => {
    const told = [
      ...good(0, 'd-1'),
      incident(m(20), 'i-1'),
      incident(m(22), 'i-2'),
      over(m(30), 'i-1'),
    ];
    const half = fold(...told);
    expect(brief(half.deployment('d-1'))).toMatchObject(open(['i-1', 'i-2'], 20, 'incident'));
    const rows = fold(...told, over(m(45), 'i-2'));
    expect(brief(rows.deployment('d-1'))).toMatchObject(recovered(['i-1', 'i-2'], 20, 45, 'i-2'));
  });

  it('is over with the next success, even before it is closed', () => {
    const rows = fold(...good(0, 'd-1'), incident(m(20), 'i-1'), ...good(m(30), 'd-2'));
    expect(brief(rows.deployment('d-1'))).toMatchObject(recovered(['i-1'], 20, 40, 'd-2'));
    expect(rows.environment()?.open_incidents).toBe(1);
  });

  it('that comes later is a second time, added to the first', () => {
    const rows = fold(
      ...good(0, 'd-1'),
      ...[incident(m(20), 'i-1'), over(m(30), 'i-1')],
      ...[incident(m(500), 'i-2'), over(m(505), 'i-2')],
    );
    expect(rows.deployment('d-1')).toMatchObject({
      failure_detected_at: T0 + m(20),
      failing_since: T0 + m(500),
      recovered_at: T0 + m(505),
      recovery_ms: m(15),
    });
  });

  it('closed before it was opened has both its ends, once both are told', () => {
    const rows = fold(...good(0, 'd-1'), over(m(40), 'i-1'), incident(m(30), 'i-1'));
    expect(rows.incident('i-1')).toMatchObject({
      deployment: 'd-1',
      opened_at: T0 + m(30),
      closed_at: T0 + m(40),
    });
    expect(brief(rows.deployment('d-1'))).toMatchObject(recovered(['i-1'], 30, 40, 'i-1'));
    expect(rows.environment()).toMatchObject({ open_incidents: 0, stray: 1 });
  });

  it('opened or closed twice counts once', () => {
    const rows = fold(
      ...good(0, 'd-1'),
      ...[incident(m(20), 'i-1'), incident(m(21), 'i-1')],
      ...[over(m(30), 'i-1'), over(m(31), 'i-1')],
    );
    expect(brief(rows.deployment('d-1'))).toMatchObject(recovered(['i-1'], 20, 30, 'i-1'));
    expect(rows.environment()).toMatchObject({ open_incidents: 0, stray: 2 });
  });
});

describe('rework', () => {
  const taken = [
    ...good(0, 'd-1'),
    deploy(m(20), 'd-2'),
    traffic(m(21), 'd-2'),
    finish(m(25), 'd-2', 'rolled_back'),
  ];
  it.each([
    ['a hotfix', [deploy(0, 'd-9', { hotfix: true })], true],
    ['planned', [...good(0, 'd-1'), deploy(m(60), 'd-9')], false],
    ['begun while an incident is open', [incident(0, 'i-1'), deploy(m(60), 'd-9')], true],
    ['begun after it', [incident(0, 'i-1'), over(1, 'i-1'), deploy(m(60), 'd-9')], false],
    ['begun after something was taken back', [...taken, deploy(m(60), 'd-9')], true],
    [
      'begun after that was made good',
      [...taken, ...good(m(40), 'd-3'), deploy(m(60), 'd-9')],
      false,
    ],
    ['a rollback', [...taken, rollback(m(60), 'd-9', null)], false],
  ])('%s: %#', (_, told, expected) => {
    expect(fold(...told).deployment('d-9')?.rework).toBe(expected);
  });
});

describe('lead time', () => {
  const last = (...told: readonly Told[]) => {
    const { lead_ms, repeats } =
      fold(...told)
        .deployments()
        .at(-1) ?? {};
    return { lead_ms, repeats };
  };
  const brought = (at: number, id: string, sha: string, committedAt: number | null) => [
    deploy(at, id, commitOf(sha, committedAt)),
    finish(at + m(10), id),
  ];

  it('runs from the commit to the end of its deployment, also of the very first', () => {
    expect(last(...brought(m(60), 'd-1', 'aaa', 0))).toEqual({ lead_ms: m(70), repeats: null });
  });
  it('is negative when the commit is younger than its deployment', () => {
    expect(last(...brought(0, 'd-1', 'aaa', m(30)))).toEqual({ lead_ms: -m(20), repeats: null });
  });
  it('is unknown without the time of the commit', () => {
    expect(last(...brought(0, 'd-1', 'aaa', null))).toEqual({ lead_ms: null, repeats: null });
  });
  it('is had once: a commit deployed again brings nothing new', () => {
    const told = [...brought(0, 'd-1', 'aaa', -m(5)), ...brought(m(60), 'd-2', 'aaa', -m(5))];
    expect(last(...told)).toEqual({ lead_ms: null, repeats: 'd-1' });
  });
  it('is not had by a rollback', () => {
    const told = [rollback(m(60), 'r-1', null, commitOf('aaa', 0)), finish(m(61), 'r-1')];
    expect(last(...told)).toEqual({ lead_ms: null, repeats: null });
  });
});

import { describe, expect, it } from 'vitest';
import { currentOf } from '../../../src/history/folds/current.ts';
import { foldEvents } from '../../../src/history/folds/memory-rows.ts';
import {
  commitOf,
  deploy,
  finish,
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

const m = (minutes: number) => minutes * MINUTE;
const at = (minutes: number, ...told: readonly Told[]) =>
  currentOf(foldEvents(journalOf(told)), T0 + m(minutes));
const good = (minutes: number, id: string): Told[] => [
  deploy(m(minutes), id),
  finish(m(minutes + 10), id),
];
const release = { commit: null, committed_at: null, artifact: null };

describe('what is current', () => {
  it('where nothing ever happened is nothing', () => {
    expect(at(0)).toEqual({
      serves: null,
      in_doubt: null,
      running: [],
      open_incidents: [],
      last_good: null,
      rollback_to: null,
      passed_over: { unknown: 0, bad: 0, stray: 0, last: null },
    });
  });

  it('is what succeeded last, since then, and the one before it to go back to', () => {
    const found = at(99, ...good(0, 'd-1'), ...good(20, 'd-2'));
    const second = { ...release, version: '1.2.0', by: 'd-2', since: T0 + m(30) };
    const first = { ...release, version: '1.1.0', by: 'd-1', since: T0 + m(10) };
    expect(found).toMatchObject({ serves: second, last_good: second, rollback_to: first });
  });

  it('of a running deployment is its stage, and for how long', () => {
    const told = [...good(0, 'd-1'), deploy(m(20), 'd-2'), stage(m(23), 'd-2', 'batch 2 of 4')];
    const found = at(31, ...told);
    expect(found.running).toMatchObject([
      { id: 'd-2', version: '1.2.0', stage: 'batch 2 of 4', in_stage_ms: m(8), running_ms: m(11) },
    ]);
    expect(found.serves?.by).toBe('d-1');
    expect(at(22, ...told).running[0]?.in_stage_ms).toBe(0);
  });

  it('of several that run is the newest first', () => {
    const told = [deploy(0, 'd-1'), traffic(m(1), 'd-1'), rollback(m(5), 'r-1', 'd-1')];
    expect(at(6, ...told).running.map(({ id }) => id)).toEqual(['r-1', 'd-1']);
  });

  it('goes back past what was taken back, and past the same release under another record', () => {
    const found = at(
      99,
      ...good(0, 'd-1'),
      ...good(20, 'd-2'),
      ...good(40, 'd-3'),
      rollback(m(60), 'r-1', 'd-3', { release: { ...release, version: '1.2.0' } }),
      finish(m(61), 'r-1'),
    );
    expect(found).toMatchObject({
      serves: { version: '1.2.0', by: 'r-1' },
      last_good: { version: '1.2.0', by: 'r-1' },
      rollback_to: { version: '1.1.0', by: 'd-1' },
    });
  });

  it('what fails now is not good; what has recovered is', () => {
    const told = [...good(0, 'd-1'), ...good(20, 'd-2'), incident(m(40), 'i-1')];
    expect(at(45, ...told)).toMatchObject({
      serves: { by: 'd-2' },
      last_good: { by: 'd-1' },
      open_incidents: [{ id: 'i-1', severity: 'critical', deployment: 'd-2', so_far_ms: m(5) }],
    });
    expect(at(60, ...told, over(m(50), 'i-1'))).toMatchObject({
      last_good: { by: 'd-2' },
      open_incidents: [],
    });
  });

  it('is in doubt after a rollback that failed, and says by what', () => {
    const found = at(
      99,
      ...good(0, 'd-1'),
      deploy(m(20), 'd-2', commitOf('aaa', null, '2.0.0')),
      traffic(m(21), 'd-2'),
      finish(m(22), 'd-2', 'rollback_failed'),
    );
    expect(found.serves?.by).toBe('d-1');
    expect(found.in_doubt).toEqual({
      by: 'd-2',
      version: '2.0.0',
      status: 'rollback_failed',
      reason: null,
    });
  });

  it('shows what the fold could make nothing of', () => {
    const found = at(9, { type: 'incident_opened', at: 0, body: { incident: 'i-1' } });
    expect(found.passed_over).toEqual({
      ...{ unknown: 0, bad: 1, stray: 0 },
      last: { seq: 1, type: 'incident_opened', why: 'severity: none of critical, warning' },
    });
  });
});

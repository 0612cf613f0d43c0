import { describe, expect, test } from 'vitest';
import { fail, ok, type Result } from '../../src/failure.ts';
import { aggregatesOf } from '../../src/history/folds/delivery-aggregates.ts';
import { foldEvents } from '../../src/history/folds/memory-rows.ts';
import type { Past } from '../../src/pipeline/past.ts';
import { pastMeasurement, trendOf } from '../../src/pipeline/past.ts';
import {
  HOUR,
  STREAM,
  T0,
  deploy,
  finish,
  incident,
  journalOf,
  over,
  type Told,
} from '../history/folds/journal.ts';
import { checksOf } from './recorded.ts';
import { agent, play, runner, scoreAgent } from './scripted.ts';

const PASSED = { kind: 'passed', mode: 'enforce' } as const;

function environment(name: string, ...told: readonly Told[]): Past['environments'][number] {
  const rows = foldEvents(journalOf(told, { ...STREAM, environment: name }));
  const window = { from: T0, to: T0 + 90 * 24 * HOUR };
  const ids = rows.incidents().map(({ id }) => id);
  return {
    environment: name,
    delivery: aggregatesOf(rows.deployments(), rows.environment()?.first_at ?? null, window),
    incidents: { count: ids.length, ids },
  };
}

function metricsOf(past: Partial<Past>, build: Parameters<typeof pastMeasurement>[1] = PASSED) {
  return pastMeasurement(ok({ checks: [], environments: [], ...past }), build).metrics;
}

describe('build_success_rate', () => {
  const rate = (
    builds: readonly ('passed' | 'warned' | 'blocked' | 'undecided')[],
    build: Parameters<typeof pastMeasurement>[1] = PASSED,
  ) =>
    metricsOf({ checks: checksOf(...builds.map((one) => ({ build: one }))) }, build)
      .build_success_rate;

  test('the first build counts as one', () => {
    expect(rate([])).toBe(1);
    expect(rate([], { kind: 'blocked', mode: 'enforce' })).toBe(0);
  });

  test('the recorded ones and this one', () => {
    expect(rate(['passed', 'blocked', 'warned'])).toBe(0.75);
    expect(rate(['passed', 'undecided'], { kind: 'warned', mode: 'enforce' })).toBeCloseTo(2 / 3);
  });

  test('no more than the last 20, this one among them', () => {
    const long = [...Array.from({ length: 30 }, () => 'blocked' as const)];
    expect(rate([...long, ...Array.from({ length: 18 }, () => 'passed' as const)])).toBe(0.95);
    expect(rate([...long, ...Array.from({ length: 19 }, () => 'passed' as const)])).toBe(1);
  });

  test('a build that cannot be told is missing, so that telling it narrows the score', () => {
    expect(rate(['passed'], { kind: 'undecided', mode: 'enforce' })).toEqual({
      missing: 'this build cannot be told',
    });
  });

  test('an observed gate has no say', () => {
    expect(rate(['passed'], { kind: 'blocked', mode: 'observe' })).toEqual({
      notApplicable: 'the build gate is observed only',
    });
  });
});

describe('what comes of deployments', () => {
  const failing = environment(
    'production',
    deploy(0, 'd-1'),
    finish(HOUR, 'd-1'),
    incident(2 * HOUR, 'i-1'),
    over(5 * HOUR, 'i-1'),
    deploy(6 * HOUR, 'd-2'),
    finish(7 * HOUR, 'd-2'),
  );
  const calm = environment('live', deploy(0, 'd-3'), finish(HOUR, 'd-3'));

  test('none recorded: none of it applies', () => {
    const why = { notApplicable: 'no deployment recorded' };
    expect(metricsOf({})).toEqual({
      ...{ build_success_rate: 1, incidents_30_days: why },
      ...{ mean_time_to_recovery: why, change_failure_rate: why },
    });
  });

  test('deployments and nothing wrong: no incident, no failure, and nothing to recover from', () => {
    expect(metricsOf({ environments: [calm] })).toMatchObject({
      ...{ incidents_30_days: 0, change_failure_rate: 0 },
      mean_time_to_recovery: { notApplicable: '0 recoveries in 90 days' },
    });
  });

  test('production speaks for the service, with the records behind each number', () => {
    const { metrics, records } = pastMeasurement(
      ok({ checks: [], environments: [calm, failing] }),
      PASSED,
    );
    expect(metrics).toMatchObject({
      ...{ incidents_30_days: 1, change_failure_rate: 0.5 },
      mean_time_to_recovery: 3 * HOUR,
    });
    expect(records).toMatchObject({
      ...{ incidents_30_days: ['i-1'], change_failure_rate: ['d-1'] },
      mean_time_to_recovery: ['d-1'],
    });
  });

  test('without production the worst of the others does', () => {
    const other = { ...failing, environment: 'europe' };
    const all = metricsOf({ environments: [calm, other] });
    expect(all).toMatchObject({ incidents_30_days: 1, change_failure_rate: 0.5 });
    expect(metricsOf({ environments: [other, calm] })).toEqual(all);
  });

  test('what is taken back in staging has reached nobody', () => {
    const tried = { ...failing, environment: 'staging' };
    expect(metricsOf({ environments: [tried] })).toEqual(metricsOf({}));
    expect(metricsOf({ environments: [tried, calm] })).toMatchObject({ incidents_30_days: 0 });
  });

  test('a failure that is still open is told where there is no recovery', () => {
    const open = environment(
      'production',
      deploy(0, 'd-1'),
      finish(HOUR, 'd-1'),
      incident(HOUR, 'i-1'),
    );
    expect(metricsOf({ environments: [open] })['mean_time_to_recovery']).toEqual({
      notApplicable: '0 recoveries in 90 days, 1 open',
    });
  });
});

describe('the trend', () => {
  test('needs a score before this one', () => {
    expect(trendOf([], 90)).toBeUndefined();
    expect(trendOf(checksOf({ low: null }), 90)).toBeUndefined();
    expect(trendOf(checksOf({ low: 80 }), undefined)).toBeUndefined();
  });

  test('is of 20 at most, this one the last, and compares with the last that had a score', () => {
    const lows = [...Array.from({ length: 25 }, (_, day) => day), null];
    const trend = trendOf(checksOf(...lows.map((low) => ({ low }))), 90);
    expect(trend?.scores).toHaveLength(20);
    expect(trend?.scores.slice(-3)).toEqual([24, null, 90]);
    expect(trend?.before).toEqual({ score: 24, at: T0 + 24 * 24 * HOUR });
  });
});

describe('in a run', () => {
  const asked = async (past: () => Promise<Result<Past>>, more = {}) =>
    await play({
      runners: [
        runner({
          id: 'eslint',
          metrics: ['eslint_errors'],
          says: { metrics: { eslint_errors: 0 } },
        }),
      ],
      agents: [
        agent({ gate: 'code', runners: [['eslint']], blocking: ['eslint_errors > 0'] }),
        scoreAgent(),
      ],
      past,
      ...more,
    });
  const none = () => Promise.resolve(ok({ checks: [], environments: [] }));

  test.each([
    ['one gate alone', { options: { gates: ['code'] as const } }],
    ['some runners alone', { options: { only: ['eslint'] } }],
  ])('%s has no score, so nobody asks', async (_, more) => {
    let questions = 0;
    const { result } = await asked(() => {
      questions += 1;
      return none();
    }, more);
    expect(questions).toBe(0);
    expect(result.trend).toBeUndefined();
    expect(result.readings.get('incidents_30_days')).toMatchObject({ why: 'history: not asked' });
    expect(result.runners.map(({ id }) => id)).not.toContain('history');
  });

  test('a history that cannot be read is missing, and a team may accept that', async () => {
    const failure = { kind: 'cannot_act', message: 'it is gone', help: ['look for it'] } as const;
    const toleratedBy = {
      ...{ runner: 'history', state: 'backend_unavailable' as const },
      place: { file: 'nemesis.config.yaml', line: 3, column: 12 },
    };
    const { result } = await asked(() => Promise.resolve(fail(failure)), {
      config: { tolerate: [toleratedBy] },
    });
    expect(result.readings.get('change_failure_rate')).toEqual({
      ...{ kind: 'missing', why: 'history: it is gone', state: 'backend_unavailable' },
      ...{ runner: 'history', toleratedBy },
    });
    expect(result.runners.at(-1)).toMatchObject({
      id: 'history',
      measurement: { help: 'look for it' },
    });
  });

  test('who stops nemesis while it waits for the history gets no answer', async () => {
    const stop = new AbortController();
    const { result } = await asked(
      () => {
        stop.abort('SIGINT');
        return none();
      },
      { signal: stop.signal },
    );
    expect(result.stoppedBy).toBe('interrupted');
  });
});

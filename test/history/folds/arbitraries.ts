/** Histories of every kind, also impossible ones: few names, so that records meet, repeat and contradict each other. */

import fc from 'fast-check';
import type { JournalEvent } from '../../../src/history/journal.ts';
import type { DeploymentStatus } from '../../../src/history/records.ts';
import {
  DAY,
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

const id = fc.integer({ min: 1, max: 20 }).map((n) => `d-${n}`);
const incidentId = fc.integer({ min: 1, max: 8 }).map((n) => `i-${n}`);
const status = fc.constantFrom<DeploymentStatus>(
  ...(['succeeded', 'succeeded', 'succeeded', 'rolled_back', 'rolled_back'] as const),
  ...(['failed', 'withdrawn', 'rollback_failed'] as const),
);

/** `at` is not known yet when the event is drawn. */
type At = (at: number) => Told;

const start = (id: fc.Arbitrary<string>): fc.Arbitrary<At> =>
  fc
    .record({
      id,
      isRollback: fc.boolean(),
      takesBack: fc.option(id),
      hotfix: fc.boolean(),
      validation: fc.option(fc.constantFrom(0, 10 * MINUTE, DAY)),
      commit: fc.option(fc.constantFrom('aaa', 'bbb', 'ccc', 'ddd', 'eee')),
      // Also after the deployment: a clock that is wrong.
      committed: fc.option(fc.integer({ min: -3 * DAY, max: 6 * HOUR })),
    })
    .map(({ id, isRollback, takesBack, hotfix, validation, commit, committed }) => (at) => {
      const more = {
        hotfix,
        validation_ms: validation,
        release: {
          version: `v-${commit}`,
          commit,
          committed_at: committed === null ? null : T0 + at + committed,
          artifact: null,
        },
      };
      return isRollback ? rollback(at, id, takesBack, more) : deploy(at, id, more);
    });

const end = (id: fc.Arbitrary<string>): fc.Arbitrary<At> =>
  fc.record({ id, status, detected: fc.option(fc.integer({ min: -HOUR, max: MINUTE })) }).map(
    ({ id, status, detected }) =>
      (at) =>
        finish(at, id, status, detected === null ? null : at + detected),
  );

/** From its beginning to its end, as a record should be; what lies between is for the other steps. */
const whole = id.chain((one) => {
  const same = fc.constant(one);
  return fc
    .tuple(start(same), fc.boolean(), end(same))
    .map(([begins, hasTraffic, ends]) => [
      begins,
      ...(hasTraffic ? [(at: number) => traffic(at + MINUTE, one)] : []),
      (at: number) => ends(at + 10 * MINUTE),
    ]);
});

/** A deployment, a rollback of it and an incident about it, in every order and with parts missing. */
const entangled = fc.tuple(id, id, incidentId).chain(([one, other, i]) => {
  const parts = fc.tuple(
    start(fc.constant(one)),
    end(fc.constant(one)),
    end(fc.constant(other)),
    fc.option(fc.constant(one)),
  );
  return parts.chain(([begins, ends, otherEnds, named]) => {
    const rest: At[] = [
      (at) => traffic(at, one),
      (at) => rollback(at, other, named),
      (at) => incident(at, i, named),
      (at) => over(at, i),
      otherEnds,
      ends,
    ];
    return fc
      .tuple(fc.boolean(), fc.shuffledSubarray(rest, { minLength: 3 }))
      .map(([inOrder, some]) => [
        begins,
        ...(inOrder ? rest.filter((step) => some.includes(step)) : some),
      ])
      .map((steps) => steps.map((make, n) => (at: number) => make(at + n * MINUTE)));
  });
});

const anyTold: fc.Arbitrary<readonly At[]> = fc.oneof(
  { weight: 8, arbitrary: whole },
  { weight: 8, arbitrary: entangled },
  { weight: 3, arbitrary: start(id).map((one) => [one]) },
  { weight: 3, arbitrary: id.map((id) => [(at: number) => traffic(at, id)]) },
  { weight: 4, arbitrary: end(id).map((one) => [one]) },
  { weight: 1, arbitrary: id.map((id) => [(at: number) => stage(at, id, 'batch 2 of 4')]) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(incidentId, fc.option(id))
      .map(([i, d]) => [(at: number) => incident(at, i, d)]),
  },
  { weight: 3, arbitrary: incidentId.map((i) => [(at: number) => over(at, i)]) },
  { weight: 1, arbitrary: fc.constant([(at: number) => ({ type: 'weather', at, body: {} })]) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('deployment_started', 'deployment_finished', 'incident_opened')
      .map((type) => [(at: number) => ({ type, at, body: { deployment: 7, broken: true } })]),
  },
);

/** Up to 40 steps of one or more events; clocks mostly go forward, sometimes not. */
export const anyHistory: fc.Arbitrary<JournalEvent[]> = fc
  .array(
    fc.tuple(
      anyTold,
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 * HOUR }) },
        { weight: 1, arbitrary: fc.integer({ min: -2 * HOUR, max: 0 }) },
      ),
    ),
    { minLength: 0, maxLength: 40, size: 'max' },
  )
  .map((steps) => {
    let at = 0;
    return journalOf(
      steps.flatMap(([told, later]) => {
        at += later;
        return told.map((make) => make(at));
      }),
    );
  });

/** Windows that cut through such a history. */
export const anyWindow = fc
  .tuple(fc.integer({ min: -DAY, max: 2 * DAY }), fc.integer({ min: 0, max: 5 * DAY }))
  .map(([from, length]) => ({ from: T0 + from, to: T0 + from + length }));

/** What two runners say of one metric, as one reading. */

import { describe, expect, test } from 'vitest';
import { combined } from '../../src/judge/combine.ts';
import type { Reading } from '../../src/judge/reading.ts';

const value = (datum: number | boolean | string, runner = 'tsc'): Reading => ({
  kind: 'measured',
  value: datum,
  runner,
});
const away: Reading = { kind: 'not_applicable', why: 'no Python here', runner: 'mypy' };
const lost: Reading = { kind: 'missing', why: 'mypy crashed', state: 'crashed', runner: 'mypy' };
const accepted: Reading = {
  ...lost,
  runner: 'pip-audit',
  toleratedBy: {
    runner: 'pip-audit',
    state: 'crashed',
    place: { file: 'nemesis.config.yaml', line: 3, column: 3 },
  },
};

const claim = { better: 'higher' } as const;
const count = { better: 'lower' } as const;

describe.each([
  ['not applicable leaves the word to the other', count, away, value(3), value(3)],
  ['a lost part makes a good count missing', count, value(0), lost, lost],
  ['a lost part makes a true claim missing', claim, value(true), lost, lost],
  ['a claim that is refuted stays so', claim, value(false), lost, value(false)],
  ['of two counts the worse one', count, value(3), value(7, 'mypy'), value(7, 'mypy')],
  ['of two shares the worse one', claim, value(0.9), value(0.4, 'mypy'), value(0.4, 'mypy')],
  ['of two claims the false one', claim, value(true), value(false, 'mypy'), value(false, 'mypy')],
  ['of two absences the one nobody accepted', count, accepted, lost, lost],
  [
    'of two states the lower one',
    { better: 'higher', states: ['unsorted', 'sorted'] } as const,
    value('sorted'),
    value('unsorted', 'isort'),
    value('unsorted', 'isort'),
  ],
] as const)('%s', (_, metric, first, second, expected) => {
  test('in either order', () => {
    expect(combined(metric, first, second)).toEqual(expected);
    expect(combined(metric, second, first)).toEqual(expected);
  });
});

test('counts that add up name both runners', () => {
  const errors = { better: 'lower', together: 'sum' } as const;
  expect(combined(errors, value(2), value(3, 'mypy'))).toEqual({ ...value(5), also: ['mypy'] });
  expect(combined(errors, value(2), lost)).toEqual(lost);
});

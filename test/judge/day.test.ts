/** Days of the calendar, against the platform's own arithmetic. */

import { expect, test } from 'vitest';
import { dayNumber, dayOf } from '../../src/judge/day.ts';

test('every day from 1890 to 2210 is the day the platform says', () => {
  const wrong: string[] = [];
  for (let day = -29_220; day < 87_660; day += 1) {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (dayOf(day * 86_400_000 + 86_399_999) !== text || dayNumber(text) !== day) wrong.push(text);
  }
  expect(wrong).toEqual([]);
});

test.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '26-1-1', '', '2026-1-01'])(
  '`%s` is no day',
  (text) => expect(dayNumber(text)).toBeUndefined(),
);

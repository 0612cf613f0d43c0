import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../src/pipeline/result.ts';
import { styleFor } from '../../src/report/text.ts';
import { trendLine } from '../../src/report/trend.ts';

const AT = Date.UTC(2026, 10, 20, 23, 59);

function line(scores: readonly (number | null)[], env: Readonly<Record<string, string>> = {}) {
  const before = { score: scores.filter((score) => score !== null).at(-2) ?? 0, at: AT };
  const style = styleFor({ env, isTerminal: true, columns: 80 });
  return trendLine({ trend: { scores, before } } as CheckResult, style);
}

describe('the line of the trend', () => {
  test('is empty where there is none', () => {
    const style = styleFor({ env: {}, isTerminal: false, columns: 80 });
    expect(trendLine({ trend: undefined } as CheckResult, style)).toBe('');
  });

  test('has a bar for each score and the change since the last one', () => {
    expect(line([60, 70, 75, 80, 83])).toBe('trend ▁▄▆▇█ +3 since 2026-11-20');
    expect(line([90, null, 62])).toBe('trend █·▁ -28 since 2026-11-20');
  });

  test('calls a point more or less no leap', () => {
    expect(line([99.2, 99.7])).toBe('trend ██ unchanged since 2026-11-20');
    expect(line([98.9, 99])).toBe('trend ██ +1 since 2026-11-20');
  });

  test('fits 80 columns, in letters where the terminal shows no more', () => {
    const long = Array.from({ length: 20 }, (_, n) => (n === 15 ? null : 80 + n));
    expect(line(long)).toHaveLength('trend '.length + 20 + ' +1 since 2026-11-20'.length);
    const plain = line(long, { LANG: 'C' });
    expect(plain).toBe('trend 90 91 92 93 94 - 96 97 98 99 +1 since 2026-11-20');
    expect(line(long, { NO_COLOR: '1' })).not.toContain('\u001b');
  });
});

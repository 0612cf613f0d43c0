/** How far the tests reach, as `test:coverage` shows it: each number beside its floor, then what is still open. */

import { expect, test } from 'vitest';
import type { Finding } from '../../src/judge/finding.ts';
import type { Measurement } from '../../src/measure/runner.ts';
import { coverageLines } from '../../src/report/coverage-text.ts';
import { styleFor } from '../../src/report/text.ts';
import { agent, play, runner } from '../pipeline/scripted.ts';

interface Asked {
  readonly sentence?: string;
  readonly columns?: number;
}

async function shown(
  says: Partial<Measurement>,
  { sentence = 'coverage_overall >= 75%', columns = 100 }: Asked = {},
): Promise<readonly string[]> {
  const { result } = await play({
    runners: [runner({ id: 'suites', metrics: ['coverage_overall'], says })],
    agents: [agent({ gate: 'test', runners: [['suites']], checks: { coverage: [sentence] } })],
  });
  const style = styleFor({ env: { LANG: 'C.UTF-8' }, isTerminal: false, columns });
  return coverageLines(result, style);
}

const measured = (covered: number, total: number): Partial<Measurement> => ({
  metrics: { coverage_overall: covered / total },
  shares: { coverage_overall: { covered, total } },
});

const open = (file: string, line: number, endLine?: number): Finding => ({
  ...{ tool: 'coverage', rule: 'uncovered-new-code', severity: 'info', message: 'x', file, line },
  ...(endLine === undefined ? {} : { endLine }),
});

test('what holds stands beside its floor, with its lines', async () => {
  expect(await shown(measured(3, 4))).toEqual([
    '✔ coverage_overall         >= 75%    75 % (3 of 4 lines)',
  ]);
});

test.each([
  [2, 4, '>= 75%', 'cover 1 more line of 4'],
  [0, 120, '>= 75%', 'cover 90 more lines of 120'],
  [74, 100, '>= 75%', 'cover 1 more line of 100'],
  [7, 100, '>= 7.5%', 'cover 1 more line of 100'],
  // Exactly the floor is not above it.
  [75, 100, '> 75%', 'cover 1 more line of 100'],
])('of %d of %d lines, %s is passed with: %s', async (covered, total, floor, toPass) => {
  const [line = ''] = await shown(measured(covered, total), {
    sentence: `coverage_overall ${floor}`,
  });
  expect(line).toMatch(/^✖ coverage_overall/);
  expect(line.endsWith(`; to pass: ${toPass}`)).toBe(true);
});

test('without lines, or asked for less, nothing is said of what to cover', async () => {
  expect(await shown({ metrics: { coverage_overall: 0.5 } })).toEqual([
    '✖ coverage_overall         >= 75%    50 %',
  ]);
  const [less = ''] = await shown(measured(2, 4), { sentence: 'coverage_overall <= 40%' });
  expect(less).not.toContain('to pass');
});

test('where there is no number its reason stands', async () => {
  expect(await shown({ metrics: { coverage_overall: { notApplicable: 'no provider' } } })).toEqual([
    '– coverage_overall         >= 75%    suites: no provider',
  ]);
  const [untold = ''] = await shown({ state: 'crashed', why: 'it fell' });
  expect(untold).toMatch(/^\? coverage_overall .* it fell$/);
});

test('lines that no test runs are listed by file, harmless and within the width', async () => {
  const findings = [
    ...[open('src/a.js', 3, 7), open('src/a.js', 12), open('src/\u001b[2Jb.js', 1, 1)],
    { ...open('src/c.js', 1), rule: 'another' },
    ...Array.from({ length: 30 }, (_, at) => open('src/wide.js', 10 * at, 10 * at + 5)),
  ];
  const lines = await shown({ state: 'findings', ...measured(3, 4), findings }, { columns: 60 });
  const at = lines.indexOf('new lines that no test runs');
  expect(lines[at + 1]).toBe('  src/a.js: 3-7, 12');
  expect(lines[at + 2]).toMatch(/^ {2}src\/.*b\.js: 1$/);
  expect(lines.join('')).not.toContain('\u001b');
  expect(lines.join('\n')).not.toContain('src/c.js');
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('280-285, 290-295');
});

test('of many files the first are shown', async () => {
  const findings = Array.from({ length: 23 }, (_, at) => open(`src/${at}.js`, 1));
  const lines = await shown({ state: 'findings', ...measured(3, 4), findings });
  expect(lines.at(-2)).toBe('  src/19.js: 1');
  expect(lines.at(-1)).toBe('  … and 3 more files');
});

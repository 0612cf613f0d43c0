/** An audit that got no answer: never clean, never findings; accepted openly, it warns and the rest is caution at most. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { agent, play, runner } from './scripted.ts';

const AUDITS = ['npm-audit', 'pip-audit', 'trivy-fs'];

function check(outage: readonly string[], tolerated: readonly string[]) {
  const metric = 'vulnerabilities_critical';
  const together = { dimension: 'count', better: 'lower', together: 'sum', about: metric } as const;
  const audits = AUDITS.map((id) =>
    runner({
      id,
      metrics: [],
      says: outage.includes(id)
        ? { state: 'backend_unavailable', why: 'no answer' }
        : { metrics: { [metric]: 0 } },
    }),
  ).map((one) => ({ ...one, metrics: { [metric]: together } }));
  const tolerate = tolerated.map((id) => ({
    ...{ runner: id, state: 'backend_unavailable' as const },
    place: { file: 'nemesis.config.yaml', line: 3, column: 3 },
  }));
  return play({
    runners: [
      runner({ id: 'eslint', metrics: ['eslint_errors'], says: { metrics: { eslint_errors: 0 } } }),
      ...audits,
    ],
    agents: [
      agent({
        gate: 'code',
        runners: [['eslint'], ...AUDITS.map((id) => [id])],
        blocking: ['eslint_errors > 0', `${metric} > 0`],
      }),
    ],
    config: { tolerate },
    options: { gates: ['code'] },
  });
}

test('all answer: passed', async () => {
  const { result } = await check([], []);
  expect(result.verdicts[0]).toMatchObject({ kind: 'passed' });
});

test.each(AUDITS)('%s does not: nobody can tell', async (id) => {
  const { result } = await check([id], []);
  expect(result.verdicts[0]).toMatchObject({ kind: 'undecided' });
});

test.each([...AUDITS.map((id) => [[id]]), [AUDITS]])(
  '%j accepted: warned, and not ready',
  async (ids) => {
    const { result } = await check(ids, ids);
    expect(result.verdicts[0]).toMatchObject({ kind: 'warned' });
    expect(result.readiness.kind).toBe('caution');
  },
);

test('accepting one accepts no other', async () => {
  const { result } = await check(['npm-audit', 'pip-audit'], ['npm-audit']);
  expect(result.verdicts[0]).toMatchObject({ kind: 'undecided' });
});

test('nemesis/recommended only warns about holes', () => {
  const file = path.join(import.meta.dirname, '../../config/recommended.yaml');
  const { levels } = parse(readFileSync(file, 'utf8')) as { levels: Record<string, string> };
  for (const name of [
    'dependencies_safe',
    'vulnerabilities_critical',
    'image_vulnerabilities_critical',
  ])
    expect(levels[name]).toBe('warn');
});

/** Captured runs of the real frameworks, from the script to the measurement. */

import { describe, expect, test } from 'vitest';
import { frameworks } from '../../../src/measure/suites/frameworks.ts';
import { suiteRunner } from '../../../src/measure/suites/suite.ts';
import { ROOT } from '../tools/support.ts';
import { contextFor, projectIn, replayEngine, suiteFixtures } from './replay.ts';

const unit = suiteRunner('unit');
const e2e = suiteRunner('e2e');
const fixtures = suiteFixtures();
const PROGRAMS = {
  ...{ vitest: '', jest: '', mocha: '', c8: '', nyc: '', node: '', pytest: '' },
  playwright: '',
};

describe.each(fixtures)('$framework $name', (fixture) => {
  test('is measured as expected', async () => {
    const { meta, expected, framework } = fixture;
    const files = framework === 'pytest' ? ['pytest.ini'] : [];
    const project = projectIn(meta.project, { programs: PROGRAMS, files });
    const runner = framework === 'playwright' ? e2e : unit;
    expect(runner.inPlay(project)).toMatchObject({ inPlay: true });

    const measured = await runner.measure(contextFor(project, replayEngine(fixture, project.root)));

    const {
      evidence,
      lineCoverage: _,
      ...rest
    } = measured as typeof measured & {
      lineCoverage?: unknown;
    };
    const shown = JSON.parse(JSON.stringify(rest).replaceAll(project.root, ROOT)) as unknown;
    expect(shown).toEqual(expected);
    expect(evidence).toMatchObject({ tool: framework, exitCode: meta.exitCode });
  });
});

test.each(frameworks.map(({ name }) => name))('%s has a case of each kind', (name) => {
  const states = new Set(fixtures.filter((f) => f.framework === name).map((f) => f.expected.state));
  expect([...states]).toEqual(
    expect.arrayContaining(['clean', 'findings', 'nothing_measured', 'bad_config']),
  );
});

test('a suite that found problems is never clean, one without numbers never has metrics', () => {
  for (const { expected } of fixtures) {
    const failed =
      expected.metrics?.['unit.tests_failed'] ?? expected.metrics?.['e2e.tests_failed'];
    if (expected.state === 'clean') expect(failed).toBe(0);
    const hasNumbers = expected.state === 'clean' || expected.state === 'findings';
    expect(Object.keys(expected.metrics ?? {}).length > 0).toBe(hasNumbers);
  }
});

/** The command line that each generation of ESLint understands. */

import { expect, test } from 'vitest';
import { eslint } from '../../../src/measure/tools/eslint.ts';
import { projectWith } from './support.ts';

function argvFor(version: string) {
  const command = eslint.spec.command({
    project: projectWith(),
    workDir: '/reports',
    tool: {
      ...{ found: true, file: '/bin/eslint', leadingArgv: [] },
      ...{ version, from: 'project' },
    },
  });
  return 'argv' in command ? command.argv : [];
}

test('before flat config nothing is said that ESLint would take for a configuration', () => {
  const argv = argvFor('8.57.1');
  expect(argv).not.toContain('--ignore-pattern');
  expect(argv).not.toContain('--no-warn-ignored');
});

test('with flat config our own folder is left out by name', () => {
  expect(argvFor('9.39.4').join(' ')).toContain('--no-warn-ignored --ignore-pattern .nemesis/');
});

test.each([
  ['error', 2],
  ['warning', 1],
] as const)('an %s that the report lists and does not count is no pass', (_, severity) => {
  const messages = [{ ruleId: 'eqeqeq', severity, message: 'Expected', messageId: 'unexpected' }];
  const file = { filePath: '/project/a.js', errorCount: 0, warningCount: 0, messages };
  for (const from of ['project', 'nemesis'] as const) {
    const reading = eslint.spec.read(
      {
        ...{ exitCode: 0, stdout: '', stderr: '', files: {}, root: '/project' },
        report: JSON.stringify([file]),
      },
      {
        ...{ project: projectWith(), workDir: '/reports' },
        tool: { found: true, file: '/bin/eslint', leadingArgv: [], version: '9.39.4', from },
      },
    );
    expect(reading).toEqual({
      state: 'bad_report',
      why: 'its report lists more problems in a.js than it counts',
    });
  }
});

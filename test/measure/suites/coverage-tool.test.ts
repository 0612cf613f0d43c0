/** How the team counts lines, where the script that counts is not the one that tests. */

import { expect, test } from 'vitest';
import { countingArguments } from '../../../src/measure/suites/coverage-tool.ts';
import { projectWith } from '../tools/support.ts';

test.each([
  [
    { 'test-cov': 'nyc --exclude examples --exclude test --reporter=html npm test' },
    ['--exclude', 'examples', '--exclude', 'test'],
  ],
  [{ coverage: 'cross-env CI=1 nyc --all mocha --exit' }, ['--all']],
  [{ 'test:ci': 'nyc --reporter=lcov --reporter=text npm test' }, []],
  [{ coverage: 'c8 --all npm test' }, []],
  [{ release: 'nyc --all npm test' }, []],
  [{ test: 'mocha' }, []],
])('%o', (scripts, args) => {
  expect(countingArguments(projectWith({ scripts }), 'nyc')).toEqual(args);
});

/** The test frameworks this version runs. A new one is a file and a row. */

import type { Framework } from '../../config/config.ts';
import type { TestFramework } from './framework.ts';
import { jest } from './jest.ts';
import { mocha } from './mocha.ts';
import { nodeTest } from './node-test.ts';
import { playwright } from './playwright.ts';
import { pytest } from './pytest.ts';
import { vitest } from './vitest.ts';

export const frameworks: readonly TestFramework[] = [
  ...[jest, vitest, mocha, nodeTest, pytest],
  playwright,
];

export function frameworkNamed(name: Framework): TestFramework {
  const found = frameworks.find((framework) => framework.name === name);
  if (found === undefined) throw new RangeError(`no test framework of the name ${name}`);
  return found;
}

/** Whether new code came without a test: Danger's rule, minus what is no new code and what is no test. */

import type { Change } from '../change.ts';
import type { ChangedFile } from '../diff.ts';
import { newLines } from '../moved.ts';
import { familyOf, roleOf } from '../roles.ts';
import type { NewCode } from './production.ts';
import { notAsked, type Answer } from './rule.ts';

/** So many new statements are a small correction. */
export const FEW_STATEMENTS = 5;

export function missingTests(change: Change, code: readonly NewCode[]): Answer {
  const count = code.reduce((sum, { growth }) => sum + growth, 0);
  if (code.length === 0) return notAsked('the product has no new statement');
  const said = plural(count);
  if (count <= FEW_STATEMENTS)
    return { value: false, said: `${said}, a small change`, findings: [] };
  const test = testIn(change);
  if (test !== undefined)
    return { value: false, said: `${said}, and ${test} changed`, findings: [] };
  return {
    value: true,
    said: `${said} and no new test`,
    findings: code
      .filter(({ growth }) => growth > 0)
      .toSorted((a, b) => b.growth - a.growth)
      .slice(0, 10)
      .map(({ path, fresh, growth }) => ({
        rule: 'missing-tests',
        severity: 'warning',
        file: path,
        line: fresh[0]!.line,
        message: `${plural(growth)} here, and the change adds or changes no test`,
      })),
  };
}

function plural(count: number): string {
  return count === 1 ? '1 new statement' : `${count} new statements`;
}

/** The first test that says something new; its name alone, its mode or its place say nothing. */
function testIn({ files }: Change): string | undefined {
  const fresh = newLines(files);
  const isNew = ({ path }: ChangedFile): boolean =>
    (fresh.get(path) ?? []).some(
      ({ text }) => /\w/.test(text) && !/^\s*(\/\/|#|\*|\/\*)/.test(text),
    );
  const test = files.find((file) => roleOf(file.path) === 'test' && isNew(file));
  if (test !== undefined) return test.path;
  const within = files.find((file) =>
    (fresh.get(file.path) ?? []).some((line) => isTestWithin(file, line.text)),
  );
  return within === undefined ? undefined : `a test in ${within.path}`;
}

/** Doctests, and tests that vitest reads out of the source. */
function isTestWithin({ path }: ChangedFile, text: string): boolean {
  if (familyOf(path) === 'python') return /^\s*>>> /.test(text);
  return familyOf(path) === 'js' && text.includes('import.meta.vitest');
}

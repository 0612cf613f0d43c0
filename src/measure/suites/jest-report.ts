/** The JSON report of jest, which vitest writes too. Only what is used; counts are made from the tests themselves. */

import { z } from 'zod';
import { Count } from '../formats/numbers.ts';
import { parseJson, unreadable, type Parsed } from '../formats/parsed.ts';
import type { TestFailure, TestRun } from './framework.ts';
import { fileInside, firstLine, headline, lineInStack } from './said.ts';

const STATUS = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
} as const;

const Report = z.object({
  success: z.boolean(),
  numFailedTests: Count,
  wasInterrupted: z.boolean().optional(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.enum(['passed', 'failed', 'skipped', 'pending', 'todo', 'disabled']),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
type FileResult = z.infer<typeof Report>['testResults'][number];

/** `hookFailure` is asked for what broke in a file whose tests never came to run. */
export function readJestReport(
  text: string,
  root: string,
  hookFailure: (file: string) => string | undefined = () => undefined,
): Parsed<TestRun & { readonly interrupted: boolean }> {
  const report = parseJson(text, Report);
  if (!report.ok) return report;
  const { testResults, success, numFailedTests, wasInterrupted } = report.value;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  let failedTests = 0;
  for (const file of testResults) {
    for (const test of file.assertionResults) counts[STATUS[test.status]] += 1;
    const ofFile = failuresOf(file, root, hookFailure);
    failures.push(...ofFile);
    failedTests += ofFile.filter((failure) => failure.kind === 'test').length;
  }
  if (numFailedTests > failedTests) {
    return unreadable(`counts ${numFailedTests} failed tests and lists ${failedTests}`);
  }
  return {
    ok: true,
    value: {
      ...counts,
      failed: failures.length,
      failures,
      success,
      interrupted: wasInterrupted ?? false,
    },
  };
}

function failuresOf(
  result: FileResult,
  root: string,
  hookFailure: (file: string) => string | undefined,
): TestFailure[] {
  const inside = fileInside(root, result.name);
  const file = inside === undefined ? {} : { file: inside };
  const failed = result.assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && result.status === 'failed') {
    const message =
      result.message || hookFailure(inside ?? result.name) || 'failed outside its tests';
    const line = lineInStack(message, result.name, inside);
    const name = inside ?? result.name;
    return [
      {
        kind: 'file',
        message: `${name}: ${headline(withoutBullet(message))}`,
        ...file,
        ...(line === undefined ? {} : { line }),
      },
    ];
  }
  return failed.map((test) => {
    const stack = test.failureMessages?.join('\n') ?? '';
    const line = lineInStack(stack, result.name, inside);
    return {
      kind: 'test' as const,
      message: `${firstLine(test.fullName)}: ${headline(stack) || 'failed'}`,
      ...file,
      ...(line === undefined ? {} : { line }),
    };
  });
}

/** jest puts `  ● Test suite failed to run` and an empty line before the message. */
function withoutBullet(message: string): string {
  return message.trimStart().replace(/^[^\n]*Test suite failed to run[^\n]*\n\s*/, '');
}

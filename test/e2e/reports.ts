/** Reports as the real tools write them, with as little in them as the parsers ask for. */

export interface LintRemark {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
  readonly severity?: 1 | 2;
}

/** ESLint's json formatter. */
export function eslintReport(root: string, remarks: readonly LintRemark[] = []): string {
  const files = new Set(['src/cart.js', ...remarks.map(({ file }) => file)]);
  return JSON.stringify(
    [...files].map((file) => {
      const messages = remarks
        .filter((remark) => remark.file === file)
        .map(({ rule, message, line, severity = 2 }) => ({
          ruleId: rule,
          severity,
          message,
          line,
          column: 7,
        }));
      return {
        filePath: `${root}/${file}`,
        messages,
        errorCount: messages.filter(({ severity }) => severity === 2).length,
        warningCount: messages.filter(({ severity }) => severity === 1).length,
      };
    }),
  );
}

/** mocha's json reporter. */
export function mochaReport(root: string, passed: number, failed: readonly string[] = []): string {
  const file = `${root}/test/cart.test.js`;
  const failures = failed.map((fullTitle) => ({
    fullTitle,
    file,
    err: {
      message: 'expected 29.98, got 14.99',
      stack: `AssertionError: expected 29.98, got 14.99\n    at Context.<anonymous> (${file}:12:9)`,
    },
  }));
  const passes = Array.from({ length: passed }, (_, n) => ({
    fullTitle: `cart sums ${n}`,
    file,
    err: {},
  }));
  return JSON.stringify({
    stats: {
      tests: passed + failures.length,
      passes: passed,
      pending: 0,
      failures: failures.length,
    },
    passes,
    pending: [],
    failures,
  });
}

/** `npm audit --json` without a vulnerability. */
export const CLEAN_AUDIT = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {},
  metadata: {
    vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 },
    dependencies: { prod: 1, dev: 2, optional: 0, peer: 0, total: 3 },
  },
});

/** `npm audit --json` when the registry does not answer. */
export const NO_REGISTRY = JSON.stringify({
  message: 'request to https://registry.example/ failed, reason: connect ECONNREFUSED',
  error: { code: 'ECONNREFUSED', summary: 'connect ECONNREFUSED', detail: '' },
});

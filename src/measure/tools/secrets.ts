/** What every scanner for secrets yields. Nothing here ever holds the secret. */

import type { Finding } from '../../judge/finding.ts';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import type { Reading } from '../tool.ts';
import { counted } from './counted.ts';

export type SecretMetric = 'secrets_found' | 'no_secrets_exposed';

export const SECRET_METRICS: Readonly<Record<SecretMetric, MetricDeclaration>> = {
  secrets_found: {
    dimension: 'count',
    better: 'lower',
    about: 'places in the files of the project that look like a secret',
  },
  no_secrets_exposed: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['secrets_found'],
    about: 'no file of the project holds what looks like a secret',
  },
};

type Leak = Omit<Finding, 'severity' | 'metric'>;

/** `ownRules`: the project has told its scanner what is a secret here, so every place counts. */
export function secretsFound(
  leaks: readonly Leak[],
  ownRules: boolean,
  more: { readonly why?: string; readonly exitExplained?: boolean } = {},
): Extract<Reading<SecretMetric>, { readonly metrics: unknown }> {
  const forTests = ownRules ? [] : leaks.filter(isKeyForTests);
  const counting = leaks.filter((leak) => !forTests.includes(leak));
  return {
    state: leaks.length === 0 ? 'clean' : 'findings',
    metrics: { secrets_found: counting.length, no_secrets_exposed: counting.length === 0 },
    findings: [
      ...counting.map((leak) => ({
        ...leak,
        severity: 'error' as const,
        metric: 'secrets_found' as const,
      })),
      ...forTests.map((leak) => ({
        ...leak,
        severity: 'warning' as const,
        message: 'a private key among the tests, not counted: make sure it opens nothing real',
      })),
    ],
    summary: [
      counted(counting.length, 'secret'),
      ...(forTests.length === 0 ? [] : [`${counted(forTests.length, 'key')} for tests`]),
    ].join(', '),
    ...more,
  };
}

const AMONG_TESTS =
  /(^|\/)(tests?|__tests__|specs?|e2e|fixtures?|__fixtures__|test-?data|mocks?|__mocks__)\//i;

/** Servers under test need a key of their own. A provider's token is never made for a test: it counts anywhere. */
function isKeyForTests({ rule, file }: Leak): boolean {
  return /private-?key$/.test(rule) && file !== undefined && AMONG_TESTS.test(file);
}

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
    about: 'no file of the project holds what looks like a secret',
  },
};

export function secretsFound(
  leaks: readonly Omit<Finding, 'severity' | 'metric'>[],
  more: { readonly why?: string; readonly exitExplained?: boolean } = {},
): Extract<Reading<SecretMetric>, { readonly metrics: unknown }> {
  return {
    state: leaks.length === 0 ? 'clean' : 'findings',
    metrics: { secrets_found: leaks.length, no_secrets_exposed: leaks.length === 0 },
    findings: leaks.map((leak) => ({ ...leak, severity: 'error', metric: 'secrets_found' })),
    summary: counted(leaks.length, 'secret'),
    ...more,
  };
}

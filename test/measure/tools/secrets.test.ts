/** Keys made for tests are shown and not counted; everything else counts. */

import { expect, test } from 'vitest';
import { secretsFound } from '../../../src/measure/tools/secrets.ts';

const leak = (rule: string, file: string) => ({ tool: 'scanner', rule, file, message: 'a leak' });
const KEY = '@secretlint/secretlint-rule-privatekey';

test.each([
  [KEY, 'test/fixtures/server.key'],
  ['private-key', 'packages/web/__tests__/tls.pem'],
  [KEY, 'src/tls/testdata/ca.key'],
])('%s in %s is a warning', (rule, file) => {
  const found = secretsFound([leak(rule, file)], false);
  expect(found).toMatchObject({
    state: 'findings',
    metrics: { secrets_found: 0, no_secrets_exposed: true },
    summary: '0 secrets, 1 key for tests',
  });
  expect(found.findings).toEqual([expect.objectContaining({ severity: 'warning', file })]);
  expect(found.findings[0]).not.toHaveProperty('metric');
});

test.each([
  [KEY, 'deploy/server.key'],
  [KEY, 'src/contest/server.key'],
  ['@secretlint/secretlint-rule-aws', 'test/fixtures/env'],
  ['github-pat', 'test/login.test.ts'],
])('%s in %s is a secret', (rule, file) => {
  expect(secretsFound([leak(rule, file)], false)).toMatchObject({
    metrics: { secrets_found: 1, no_secrets_exposed: false },
    findings: [{ severity: 'error', metric: 'secrets_found' }],
    summary: '1 secret',
  });
});

test('who has told the scanner what is a secret means it', () => {
  expect(secretsFound([leak(KEY, 'test/server.key')], true)).toMatchObject({
    metrics: { secrets_found: 1 },
  });
});

/** Results no project would wish for: names, words and places of every kind, in any number. */

import fc from 'fast-check';
import type { Finding } from '../../src/judge/finding.ts';
import type { Waiver } from '../../src/judge/waiver.ts';
import type { Measurement } from '../../src/measure/runner.ts';
import type { CheckResult } from '../../src/pipeline/result.ts';
import { agent, play, runner } from '../pipeline/scripted.ts';

/** What somebody would put into a message to be more than a message. */
export const ATTACKS = [
  '::error file=x::injected',
  '\n::set-output name=a::b',
  '##[error]injected',
  '##vso[task.complete result=Succeeded;]',
  '<script>alert(1)</script>',
  '</details></code><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  ']]></failure><testcase/>',
  '[click](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '@everyone please',
  '#1 and GH-1',
  '`code` ``two`` ```three',
  '| a | b |\n| - | - |',
  '\\|`\\',
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  '\u001b[2J\u001b[31m',
  'file\u202egpj.exe',
  '\u2066isolate\u2069 \u061c',
  '\u0000\u0008\u000b\ufffe\uffff',
  '\ud800 alone',
  '\u{e0041}tag',
  '--> <!-- ',
  '$`x`$ $$y$$',
  '%0A::error::x%25',
  'https://evil.example www.evil.example a@evil.example',
  '{0} {{x}}',
  '',
  ' ',
  '- [ ] task',
];

const words = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.tuple(fc.constantFrom(...ATTACKS), fc.constantFrom(...ATTACKS)).map((two) => two.join(' ')),
);

const files = fc.oneof(
  words,
  fc.constantFrom(
    ...['src/a b.ts', '-rf', '../outside', '/etc/passwd', 'C:\\x', 'a:b.ts', './x//y', '..', ''],
    ...['größe/値.ts', 'a%20b#c?d.ts', 'line\nbreak.ts'],
  ),
);

const finding: fc.Arbitrary<Finding> = fc
  .record(
    {
      tool: fc.constant('eslint'),
      rule: words,
      severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
      message: words,
      file: files,
      line: fc.nat({ max: 1e6 }),
      column: fc.nat({ max: 1e4 }),
      metric: fc.constantFrom('eslint_errors', 'unheard_of'),
    },
    { requiredKeys: ['tool', 'rule', 'severity', 'message'] },
  )
  .map((one) => one);

const evidence = fc.record(
  { tool: words, version: words, exitCode: fc.nat(255), tail: words },
  { requiredKeys: ['tool'] },
);

const said: fc.Arbitrary<Partial<Measurement>> = fc.oneof(
  fc.record({
    state: fc.constantFrom('findings' as const),
    metrics: fc.constant({ eslint_errors: 3, eslint_warnings: 2 }),
    findings: fc.array(finding, { maxLength: 12 }),
    summary: words,
    evidence,
  }),
  fc.record({
    state: fc.constantFrom('crashed' as const, 'bad_report' as const, 'not_installed' as const),
    why: words,
    help: words,
    findings: fc.array(finding, { maxLength: 3 }),
    evidence,
  }),
  fc.constant({ state: 'clean' as const, metrics: { eslint_errors: 0, eslint_warnings: 0 } }),
);

const waiverFiles = fc.constantFrom(
  ...['nemesis.waivers.yaml', 'ci/größe, 値:1%0A.yaml', '-rf', 'line\nbreak.yaml', '`x`|<b>.yaml'],
);

/** Of everything or of a word, expired, about to, or for long. */
const waiver: fc.Arbitrary<Waiver> = fc.record({
  what: fc.oneof(
    fc.constant({ kind: 'finding' as const, tool: 'eslint' }),
    fc.record({ kind: fc.constant('finding' as const), tool: fc.constant('eslint'), rule: words }),
    fc.constant({ kind: 'sentence' as const, metric: 'eslint_errors' }),
    fc.constant({ kind: 'sentence' as const, text: 'eslint_warnings > 5' }),
  ),
  ...{ why: words, who: words },
  until: fc.constantFrom('2026-01-01', '2026-01-02', '2026-12-31'),
  place: fc.record({ file: waiverFiles, line: fc.nat({ max: 1e6 }), column: fc.nat({ max: 1e4 }) }),
});

export const oddResults: fc.Arbitrary<() => Promise<CheckResult>> = fc
  .record({
    ...{ said, service: words, version: words },
    ...{
      mode: fc.constantFrom('enforce' as const, 'observe' as const),
      waivers: fc.array(waiver, { maxLength: 3 }),
    },
  })
  .map(
    ({ said, service, mode, waivers }) =>
      () =>
        resultOf(said, { service, mode: { code: mode }, waivers }),
  );

export async function resultOf(
  says: Partial<Measurement>,
  config: Parameters<typeof play>[0]['config'] = {},
  env: Readonly<Record<string, string>> = {},
): Promise<CheckResult> {
  const lint = runner({ id: 'eslint', metrics: ['eslint_errors', 'eslint_warnings'], says });
  const gate = agent({
    ...{ gate: 'code', runners: [['eslint']] },
    checks: { static_analysis: ['eslint_errors == 0'] },
    blocking: ['eslint_errors > 0', 'any(static_analysis)'],
    warning: ['eslint_warnings > 5'],
  });
  const { result } = await play({
    runners: [lint],
    agents: [gate],
    config,
    env,
    options: { gates: ['code'] },
  });
  return result;
}

/** So many findings of one kind. */
export function manyFindings(count: number, message = 'is not defined'): Finding[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ tool: 'eslint', rule: `rule-${n % 50}`, metric: 'eslint_errors' },
    severity: n % 3 === 0 ? ('error' as const) : ('warning' as const),
    ...{ file: `src/folder-${n % 200}/file-${n % 997}.ts`, line: n + 1, column: 5 },
    message: `name${n} ${message}`,
  }));
}

/** Nothing of that moves a terminal, hides, or turns the direction of text. */
export const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/;

/** Lines a CI system takes for commands to itself. */
export function commandsIn(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r]/).filter((line) => /^\s*::|##\[|##vso\[/.test(line));
}

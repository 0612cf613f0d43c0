/** What cannot be read is told once: names that it may bring are not called unknown. */

import { expect, test } from 'vitest';
import { load, type Files } from './project.ts';

const waiver = (what: string): string =>
  `waivers:\n  - ${what}\n    why: later\n    who: Ada\n    until: 2026-12-31\n`;

function said(files: Files): readonly string[] {
  const result = load(files);
  return result.ok ? [] : result.diagnostics.map(({ message }) => message);
}

const CONFIG = "extends: '@acme/gates'\ntolerate: { house: [crashed] }\nrequire: [house]\n";

test.each([
  'sentence: { metric: house_rules_broken }',
  'sentence: { text: house_rules_broken == 0 }',
  'sentence: { metric: eslint_errors, agent: ACME_CODE_001 }',
  'finding: { tool: house, rule: no-shouting }',
])('of a package that is not installed, with a waiver of %s', (what) => {
  const files = { 'nemesis.config.yaml': CONFIG, 'nemesis.waivers.yaml': waiver(what) };
  expect(said(files)).toEqual(['`@acme/gates` cannot be found']);
});

test('what is wrong in itself is told beside it', () => {
  const files = {
    'nemesis.config.yaml': CONFIG,
    'nemesis.waivers.yaml': waiver('finding: { rule: no-shouting }'),
  };
  expect(said(files)).toEqual(['`@acme/gates` cannot be found', '`tool` is missing']);
});

test('with everything there, an unknown name is one', () => {
  const files = {
    'nemesis.config.yaml': 'extends: nemesis/strict\n',
    'nemesis.waivers.yaml': waiver('sentence: { metric: house_rules_broken }'),
  };
  expect(said(files)).toEqual(['there is no metric `house_rules_broken`']);
});

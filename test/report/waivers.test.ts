/** Waivers in every output: one that has expired stops, one that holds is shown and stops nobody. */

import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/judge/finding.ts';
import type { Waiver } from '../../src/judge/waiver.ts';
import type { CheckResult } from '../../src/pipeline/result.ts';
import { githubText } from '../../src/report/github.ts';
import { gitlabText } from '../../src/report/gitlab.ts';
import { htmlText } from '../../src/report/html.ts';
import { junitText } from '../../src/report/junit.ts';
import { markdownText } from '../../src/report/markdown.ts';
import { OUTPUTS } from '../../src/report/outputs.ts';
import { sarifText } from '../../src/report/sarif.ts';
import { agent, play, runner } from '../pipeline/scripted.ts';
import { resultOf } from './odd-results.ts';

const HERE = { version: '1.2.3', prefix: 'services/shop/' };
const ERROR: Finding = {
  ...{ tool: 'eslint', rule: 'no-eval', severity: 'error', metric: 'eslint_errors' },
  ...{ file: 'src/cart.ts', line: 12, message: 'eval can be harmful' },
};
const ONE_ERROR = {
  ...{ state: 'findings' as const, metrics: { eslint_errors: 1, eslint_warnings: 0 } },
  findings: [ERROR],
};
const CLEAN = { state: 'clean' as const, metrics: { eslint_errors: 0, eslint_warnings: 0 } };
const OF_FINDING = { kind: 'finding', tool: 'eslint', rule: 'no-eval' } as const;
const OF_SENTENCE = { kind: 'sentence', metric: 'eslint_errors' } as const;

function waiver(what: Waiver['what'], until = '2026-12-31'): Waiver {
  const place = { file: 'nemesis.waivers.yaml', line: 7, column: 5 };
  return { what, why: 'it goes with SHOP-12', who: 'Ada Lovelace', until, place };
}

const waived = (what: Waiver['what'], says: typeof ONE_ERROR | typeof CLEAN = ONE_ERROR) =>
  resultOf(says, { waivers: [waiver(what)] });
const expired = (mode: 'enforce' | 'observe' = 'enforce') =>
  resultOf(CLEAN, { mode: { code: mode }, waivers: [waiver(OF_FINDING, '2026-01-01')] });

interface SarifResult {
  readonly ruleId: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly suppressions?: readonly Readonly<Record<string, string>>[];
  readonly locations: readonly unknown[];
}

function sarif(result: CheckResult): readonly SarifResult[] {
  const { runs } = JSON.parse(sarifText(result, HERE)) as {
    runs: readonly { results: readonly SarifResult[] }[];
  };
  return runs.flatMap(({ results }) => results);
}

/** Attributes of the elements of that name. */
function junit(result: CheckResult, wanted: string): readonly Readonly<Record<string, string>>[] {
  const found: Readonly<Record<string, string>>[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => name === wanted && found.push(attributes));
  parser.write(junitText(result)).close();
  return found;
}

const quality = (result: CheckResult) =>
  JSON.parse(gitlabText(result, HERE)) as readonly Readonly<Record<string, unknown>>[];

const SAID = 'a waiver expired on 2026-01-01: eslint no-eval';
const TERMS = 'Ada Lovelace until 2026-12-31: it goes with SHOP-12';

describe.each(OUTPUTS.map((kind) => [kind.name, kind] as const))('as %s', (name, { load }) => {
  const told = async (result: CheckResult) => {
    const text = (await load())(result, HERE);
    return text.replaceAll('%3A', ':');
  };

  test('what has expired stands there with what, who, until and its line', async () => {
    const text = await told(await expired());
    for (const word of ['2026-01-01', 'no-eval', 'Ada Lovelace', 'SHOP-12'])
      expect([name, text.includes(word) ? word : text]).toEqual([name, word]);
    expect(text).toMatch(
      /nemesis\.waivers\.yaml(?:.{0,5}7|[^]{1,120}"?(?:startL|l|begin)[^]{0,6}7)/,
    );
  });

  test.each([
    ['finding', OF_FINDING],
    ['sentence', OF_SENTENCE],
  ] as const)('a waived %s stands there with who, until and why', async (_, what) => {
    const text = await told(await waived(what));
    for (const word of ['2026-12-31', 'Ada Lovelace', 'SHOP-12', 'nemesis.waivers.yaml'])
      expect([name, text.includes(word) ? word : text]).toEqual([name, word]);
  });
});

describe('an expired waiver blocks', () => {
  test('as a failed case at its line', async () => {
    const result = await expired();
    expect(result.readiness.kind).toBe('blocked');
    expect(junit(result, 'testsuites')[0]).toMatchObject({ failures: '1', errors: '0' });
    expect(junit(result, 'failure')).toEqual([{ message: SAID, type: 'blocked' }]);
    const [suite] = junit(result, 'testsuite');
    expect(suite).toMatchObject({ name: 'nemesis code', failures: '1' });
    expect(junit(result, 'testcase')[0]).toMatchObject({
      ...{ classname: 'waivers', file: 'nemesis.waivers.yaml', line: '7' },
    });
  });

  test('as a result of level error at its line', async () => {
    const [own] = sarif(await expired());
    expect(own).toMatchObject({ level: 'error', ruleId: 'waiver: expired' });
    expect(own!.message.text).toContain(`${SAID}; waived by Ada Lovelace until 2026-01-01`);
    expect(own!.locations).toMatchObject([
      {
        physicalLocation: {
          artifactLocation: { uri: 'services/shop/nemesis.waivers.yaml' },
          region: { startLine: 7 },
        },
      },
    ]);
  });

  test('as a blocker, and as an error with file and line', async () => {
    expect(quality(await expired())[0]).toMatchObject({
      severity: 'blocker',
      location: { path: 'services/shop/nemesis.waivers.yaml', lines: { begin: 7 } },
    });
    expect(githubText(await expired(), HERE)).toContain(
      `::error file=services/shop/nemesis.waivers.yaml,line=7,title=nemesis%3A code blocked::${SAID}; waived by Ada`,
    );
  });

  test('and stands in what blocks', async () => {
    const text = markdownText(await expired());
    expect(text).toContain(`#### What blocks\n\n- **code** \`${SAID}\`<br>stands in `);
    expect(text).not.toContain('#### Waivers');
    const page = htmlText(await expired(), HERE);
    expect(page).toMatch(/<h2>What decided<\/h2>[^\n]*blocks<[^\n]*a waiver expired on/);
    expect(page).toContain('1 expired waiver');
  });

  test('is named in the answer beside a sentence that blocks', async () => {
    const result = await resultOf(ONE_ERROR, { waivers: [waiver(OF_FINDING, '2026-01-01')] });
    expect(markdownText(result)).toMatch(
      /\*\*BLOCKED\*\* by `eslint_errors == 0, .*, an expired waiver of the code gate`/,
    );
  });

  test('in a gate that is only observed stops nothing', async () => {
    const result = await expired('observe');
    expect(junit(result, 'testsuites')[0]).toMatchObject({ failures: '0', errors: '0' });
    expect(sarif(result).filter(({ level }) => level === 'error')).toEqual([]);
    expect(quality(result).filter(({ severity }) => severity === 'blocker')).toEqual([]);
    expect(githubText(result, HERE)).toContain(
      '::warning file=services/shop/nemesis.waivers.yaml,line=7,title=nemesis%3A code warned::',
    );
    expect(markdownText(result)).toContain(`#### Waivers\n\n- **code** \`${SAID}\``);
  });
});

describe('a waived sentence warns at most', () => {
  test('and so do the findings it counts', async () => {
    const result = await waived(OF_SENTENCE);
    expect(result.readiness.kind).toBe('caution');
    expect(junit(result, 'testsuites')[0]).toMatchObject({ failures: '0', errors: '0' });
    expect(new Set(sarif(result).map(({ level }) => level))).toEqual(new Set(['warning']));
    expect(sarif(result).at(-1)!.message.text).toBe(
      `eval can be harmful; waived by ${TERMS} (nemesis.waivers.yaml:7)`,
    );
    const severities = quality(result).map(({ severity }) => severity);
    expect(new Set(severities)).toEqual(new Set(['minor']));
    const annotations = githubText(result, HERE);
    expect(annotations).not.toContain('::error');
    expect(annotations).toMatch(/^::warning title=nemesis%3A code warned::.*waived by Ada/m);
    expect(markdownText(result)).not.toContain('What blocks');
    expect(markdownText(result)).toContain('#### Waivers\n\n- **waived** `sentences about');
    expect(htmlText(result, HERE)).not.toContain('>blocks<');
  });

  test('a finding that another sentence blocks for stays an error', async () => {
    const result = await waived({ kind: 'sentence', text: 'eslint_errors == 0' });
    expect(result.readiness.kind).toBe('blocked');
    expect(sarif(result).find(({ ruleId }) => ruleId === 'no-eval')!.level).toBe('error');
    expect(githubText(result, HERE)).toContain('::error file=services/shop/src/cart.ts,line=12');
  });

  test('of a suite: its failed tests are skipped, with their words', async () => {
    const failed: Finding = {
      ...{ tool: 'unit', rule: 'test-failed', severity: 'error', metric: 'unit.tests_failed' },
      ...{ file: 'test/cart.test.ts', line: 88, message: 'cart sums: expected 14 to be 29' },
    };
    const says = {
      ...{ state: 'findings' as const, metrics: { 'unit.tests_failed': 1 }, findings: [failed] },
    };
    const gate = agent({
      ...{ gate: 'test', runners: [['unit']] },
      checks: { unit: ['unit.tests_failed == 0'] },
    });
    const runOf = async (waivers: readonly Waiver[]) => {
      const runners = [runner({ id: 'unit', metrics: ['unit.tests_failed'], says })];
      return (await play({ runners, agents: [gate], config: { waivers } })).result;
    };
    expect(junit(await runOf([]), 'testsuites')[0]).toMatchObject({ failures: '2' });
    const of = [
      { kind: 'sentence', metric: 'unit.tests_failed' },
      { kind: 'finding', tool: 'unit', message: 'cart sums' },
    ] as const;
    for (const what of of) {
      const result = await runOf([waiver(what)]);
      expect(junit(result, 'testsuites')[0]).toMatchObject({ failures: '0', errors: '0' });
      expect(junit(result, 'skipped').map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/^waived by Ada Lovelace until/),
      );
      expect(junitText(result)).toContain(
        '<system-out>cart sums: expected 14 to be 29\ntest/cart.test.ts:88</system-out>',
      );
    }
  });
});

describe('a waived finding', () => {
  test('stays in SARIF, suppressed, and is known again', async () => {
    const [before] = sarif(await resultOf(ONE_ERROR)).filter(({ ruleId }) => ruleId === 'no-eval');
    const [after] = sarif(await waived(OF_FINDING)).filter(({ ruleId }) => ruleId === 'no-eval');
    const justification = `waived by ${TERMS} (nemesis.waivers.yaml:7)`;
    expect(after).toEqual({
      ...before,
      level: 'note',
      suppressions: [{ kind: 'external', status: 'accepted', justification }],
    });
    expect(before!.level).toBe('error');
  });

  test('stops nobody anywhere', async () => {
    const result = await waived(OF_FINDING);
    expect(result.readiness.kind).not.toBe('blocked');
    expect(junit(result, 'testsuites')[0]).toMatchObject({ failures: '0' });
    expect(quality(result)).toContainEqual(
      expect.objectContaining({ check_name: 'eslint/no-eval', severity: 'info' }),
    );
    expect(githubText(result, HERE)).toContain(
      `::notice file=services/shop/nemesis.waivers.yaml,line=7,title=nemesis%3A waived::1 finding: eslint no-eval; waived by ${TERMS}\n`,
    );
    expect(markdownText(result)).toContain('<br>`src/cart.ts:12 no-eval`');
  });
});

test('one that covers nothing, or ends soon, is a warning at its line', async () => {
  const soon = [waiver(OF_FINDING, '2026-01-02')];
  const unused = await resultOf(CLEAN, { waivers: soon });
  const rules = sarif(unused).map(({ ruleId, level }) => `${level} ${ruleId}`);
  expect(rules).toEqual(['warning waiver: ends soon', 'warning waiver: unused']);
  expect(githubText(unused, HERE)).toContain('title=nemesis%3A a waiver is unused::');
  expect(markdownText(unused)).toContain('- **ends soon** `a waiver ends today, then it blocks');
  expect(junit(unused, 'testsuites')[0]).toMatchObject({ failures: '0', errors: '0' });
});

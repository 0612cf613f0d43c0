/** The three rules, each on changes of the kinds that public histories show. */

import { describe, expect, test } from 'vitest';
import type { Measurement } from '../../../src/measure/runner.ts';
import { diffRules } from '../../../src/measure/tools/diff-rules.ts';
import { contextFor, engineOf } from '../suites/replay.ts';
import { projectWith } from '../tools/support.ts';
import { changeBetween } from './repository.ts';

type Files = Readonly<Record<string, string | null>>;
type Rule = 'readme_updated' | 'complex_logic_commented' | 'missing_tests_for_new_code';

async function answer(rule: Rule, before: Files, after: Files): Promise<unknown> {
  const value = (await answers(before, after))[rule];
  return typeof value === 'object' ? 'not applicable' : value;
}

async function answers(before: Files, after: Files): Promise<Measurement['metrics']> {
  const change = await changeBetween({ keep: 'x', ...before }, after);
  const context = contextFor(
    projectWith(),
    engineOf(() => ({ kind: 'aborted' })),
  );
  const { metrics } = await diffRules.measure({
    ...context,
    change: () => Promise.resolve({ kind: 'change', change }),
  });
  return metrics;
}

const lines = (count: number, text = 'call'): string =>
  Array.from({ length: count }, (_, at) => `${text}(${at});\n`).join('');
const pyLines = (count: number): string =>
  Array.from({ length: count }, (_, at) => `call(${at})\n`).join('');
const branches = (count: number): string =>
  Array.from({ length: count }, (_, at) => `  if (a === ${at}) return ${at};\n`).join('');
const pyBranches = (count: number): string =>
  Array.from({ length: count }, (_, at) => `    if a == ${at}:\n        return ${at}\n`).join('');
const fn = (body: string): string => `export function pick(a) {\n${body}}\n`;
const npm = (more: object = {}): string => JSON.stringify({ name: 'shop', ...more }, null, 2);

const MISSING: readonly (readonly [string, Files, Files, unknown])[] = [
  ['a new module without a test', {}, { 'src/a.js': lines(8) }, true],
  [
    'new statements in Python without a test',
    { 'app/a.py': 'x = 1\n' },
    { 'app/a.py': `x = 1\n${pyLines(8)}` },
    true,
  ],
  [
    'a test that was only renamed',
    { 'test/a.js': lines(9) },
    { 'test/a.js': null, 'test/b.js': lines(9), 'src/a.js': lines(8, 'go') },
    true,
  ],
  [
    'a test that was only deleted',
    { 'test/a.js': 'it(1);\n' },
    { 'test/a.js': null, 'src/a.js': lines(8) },
    true,
  ],
  ['a new module with its test', {}, { 'src/a.js': lines(8), 'src/a.test.js': 'it(1);\n' }, false],
  [
    'a doctest beside the code',
    {},
    { 'app/a.py': `def f():\n    """\n    >>> f()\n    """\n${pyLines(8)}` },
    false,
  ],
  ['a small correction', { 'src/a.js': lines(4) }, { 'src/a.js': `${lines(4)}mend(1);\n` }, false],
  [
    'statements rewritten in place',
    { 'src/a.js': lines(9) },
    { 'src/a.js': lines(9, 'other') },
    false,
  ],
  [
    'a reformatted file',
    { 'src/a.js': "go('a', 1);\n".repeat(9) },
    { 'src/a.js': 'go(\n  "a",\n  1,\n)\n'.repeat(9) },
    'not applicable',
  ],
  [
    'code moved to another file',
    { 'src/a.js': lines(9) },
    { 'src/a.js': 'import "./b.js";\n', 'src/b.js': lines(9) },
    'not applicable',
  ],
  [
    'types, comments and imports',
    { 'src/a.ts': 'go();\n' },
    { 'src/a.ts': `import a from 'a';\n${'// why\n'.repeat(9)}interface A { a: 1 }\ngo();\n` },
    'not applicable',
  ],
  [
    'typing in Python',
    { 'a.py': 'x = f()\n' },
    {
      'a.py':
        'import typing as t\nif t.TYPE_CHECKING:\n    import a\n    b = 1\nT = t.TypeVar("T")\nx: int = t.cast(int, f())\n',
    },
    'not applicable',
  ],
  [
    'what is generated, vendored, configured or locked',
    {},
    {
      'vendor/a.js': lines(9),
      'x.config.js': lines(9),
      'package-lock.json': '{}',
      'src/b.js': `// @generated\n${lines(9)}`,
    },
    'not applicable',
  ],
];

const COMPLEX: readonly (readonly [string, Files, Files, unknown])[] = [
  [
    'a comment inside',
    {},
    { 'src/a.js': fn(`  // the order of the tariff\n${branches(11)}`) },
    true,
  ],
  [
    'a docstring in Python',
    {},
    { 'a.py': `def f(a):\n    """Picks the tariff."""\n${pyBranches(11)}` },
    true,
  ],
  [
    'a description above an exported arrow',
    {},
    {
      'src/a.ts': `/** Picks the tariff of a. */\nexport const pick = (a) => {\n${branches(11)}};\n`,
    },
    true,
  ],
  ['nothing said', {}, { 'src/a.js': fn(branches(11)) }, false],
  ['nothing said in Python', {}, { 'a.py': `def f(a):\n${pyBranches(11)}` }, false],
  [
    'only an order to a linter',
    {},
    { 'src/a.js': `// eslint-disable-next-line complexity\n${fn(branches(11))}` },
    false,
  ],
  [
    'a comment above that stands by itself',
    {},
    { 'src/a.js': `// some words here\n\n${fn(branches(11))}` },
    false,
  ],
  [
    'a string that looks like a comment',
    {},
    { 'src/a.js': fn(`  go("// not a comment");\n${branches(11)}`) },
    false,
  ],
  ['a simple function', {}, { 'src/a.js': fn(branches(9)) }, 'not applicable'],
  [
    'another function of the file',
    { 'src/a.js': `${fn(branches(11))}` },
    { 'src/a.js': `${fn(branches(11))}go();\n` },
    'not applicable',
  ],
];

const README: readonly (readonly [string, Files, Files, unknown])[] = [
  [
    'a new export, told in the README',
    { 'package.json': npm(), 'src/index.js': 'export const a = 1;\n' },
    { 'src/index.js': 'export const a = 1;\nexport const b = 2;\n', 'README.md': 'b\n' },
    true,
  ],
  [
    'an option, told in the changelog',
    { 'src/cli.js': 'x;\n' },
    { 'src/cli.js': "x;\nprogram.option('--json', 'as JSON');\n", 'CHANGELOG.md': 'json\n' },
    true,
  ],
  [
    'another Python, told in the documentation',
    { 'pyproject.toml': '[project]\nrequires-python = ">=3.8"\n' },
    { 'pyproject.toml': '[project]\nrequires-python = ">=3.10"\n', 'docs/changes.rst': 'x\n' },
    true,
  ],
  [
    'a new export and nothing said',
    { 'package.json': npm(), 'src/index.js': 'export const a = 1;\n' },
    { 'src/index.js': 'export const a = 1;\nexport const b = 2;\n' },
    false,
  ],
  [
    'another Node and nothing said',
    { 'package.json': npm({ engines: { node: '>=18' } }) },
    { 'package.json': npm({ engines: { node: '>=20' } }) },
    false,
  ],
  [
    'an option of argparse and nothing said',
    { 'cli.py': 'x\n' },
    { 'cli.py': "x\nparser.add_argument('-v', '--verbose')\n" },
    false,
  ],
  [
    'an environment variable and nothing said',
    { 'src/a.js': 'x;\n' },
    { 'src/a.js': 'x;\ngo(process.env.SHOP_REGION);\n' },
    false,
  ],
  [
    'a method of a public class and nothing said',
    { 'pyproject.toml': '[project]\n', 'shop/cart.py': 'class Cart:\n    x = 1\n' },
    { 'shop/cart.py': 'class Cart:\n    x = 1\n    def clear(self):\n        pass\n' },
    false,
  ],
  [
    'dependencies raised',
    { 'package.json': npm({ devDependencies: { a: '1' } }) },
    { 'package.json': npm({ devDependencies: { a: '2' } }) },
    'not applicable',
  ],
  [
    'a correction inside',
    { 'package.json': npm(), 'src/index.js': 'export function a() { return 1 }\n' },
    { 'src/index.js': 'export function a() { return 2 }\n' },
    'not applicable',
  ],
  [
    'a variable that was read before elsewhere',
    { 'src/a.js': 'go(process.env.SHOP_REGION);\n' },
    { 'src/b.js': 'go(process.env.SHOP_REGION);\n' },
    'not applicable',
  ],
];

test.each(MISSING)('missing tests: %s', async (_, before, after, expected) => {
  expect(await answer('missing_tests_for_new_code', before, after)).toBe(expected);
});
test.each(COMPLEX)('complex logic: %s', async (_, before, after, expected) => {
  expect(await answer('complex_logic_commented', before, after)).toBe(expected);
});
test.each(README)('readme: %s', async (_, before, after, expected) => {
  expect(await answer('readme_updated', before, after)).toBe(expected);
});

describe('all three', () => {
  const before = { 'package.json': npm(), 'src/index.js': 'export const a = 1;\n' };
  const told = '/** Picks the tariff. */\n';
  const change = (comment: string) => ({ 'src/index.js': `${comment}${fn(branches(11))}` });

  test('hold of a change that brings its test, its comment and its documentation', async () => {
    const more = { 'README.md': 'pick\n', 'test/index.test.js': 'it(1);\n' };
    expect(await answers(before, { ...change(told), ...more })).toEqual({
      ...{ readme_updated: true, complex_logic_commented: true, missing_tests_for_new_code: false },
    });
  });

  test('fail of one that brings none of them', async () => {
    expect(await answers(before, change(''))).toEqual({
      ...{
        readme_updated: false,
        complex_logic_commented: false,
        missing_tests_for_new_code: true,
      },
    });
  });
});

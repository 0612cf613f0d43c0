/** Good configurations: presets, what extends them, and what each layer changes. */

import { expect, test } from 'vitest';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_COVERAGE } from '../../src/config/coverage.ts';
import type { Loaded } from '../../src/config/load.ts';
import { GOOD_GATE, load, loaded, OWN_GATES, packageRoot } from './project.ts';

const sentences = ({ agents }: Loaded) => agents.flatMap((agent) => agent.sentences);
const texts = (value: Loaded) => sentences(value).map(({ text }) => text);
const about = (value: Loaded, text: string) =>
  sentences(value).filter((sentence) => sentence.text.includes(text));

const CONFIG = 'nemesis.config.yaml';
const recommended = loaded({ 'readme.md': '' });
const strict = loaded({ [CONFIG]: 'extends: nemesis/strict\n' });

test('every shipped gate file is an agent, and nothing is said about any', () => {
  const files = readdirSync(path.join(packageRoot, 'gates'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'));
  expect(files.length).toBeGreaterThanOrEqual(5);
  for (const value of [strict, recommended]) {
    expect(value.agents.map(({ place }) => place.file).sort()).toEqual(
      files.map((name) => `nemesis/gates/${name}`).sort(),
    );
    expect(sentences(value).length).toBeGreaterThan(25);
  }
});

test('strict changes nothing; recommended only softens, and says where', () => {
  expect(sentences(strict).filter(({ changedBy }) => changedBy !== undefined)).toEqual([]);
  expect(texts(recommended)).toEqual(texts(strict));
  const changed = sentences(recommended).filter(({ changedBy }) => changedBy !== undefined);
  expect(changed.length).toBeGreaterThan(5);
  for (const sentence of changed) {
    expect(sentence).toMatchObject({ level: 'warn', softened: true });
    expect(sentence.changedBy).toMatch(/^level from nemesis\/config\/recommended\.yaml:\d+$/);
  }
  expect(about(recommended, 'tests_failed').map(({ level }) => level)).not.toContain('warn');
});

test('without a configuration the defaults hold', () => {
  const { config } = recommended;
  expect(config).toMatchObject({
    file: undefined,
    describedAs: 'no config, recommended gates',
    mode: {},
    tolerate: [],
    require: [],
    jobs: 1,
    timeoutMs: 600_000,
    outputCapBytes: 64 * 1024 * 1024,
  });
  expect(loaded({ [CONFIG]: 'jobs: 2\n' }).config.describedAs).toBe(CONFIG);
});

test.each([
  ['', [300_000, 900_000, 1_800_000]],
  ['timeout: 30s\n', [300_000, 900_000, 1_800_000]],
  ['timeout: 20m\n', [1_200_000, 1_200_000, 1_800_000]],
  ['timeout: 20m\nsuites: { unit: { timeout: 90s } }\n', [90_000, 1_200_000, 1_800_000]],
])('of %j and the gate the longer time is that of a suite', (config, expected) => {
  const { suites } = loaded({ [CONFIG]: `service: shop\n${config}` }).config;
  const { unit, integration, e2e } = suites;
  expect([unit, integration, e2e].map((suite) => suite?.timeoutMs)).toEqual(expected);
});

test('a configuration extends strict unless it says otherwise', () => {
  expect(texts(loaded({ [CONFIG]: 'service: shop\n' }))).toEqual(texts(strict));
});

test('a limit where the gate asks for none at all means at most that many', () => {
  const value = loaded({ [CONFIG]: 'extends: nemesis/strict\nlimits: { eslint_errors: 30 }\n' });
  expect(about(value, 'eslint_errors').map(({ text }) => text)).toEqual([
    'eslint_errors <= 30',
    'eslint_errors > 30',
  ]);
});

test('limits and levels change sentences, and each remembers by which line', () => {
  const value = loaded({
    [CONFIG]: [
      'extends: nemesis/recommended',
      'limits:',
      '  coverage_overall: 62%',
      '  eslint_warnings: 20',
      'levels:',
      '  coverage_overall: block',
      '  eslint_warnings: warn',
      '',
    ].join('\n'),
  });
  expect(about(value, 'coverage_overall >=')).toMatchObject([
    { text: 'coverage_overall >= 62%', level: 'block', softened: false },
  ]);
  expect(about(value, 'eslint_warnings')).toMatchObject([
    { text: 'eslint_warnings < 20', level: 'warn', softened: true },
    { text: 'eslint_warnings > 20', level: 'warn' },
  ]);
  expect(about(value, 'coverage_overall >=')[0]?.changedBy).toBe(
    `limit from ${CONFIG}:3, level from ${CONFIG}:6`,
  );
  expect(about(value, 'eslint_errors').map(({ changedBy }) => changedBy)).toEqual([
    undefined,
    undefined,
  ]);
});

test('later layers win; lists add up', () => {
  const { config } = loaded({
    [CONFIG]: [
      'extends: [nemesis/strict, ./org]',
      'mode: { test: enforce }',
      'require: [eslint]',
      'jobs: auto',
      'secrets: [DATABASE_URL]',
      'tolerate: { npm-audit: [backend_unavailable] }',
      '',
    ].join('\n'),
    'org/nemesis.config.json': JSON.stringify({
      service: 'shop',
      mode: { code: 'observe', test: 'observe' },
      require: ['eslint', 'tsc'],
      jobs: 3,
      timeout: '90s',
      output_cap: '5 MB',
      secrets: ['NPM_TOKEN'],
      suites: { unit: { framework: 'vitest', timeout: '5m', args: ['--run', 7] } },
    }),
  });
  expect(config).toMatchObject({
    service: 'shop',
    describedAs: CONFIG,
    mode: { code: 'observe', test: 'enforce' },
    require: ['eslint', 'tsc'],
    jobs: 'auto',
    secrets: ['NPM_TOKEN', 'DATABASE_URL'],
    timeoutMs: 90_000,
    outputCapBytes: 5e6,
    suites: { unit: { framework: 'vitest', timeoutMs: 300_000, args: ['--run', '7'] } },
    tolerate: [
      { runner: 'npm-audit', state: 'backend_unavailable', place: { file: CONFIG, line: 6 } },
    ],
  });
});

test('own gates join those they extend, and replace those of the same id', () => {
  const own = GOOD_GATE.replace('eslint_warnings < 10', 'eslint_warnings < 3');
  const value = loaded({
    [CONFIG]: 'extends: nemesis/strict\ngates: our-gates\n',
    'our-gates/code/quality.yaml': own,
    'our-gates/code/house.yaml': own.replace('DEPLOY_CODE_001', 'HOUSE_001'),
  });
  expect(about(value, 'eslint_warnings').map(({ agent, text }) => `${agent} ${text}`)).toEqual([
    'DEPLOY_CODE_001 eslint_warnings < 3',
    'HOUSE_001 eslint_warnings < 3',
  ]);
  expect(value.agents.length).toBe(strict.agents.length + 1);
});

test.each([
  ['a folder of gates', './org', 'org/code/house.yaml'],
  ['a folder with gates in it', './org', 'org/gates/code/house.yaml'],
  ['a package', '@org/gates', 'node_modules/@org/gates/gates/code/house.yaml'],
  ['a plain package', 'house-gates', 'node_modules/house-gates/gates/code/house.yaml'],
])('%s can be extended', (_, name, file) => {
  const value = loaded({ [CONFIG]: `extends: '${name}'\n`, [file]: GOOD_GATE });
  expect(texts(value)).toEqual(['eslint_errors == 0', 'eslint_warnings < 10']);
  expect(value.agents[0]?.place).toEqual({ file, line: 1, column: 11 });
});

test.each([
  ['nemesis.config.yml', 'jobs: 7\n'],
  ['nemesis.config.json', '{ "jobs": 7 }'],
  ['.nemesisrc', 'jobs: 7\n'],
  ['.nemesisrc', '{\n\t"jobs": 7\n}\n'],
  ['package.json', '{\n\t"name": "x",\n\t"nemesis": {\n\t\t"jobs": 7\n\t}\n}\n'],
  [
    'package.json',
    '\ufeff{ "nemesis": { "jobs": 7 }, "url": "https:\\/\\/x.y", "icon": "\\ud83d\\ude00" }',
  ],
])('%s is a place for the configuration', (name, content) => {
  expect(loaded({ [name]: content }).config.jobs).toBe(7);
});

test('a package.json without our key is no configuration, however it looks', () => {
  for (const content of ['{ "name": "x" }', '', '{', '[]', '{ "keywords": ["nemesis"] }']) {
    expect(loaded({ 'package.json': content }).config.file).toBeUndefined();
  }
});

test('checks block unless the file says that they warn; short forms are sentences', () => {
  const gate = `${GOOD_GATE}    - eslint_errors: 0\n    - eslint_warnings: "< 5"\nwarning_rules: [eslint_warnings > 3]\n`;
  const files = { [CONFIG]: OWN_GATES, 'gates/code/a.yaml': gate };
  expect(sentences(loaded(files)).map(({ text, level, role }) => [text, level, role])).toEqual([
    ['eslint_errors == 0', 'block', 'check'],
    ['eslint_warnings < 10', 'block', 'check'],
    ['eslint_errors == 0', 'block', 'check'],
    ['eslint_warnings < 5', 'block', 'check'],
    ['eslint_warnings > 3', 'warn', 'rule'],
  ]);
  const warns = { ...files, 'gates/code/a.yaml': `on_failed_check: warn\n${GOOD_GATE}` };
  expect(sentences(loaded(warns)).map(({ level }) => level)).toEqual(['warn', 'warn']);
});

test('a declared runner measures what it declares, in its own words', () => {
  const runner = [
    '  - id: house-rules',
    "    run: python tools/lint.py --format 'sarif 2'",
    '    report: sarif',
    '    report_file: out/lint.sarif',
    '    metrics: { house_errors: errors, house_notes: { path: notes, better: as_asked } }',
    '    measured_when: [0, 2]',
    '    timeout: 90s',
  ].join('\n');
  const gate = GOOD_GATE.replace('[eslint]', `\n  - eslint\n${runner}`);
  const value = loaded({
    [CONFIG]: `${OWN_GATES}require: [house-rules]\n`,
    'gates/code/a.yaml': `${gate}blocking_rules: [house_errors > 0]\n`,
  });
  expect(value.config.custom).toMatchObject([
    {
      id: 'house-rules',
      argv: ['python', 'tools/lint.py', '--format', 'sarif 2'],
      format: 'sarif',
      reportFile: 'out/lint.sarif',
      metrics: {
        house_errors: { path: 'errors', dimension: 'count', better: 'lower' },
        house_notes: { path: 'notes', dimension: 'count', better: 'as_asked' },
      },
      measuredWhen: [0, 2],
      timeoutMs: 90_000,
    },
  ]);
  expect(value.agents[0]?.runners).toEqual([['eslint'], ['house-rules']]);
});

test('coverage: which files matter most, and which declared runners join their lines', () => {
  expect(recommended.config.coverage).toEqual(DEFAULT_COVERAGE);
  const declared =
    '- { id: goat, run: goat cover, report: lcov, metrics: { go_lines: lines }, joins: coverage }';
  const { config } = loaded({
    [CONFIG]: `${OWN_GATES}coverage: { critical_paths: [src/pay/**], exclude: [old/**], new_code_from: 5 }\n`,
    'gates/code/a.yaml': GOOD_GATE.replace('[eslint]', `\n  - eslint\n  ${declared}`),
  });
  expect(config.coverage).toEqual({
    ...{ criticalPaths: ['src/pay/**'], exclude: ['old/**'], newCodeFrom: 5, joined: ['goat'] },
  });
  const own = loaded({ [CONFIG]: 'coverage: { include: [app/**] }\n' });
  expect(own.config.coverage).toEqual({ ...DEFAULT_COVERAGE, include: ['app/**'] });
});

test('only a report of lines can join them', () => {
  const declared =
    '- { id: cases, run: x, report: junit, metrics: { cases: tests }, joins: coverage }';
  const { diagnostics } = load({
    [CONFIG]: OWN_GATES,
    'gates/code/a.yaml': GOOD_GATE.replace('[eslint]', `\n  - eslint\n  ${declared}`),
  }) as { diagnostics: readonly { message: string; help?: readonly string[] }[] };
  expect(diagnostics).toMatchObject([
    { message: 'a junit report holds no lines to join', help: ['report: lcov or cobertura'] },
  ]);
});

test('the score is the one the file describes', () => {
  const [score] = strict.agents.flatMap((agent) => agent.score ?? []);
  expect(score?.components.map(({ name, weight }) => [name, weight])).toEqual([
    ['code_quality', 0.2],
    ['build_health', 0.15],
    ['test_health', 0.25],
    ['infrastructure', 0.2],
    ['operational', 0.2],
  ]);
  expect(score?.bands).toEqual({ ready: 0.85, caution: 0.7 });
});

test('what was loaded is plain data: a cache may keep it', () => {
  const value = loaded({ [CONFIG]: 'tolerate: { npm-audit: [backend_unavailable] }\n' });
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  expect(load({ [CONFIG]: 'jobs: 1\n' }).ok).toBe(true);
});

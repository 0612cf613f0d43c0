/** Secrets planted wherever words come from: none is seen in any output, log, cache or journal, in any form. */

import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  ADDRESS_PASSWORD,
  FORMS,
  FOUND_SECRET,
  SHAPED,
  STEP_SECRET,
  traces,
  VARIABLES,
} from './planted.ts';
import { eslintReport } from './reports.ts';
import { puppetProject, temporaryFolder, type Project } from './rig.ts';

const KINDS = ['sarif', 'junit', 'markdown', 'html', 'json', 'github', 'gitlab', 'pretty'];
const ALL: readonly string[] = [
  ...SHAPED.map(({ value }) => value),
  ...Object.values(VARIABLES),
  ...[ADDRESS_PASSWORD, STEP_SECRET, FOUND_SECRET],
];
const SAID: readonly string[] = [
  ...SHAPED.map(({ written }) => written),
  ...Object.values(VARIABLES),
  ADDRESS_PASSWORD,
  FOUND_SECRET,
];
const TOLD = SAID.map((text, index) => `${index}: ${text}`);

/** Every secret in every form, a line each. */
const inEveryForm = (text: string): readonly string[] =>
  Object.values(FORMS).map((write) => `said ${write(text)} end`);
const everyForm = SAID.flatMap(inEveryForm);
/** What is said once the steps are done. */
const later = [...everyForm, ...inEveryForm(STEP_SECRET)];
const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const token = (index: number): string => SHAPED[index]!.value;

const CONFIG = `
service: shop
gates: gates
secrets: [DEPLOY_LOGIN]
environments:
  staging: { driver: command, observe: 'node look.js ${token(0)}', apply: node look.js, instances: 1 }
suites:
  integration:
    framework: mocha
    args: [test/cart.test.js]
    setup: { start_test_database: node seed.js, seed_test_data: node seed.js }
    teardown: { clean_up: node seed.js }
`;
const GATE = (custom: readonly string[]): string => `
agent_id: SHOP_CODE
name: Shop
type: persistent
trigger: pre-commit
runners:
${custom.join('\n')}
checks:
  all: [own_json_problems < 99, own_sarif_problems < 99, own_junit_problems < 99]
blocking_rules: [any(all)]
`;
const SETUP = `
const { appendFileSync } = require('node:fs');
appendFileSync(process.env.NEMESIS_ENV, 'STEP_PASSWORD=' + ${JSON.stringify(STEP_SECRET)} + '\\n');
console.log(${JSON.stringify(everyForm.join('\n'))});
`;

function sarif(): string {
  const results = TOLD.map((text, index) => ({
    ruleId: `rule-${index}`,
    level: 'warning',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: `src/${token(2)}.js` } } }],
  }));
  const driver = { name: `scan ${token(3)}` };
  return JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results }] });
}

function junit(): string {
  const cases = TOLD.map((text) => {
    const title = FORMS['XML']!(text);
    return `<testcase name="${title}" classname="a"><failure message="${title}">${title}</failure></testcase>`;
  });
  return `<testsuites><testsuite name="${token(4)}">${cases.join('')}</testsuite></testsuites>`;
}

function mocha(root: string, said: readonly string[]): string {
  const file = `${root}/test/cart.test.js`;
  const failures = [...TOLD, ...said].map((text) => ({
    fullTitle: `cart ${text}`,
    file,
    err: { message: text, stack: `AssertionError: ${text}\n    at Context (${file}:12:9)` },
  }));
  const stats = { tests: failures.length, passes: 0, pending: 0, failures: failures.length };
  return JSON.stringify({ stats, passes: [], pending: [], failures });
}

const custom = (format: string): string =>
  `  - { id: own-${format}, run: node own.js ${format}, report: ${format}, metrics: { own_${format}_problems: ${format === 'json' ? 'problems.length' : format === 'sarif' ? 'results' : 'failures'} } }`;

function planted(): Project {
  const project = puppetProject();
  const quoted = [...TOLD, ...everyForm].map((message, line) => ({
    file: line === 3 ? `src/${token(5)}.js` : 'src/cart.js',
    line: line + 1,
    rule: line === 4 ? token(6) : 'no-undef',
    message,
  }));
  project.write({
    'nemesis.config.yaml': CONFIG,
    'nemesis.waivers.yaml': `waivers:\n  - finding: { tool: eslint, rule: no-undef, file: src/none.js }\n    why: until ${token(7)} is gone\n    who: Ada ${token(8)}\n    until: ${day}\n`,
    'gates/code/own.yaml': GATE(['json', 'sarif', 'junit'].map(custom)),
    'own.js': `process.stderr.write(require('./told.json').said);process.stdout.write(require('./told.json')[process.argv[2]]);`,
    'told.json': JSON.stringify({
      said: everyForm.join('\n'),
      json: JSON.stringify({ problems: TOLD }),
      sarif: sarif(),
      junit: junit(),
    }),
    'seed.js': SETUP,
    'src/keys.js': TOLD.map((text) => `// ${text.replaceAll('\n', '\n// ')}\n`).join(''),
    'src/found.js': `export const login = '${FOUND_SECRET}';\n`,
    [`src/${token(5)}.js`]: 'export {};\n',
    'package.json': JSON.stringify({
      name: 'shop',
      private: true,
      scripts: { test: 'mocha', leak: `curl ${SHAPED.at(-1)!.written}` },
      devDependencies: { eslint: '^10.0.0', mocha: '^11.0.0' },
    }),
  });
  project.puppet('eslint', { report: eslintReport(project.root, quoted), exit: 1 });
  project.puppet('gitleaks', {
    report: JSON.stringify([
      {
        ...{ RuleID: 'generic-api-key', Description: 'Generic API Key', File: 'src/found.js' },
        ...{ StartLine: 1, EndLine: 1, StartColumn: 14, EndColumn: 48 },
        ...{ Match: "login = 'REDACTED'", Secret: 'REDACTED' },
      },
    ]),
    exit: 42,
  });
  const tests = (said: readonly string[]) => ({
    ...{ report: mocha(project.root, said), stderr: said.join('\n'), exit: 1 },
  });
  // Only the suite with the steps is given what they set.
  project.puppet('mocha', { when: 'test/cart.test.js', ...tests(later) }, tests(everyForm));
  project.puppet('npm', { stderr: everyForm.join('\n'), stdout: TOLD.join('\n'), exit: 1 });
  const who = ['-c', `user.name=Ada ${token(9)}`, '-c', 'user.email=ada@example.com'];
  project.git('checkout', '--quiet', '-b', `try-${token(1)}`);
  project.git('add', '--all');
  project.git(...who, 'commit', '--quiet', '--message', `use ${token(0)}`);
  return project;
}

/** Name and text of every file below it. */
function filesIn(folder: string, passes: (file: string) => boolean): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) }))
    .filter(({ file }) => passes(file))
    .map(({ entry, file }) => (entry.isFile() ? `${file}\n${readFileSync(file, 'latin1')}` : file));
}

test('none of them is seen', { timeout: 240_000 }, async () => {
  expect(ALL.length).toBeGreaterThanOrEqual(50);
  expect(new Set(ALL).size).toBe(ALL.length);
  const project = planted();
  const top = temporaryFolder();
  const folder = (name: string): string => {
    mkdirSync(path.join(top, name));
    return path.join(top, name);
  };
  const [out, cache, state, temporary] = ['out', 'cache', 'state', 'tmp'].map(folder) as [
    ...[string, string, string, string],
  ];
  const env = {
    ...VARIABLES,
    DATABASE_URL: `postgres://shop:${ADDRESS_PASSWORD}@db.example/shop`,
    ...{ XDG_CACHE_HOME: cache, XDG_STATE_HOME: state, TMPDIR: temporary },
    NEMESIS_LOG: 'debug',
  };
  const seen: string[] = [];
  const run = async (argv: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await project.nemesis(argv, { env: { ...env, ...more } });
    const what = `start ${seen.length / 2}`;
    seen.push(`${what} stdout\n${stdout}`, `${what} stderr\n${stderr}`);
    expect(code, `${argv.join(' ')}\n${stderr.slice(0, 2000)}`).not.toBe(70);
    return { code, stdout };
  };
  const outputs = KINDS.flatMap((kind) => ['--output', `${kind}=${path.join(out, kind)}`]);
  const whole = await run(['deploy:check', '--verbose', ...outputs]);
  expect(whole.code, seen.join('\n').slice(0, 3000)).toBe(1);
  expect(whole.stdout).toContain('eslint_errors');
  expect(project.read('.nemesis/reports/unit/stderr')).toContain('[redacted]');
  for (const argv of [
    ['deploy:check', '--json', '--verbose'],
    ['explain', 'eslint_errors'],
    ['explain', 'own_sarif_problems'],
    ['doctor'],
    ['gates:list'],
    [
      'incident:open',
      '--env',
      'staging',
      '--severity',
      'warning',
      '--title',
      `it leaks ${token(10)}`,
    ],
    ['deploy:freeze', 'staging', '--until', '4h', '--reason', `it leaks ${token(11)}`],
    ['deploy:status'],
    ['deploy:history'],
    ['history:export'],
    ['baseline:update', '--all', '--reason', token(12)],
    ['baseline:update'],
    [token(13)],
    ['deploy:check', '--only', token(14)],
    ['deploy:check', `--${token(15)}`],
  ])
    await run(argv);
  await run(['deploy:status'], {
    NEMESIS_STORE: `postgres://shop:${token(16)}@127.0.0.1:99999/x`,
  });
  project.write({ 'src/cart.js': 'export const total = 1;\n' });
  project.git('add', '--all');
  await run(['deploy:check', '--staged', '--json', '--verbose']);
  await run(['deploy:check'], {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: path.join(out, 'md'),
  });
  project.write({
    'nemesis.config.yaml': `service: shop\n${token(17)}: x\nstore: ${SHAPED.at(-4)!.written}\n`,
  });
  await run(['deploy:check']);

  // The staged tree is the user's own files; so is what the tools of this project left beside themselves.
  const isOurs = (file: string): boolean => !/\/nemesis\/staged\/[^/]+\//.test(file);
  const places = [path.join(project.root, '.nemesis'), project.home, out, cache, state, temporary];
  const leaksOf = (values: readonly string[]): readonly string[] => {
    const texts = [...seen, ...places.flatMap((one) => filesIn(one, isOurs))];
    expect(texts.length).toBeGreaterThan(40);
    return texts.flatMap((text) => {
      const found = values.filter((value) => traces(value).some((trace) => text.includes(trace)));
      return found.map((value) => `${value} in ${text.split('\n', 1)[0]!.slice(0, 200)}`);
    });
  };
  expect(leaksOf(ALL)).toEqual([]);
  // A run without the scanner does not know what only the scanner finds.
  project.write({ 'nemesis.config.yaml': CONFIG });
  await run(['test:unit', '--verbose']);
  await run(['deploy:check', '--only', 'eslint', '--output', 'sarif']);
  expect(leaksOf(ALL.filter((value) => value !== FOUND_SECRET))).toEqual([]);
});

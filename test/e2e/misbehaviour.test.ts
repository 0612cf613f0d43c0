/** However a tool misbehaves, the state has a name and the answer is never a yes. */

import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLEAN_AUDIT, eslintReport, mochaReport, NO_REGISTRY } from './reports.ts';
import { puppetProject, runnerIn, type Project } from './rig.ts';
import type { Part } from './puppet.ts';

interface Misbehaviour {
  readonly what: string;
  readonly tool: 'eslint' | 'mocha';
  readonly plays?: (project: Project) => Part;
  readonly arrange?: (project: Project) => void;
  readonly config?: string;
  readonly state: string;
  readonly why: RegExp;
}

const LINT_ROOM = (project: Project) => eslintReport(project.root);

const CASES: readonly Misbehaviour[] = [
  {
    what: 'crashes, with a clean report written before',
    tool: 'eslint',
    plays: (project) => ({ report: LINT_ROOM(project), signal: 'SIGSEGV' }),
    state: 'crashed',
    why: /eslint was killed by SIGSEGV/,
  },
  {
    what: 'is not there',
    tool: 'eslint',
    arrange: ({ root }) => rmSync(path.join(root, 'node_modules/.bin/eslint')),
    state: 'not_installed',
    why: /eslint is not installed \(looked in node_modules\/\.bin and PATH\)/,
  },
  {
    what: 'may not be executed',
    tool: 'eslint',
    arrange: ({ root }) => chmodSync(path.join(root, 'node_modules/.bin/eslint'), 0o644),
    state: 'not_installed',
    why: /eslint/,
  },
  {
    what: 'is no program',
    tool: 'eslint',
    arrange: ({ root }) =>
      writeFileSync(path.join(root, 'node_modules/.bin/eslint'), '\u007fELF but not really'),
    state: 'crashed',
    why: /eslint could not be started/,
  },
  {
    what: 'names an interpreter that is not there',
    tool: 'eslint',
    arrange: ({ root }) =>
      writeFileSync(path.join(root, 'node_modules/.bin/eslint'), '#!/nowhere/node\n'),
    state: 'not_installed',
    why: /the interpreter it names is not/,
  },
  {
    what: 'hangs',
    tool: 'eslint',
    plays: (project) => ({ report: LINT_ROOM(project), hang: true }),
    config: 'timeout: 1s\n',
    state: 'timed_out',
    why: /eslint was ended after 1 s/,
  },
  {
    what: 'floods its output beyond output_cap',
    tool: 'eslint',
    plays: (project) => ({ report: LINT_ROOM(project), flood: 8_000_000 }),
    config: 'output_cap: 1MiB\n',
    state: 'bad_report',
    why: /its stdout reached the cap of 1 MiB/,
  },
  {
    what: 'writes a report beyond output_cap',
    tool: 'eslint',
    plays: () => ({ report: JSON.stringify(['x'.repeat(1_100_000)]) }),
    config: 'output_cap: 1MiB\n',
    state: 'bad_report',
    why: /its report report\.json is larger than 1 MiB/,
  },
  {
    what: 'writes half a report',
    tool: 'eslint',
    plays: (project) => ({ report: LINT_ROOM(project).slice(0, -20) }),
    state: 'bad_report',
    why: /its report is no JSON, or was cut/,
  },
  {
    what: 'writes an empty report',
    tool: 'eslint',
    plays: () => ({ report: '' }),
    state: 'no_report',
    why: /no report/,
  },
  {
    what: 'writes a report of no file',
    tool: 'eslint',
    plays: () => ({ report: '[]' }),
    state: 'nothing_measured',
    why: /found no file/,
  },
  {
    what: 'writes another shape of report',
    tool: 'eslint',
    plays: () => ({ report: '[{"filePath":"src/cart.js","errorCount":"none"}]' }),
    state: 'bad_report',
    why: /unknown shape at 0\.errorCount/,
  },
  {
    what: 'puts a named pipe in the place of the report',
    tool: 'eslint',
    plays: () => ({ fifo: true }),
    state: 'no_report',
    why: /no report/,
  },
  {
    what: 'writes nothing while a clean report of before lies in .nemesis/reports',
    tool: 'eslint',
    arrange: (project) =>
      project.write({ '.nemesis/reports/eslint/report.json': LINT_ROOM(project) }),
    plays: () => ({ exit: 0 }),
    state: 'no_report',
    why: /no report/,
  },
  {
    what: 'fails and reports nothing wrong',
    tool: 'eslint',
    plays: (project) => ({ report: LINT_ROOM(project), exit: 1 }),
    state: 'unexplained_failure',
    why: /eslint exited 1 and reports nothing wrong/,
  },
  {
    what: 'cleans up .nemesis',
    tool: 'eslint',
    plays: (project) => ({ report: LINT_ROOM(project), remove: '.nemesis' }),
    state: 'no_report',
    why: /something removed \.nemesis while it ran/,
  },
  {
    what: 'exits 0 without a report',
    tool: 'mocha',
    plays: () => ({ stdout: '3 passing\n' }),
    state: 'no_report',
    why: /mocha wrote no report/,
  },
  {
    what: 'runs no test',
    tool: 'mocha',
    plays: ({ root }) => ({ report: mochaReport(root, 0) }),
    state: 'nothing_measured',
    why: /mocha found no tests/,
  },
  {
    what: 'exits 1 and names no failed test',
    tool: 'mocha',
    plays: ({ root }) => ({ report: mochaReport(root, 3), exit: 1 }),
    state: 'unexplained_failure',
    why: /mocha exited 1 and its report names no failed test/,
  },
  {
    what: 'counts failures and lists none',
    tool: 'mocha',
    plays: ({ root }) => ({
      report: mochaReport(root, 3).replace('"failures":0', '"failures":2'),
    }),
    state: 'bad_report',
    why: /counts 2 failures and lists 0/,
  },
];

describe.each(CASES)('$tool $what', ({ tool, plays, arrange, config, state, why }) => {
  test(`is ${state}, and undecided`, async () => {
    const project = puppetProject();
    if (config !== undefined) project.write({ 'nemesis.config.yaml': `service: shop\n${config}` });
    if (plays !== undefined) project.puppet(tool, plays(project));
    arrange?.(project);
    const { code, json } = await project.check();
    const runner = runnerIn(json, tool === 'mocha' ? 'unit' : tool);
    expect(runner).toMatchObject({ state, why: expect.stringMatching(why) as string });
    const metric = tool === 'mocha' ? 'unit.tests_failed' : 'eslint_errors';
    expect(json.metrics[metric]).toMatchObject({ kind: 'missing' });
    expect(json.readiness.kind).toBe('undecided');
    expect(code).toBe(3);
  });
});

test('a tool that cleans up .nemesis leaves nothing for git to see', async () => {
  const project = puppetProject();
  project.puppet('mocha', { report: mochaReport(project.root, 3), remove: '.nemesis' });
  await project.nemesis(['deploy:check']);
  expect(project.git('status', '--porcelain')).toBe('');
});

test('a tool that will not stop is killed, and timed out', async () => {
  const project = puppetProject();
  project.write({ 'nemesis.config.yaml': 'service: shop\ntimeout: 1s\n' });
  project.puppet('eslint', { hang: true, ignoreTerm: true });
  const { code, stdout } = await project.nemesis(['deploy:check', '--gate', 'code']);
  expect(code).toBe(3);
  expect(stdout).toContain('? eslint: eslint was ended after 1 s');
});

test('"success": true and exit 1 do not fit together', async () => {
  const project = puppetProject();
  const manifest = project.read('package.json').replaceAll('mocha', 'vitest');
  project.write({ 'package.json': manifest });
  const file = {
    name: `${project.root}/test/cart.test.js`,
    status: 'passed',
    message: '',
    assertionResults: [
      {
        fullName: 'cart sums',
        title: 'sums',
        status: 'passed',
        failureMessages: [],
        ancestorTitles: [],
      },
    ],
  };
  const report = {
    ...{ numTotalTests: 1, numPassedTests: 1, numFailedTests: 0, numPendingTests: 0 },
    ...{ numTotalTestSuites: 1, numPassedTestSuites: 1, numFailedTestSuites: 0 },
    ...{ numTodoTests: 0, success: true, startTime: 0, testResults: [file] },
  };
  project.puppet('vitest', { report: JSON.stringify(report), exit: 1 });
  const { code, json } = await project.check(['--gate', 'test']);
  expect(runnerIn(json, 'unit').state).toBe('unexplained_failure');
  expect(code).toBe(3);
});

test('exit 0 hides no error that the report names', async () => {
  const project = puppetProject();
  const remark = { file: 'src/cart.js', line: 1, rule: 'no-undef', message: 'not defined' };
  project.puppet('eslint', { report: eslintReport(project.root, [remark]), exit: 0 });
  expect((await project.nemesis(['deploy:check', '--gate', 'code'])).code).toBe(1);
});

const SIZE_GATE = `agent_id: SHOP_SIZE
name: Bundle_Size
type: ephemeral
trigger: on_push
runners:
  - id: size
    run: weigh --bundle
    report: json
    report_file: out/size.json
    metrics: { bundle_bytes: bytes }
checks:
  size:
    - bundle_bytes < 1000
`;

describe('a runner of the project', () => {
  const sizeProject = (part: Part): Project => {
    const project = puppetProject();
    project.write({
      'nemesis.config.yaml': 'service: shop\ngates: gates\n',
      'gates/build/size.yaml': SIZE_GATE,
      'out/size.json': '{"bytes":10}',
    });
    project.puppet('weigh', part);
    return project;
  };

  test('is believed for the report it wrote', async () => {
    const project = sizeProject({ files: { 'out/size.json': '{"bytes":999}' } });
    const { json } = await project.check(['--gate', 'build']);
    expect(json.metrics['bundle_bytes']).toMatchObject({ kind: 'measured', value: 999 });
  });

  test('is not believed for the report of another run', async () => {
    const project = sizeProject({ exit: 0 });
    const { code, json } = await project.check(['--gate', 'build']);
    expect(runnerIn(json, 'size').state).toBe('no_report');
    expect(json.metrics['bundle_bytes']).toMatchObject({ kind: 'missing' });
    expect(code).toBe(3);
  });
});

describe('a registry that does not answer', () => {
  const OUTAGE: readonly Part[] = [
    { when: 'audit', stdout: NO_REGISTRY, exit: 1 },
    { when: 'ls', stdout: '{"dependencies":{"eslint":{}}}' },
  ];

  test('leaves a gate that blocks on it undecided', async () => {
    const project = puppetProject();
    project.write({ 'nemesis.config.yaml': 'service: shop\nextends: nemesis/strict\n' });
    project.puppet('npm', ...OUTAGE);
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(3);
    expect(stdout).toContain('? npm-audit: npm audit got no answer from the registry');
    expect(stdout).toMatch(/tolerate `npm-audit:\s+backend_unavailable`/);
  });

  test('is at most caution where the team tolerates it', async () => {
    const project = puppetProject();
    const tolerate = 'tolerate:\n  npm-audit: [backend_unavailable]\n';
    project.write({
      'nemesis.config.yaml': `service: shop\nextends: nemesis/strict\n${tolerate}`,
    });
    project.puppet('npm', ...OUTAGE);
    const { code, json } = await project.check();
    expect(json.readiness.kind).toBe('caution');
    expect(code).toBe(0);
    project.puppet('npm', { when: 'audit', stdout: CLEAN_AUDIT.slice(0, -9) }, ...OUTAGE.slice(1));
    expect((await project.check()).code).toBe(3);
  });
});

/** The build matrix through the real binary: cells on real Nodes, and their reports joined. */

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckJson } from '../../src/report/json.ts';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import { SYSTEM_PATH, TOOLS_FOLDER } from '../measure/process/system-path.ts';
import { emptyProject, type Project } from './rig.ts';

const NODES = ['18', '20', '22'];
const nodeBin = (major: string) =>
  path.join(TOOLS_FOLDER, `node${major}`, 'node_modules', 'node', 'bin');
const python = resolveBinary('python3', SYSTEM_PATH);
const pythonVersion = python.ok ? versionOf(python.file) : undefined;
const hasAll = pythonVersion !== undefined && NODES.every((one) => existsSync(nodeBin(one)));

function versionOf(file: string): string | undefined {
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return /\d+\.\d+/.exec(stdout)?.[0];
}

/** A service whose only test asks for what this Node has to offer. */
function shop(feature: string): Project {
  const project = emptyProject();
  project.write({
    'package.json': JSON.stringify({
      name: 'shop',
      type: 'module',
      scripts: { test: 'node --test' },
    }),
    'nemesis.config.yaml': [
      'service: shop',
      'extends: nemesis/recommended',
      'matrix:',
      "  node: ['18', '20', '22']",
      `  python: ['${pythonVersion ?? '3.11'}']`,
      '  os: [ubuntu-latest]',
      '',
    ].join('\n'),
    'cart.js': 'export const sum = (prices) => prices.reduce((a, b) => a + b, 0);\n',
    'cart.test.js': [
      "import test from 'node:test';",
      "import assert from 'node:assert';",
      "import { sum } from './cart.js';",
      `test('adds', () => { assert.ok(${feature}); assert.equal(sum([1, 2]), 3); });`,
      '',
    ].join('\n'),
    '.gitignore': 'reports/\n',
  });
  project.git('init', '-q');
  project.git('add', '-A');
  project.git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'cart');
  return project;
}

const cell = (node: string) => `node=${node},python=${pythonVersion},os=ubuntu-latest`;

async function measure(project: Project, node: string, file: string) {
  const env = {
    PATH: `${nodeBin(node)}:${path.dirname(python.ok ? python.file : '')}:/usr/bin:/bin`,
  };
  const { code, stdout, stderr } = await project.nemesis(
    ['deploy:check', '--cell', cell(node), '--json'],
    { env },
  );
  project.write({ [file]: stdout });
  return { code, stderr, json: JSON.parse(stdout) as CheckJson };
}

describe.skipIf(!hasAll)('cells on real Nodes', () => {
  test('three that hold are one yes', async () => {
    const project = shop("typeof structuredClone === 'function'");
    const reports: string[] = [];
    for (const node of NODES) {
      const file = `reports/node ${node}.json`;
      const { json } = await measure(project, node, file);
      reports.push(file);
      expect(json.cell).toEqual({ node, python: pythonVersion, os: 'ubuntu-latest' });
      expect(json.metrics['unit.tests_passed']).toMatchObject({ value: 1 });
      expect(json.runners.find(({ id }) => id === 'unit')?.evidence?.version).toMatch(
        new RegExp(`^v?${node}\\.`),
      );
      expect(json.score).toBeNull();
    }
    const { code, stdout, stderr } = await project.nemesis(['deploy:check', '--merge', ...reports]);
    expect(stderr).toContain(cell('18'));
    expect(stdout).toContain('test passed');
    expect(code, stdout).not.toBe(1);
    const kept = project.kept();
    expect(kept.metrics['unit.tests_passed']).toMatchObject({ kind: 'measured', value: 1 });
    expect(kept.partial).toBeNull();
    expect(kept.cell).toBeNull();
  });

  test('one that fails is a no, and its finding says where', async () => {
    const project = shop("typeof Promise.withResolvers === 'function'");
    for (const node of NODES) await measure(project, node, `reports/${node}.json`);
    const { code, stdout } = await project.nemesis([
      ...['deploy:check', '--merge'],
      ...NODES.map((node) => `reports/${node}.json`),
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/BLOCKED by .*unit\.tests_failed == 0/);
    const flowed = stdout.replace(/\s+/g, ' ');
    expect(flowed).toContain(`(in 1 of 3 cells, first ${cell('18')})`);
    expect(stdout).toContain(`next: on that machine, nemesis deploy:check --cell ${cell('18')}`);
  });

  test('a cell without a report is missing, not passed', async () => {
    const project = shop('true');
    for (const node of ['18', '22']) await measure(project, node, `reports/${node}.json`);
    const { code, stdout } = await project.nemesis(
      ['deploy:check', '--merge', 'reports/18.json', 'reports/22.json'],
      {},
    );
    expect(code).toBe(3);
    expect(stdout).toContain('UNDECIDED');
    expect(project.kept().metrics['unit.tests_failed']).toEqual({
      ...{ kind: 'missing', state: 'no_report', runner: cell('20'), unit: 'count' },
      why: `${cell('20')}: no report`,
    });
  });

  test('a machine that is not the cell is refused before anything is measured', async () => {
    const project = shop('true');
    const env = { PATH: `${nodeBin('20')}:/usr/bin:/bin` };
    const { code, stdout, stderr } = await project.nemesis(['deploy:check', '--cell', cell('18')], {
      env,
    });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`this is not ${cell('18')}: ${nodeBin('20')}/node is 20.`);
    expect(stderr).toContain('put node 18 first on the PATH');
  });
});

describe('reports that cannot be joined', () => {
  const written = async () => {
    const project = shop('true');
    const { stdout } = await project.nemesis(['deploy:check', '--json']);
    const report = { ...(JSON.parse(stdout) as CheckJson), cell: cellOf('18') };
    return { project, report };
  };
  const cellOf = (node: string) => ({ node, python: pythonVersion ?? '3.11', os: 'ubuntu-latest' });

  test('say which, and why; nothing is recorded', async () => {
    const { project, report } = await written();
    const refused = async (change: object | string, expected: string) => {
      const file = path.join(project.root, 'one.json');
      writeFileSync(
        file,
        typeof change === 'string' ? change : JSON.stringify({ ...report, ...change }),
      );
      const { code, stderr } = await project.nemesis(['deploy:check', '--merge', 'one.json']);
      expect(stderr).toContain(`one.json ${expected}`);
      expect(code).toBe(2);
    };
    await refused('{', 'is not valid JSON');
    await refused('[]', 'is no report of a check');
    await refused({ schema: 'nemesis.check/9' }, 'is no report of a check');
    await refused({ cell: null }, 'is of no cell: it was made without --cell');
    await refused({ metrics: { a: { kind: 'measured' } } }, 'is not as expected at metrics.a');
    await refused({ service: 'till' }, 'is of the service till, and this is shop');
    await refused({ commit: 'f'.repeat(40) }, 'is of commit ffffffffffff, and this is commit ');
    await refused(
      { partial: 'only eslint asked' },
      'does not speak for its cell: only eslint asked',
    );
    await refused({ cell: cellOf('16') }, 'is of node=16');
    const counting = (value: unknown) => ({
      metrics: { ...report.metrics, eslint_errors: { kind: 'measured', value, runner: 'eslint' } },
    });
    await refused(counting('zero'), 'has no number as eslint_errors');
    await refused(counting(-3), 'has the negative value -3 as eslint_errors');
    await refused(counting(0.5), 'has 0.5, which is no whole number, as eslint_errors');
    const runners = report.runners.map((one) => ({ ...one, state: 'great' }));
    await refused({ runners }, 'is not as expected at runners.0.state');
    const gates = report.gates.map((one) => ({ ...one, verdict: 'fine' }));
    await refused({ gates }, 'is not as expected at gates.0.verdict');
    writeFileSync(path.join(project.root, 'two.json'), JSON.stringify(report));
    writeFileSync(path.join(project.root, 'one.json'), JSON.stringify(report));
    const twice = await project.nemesis(['deploy:check', '--merge', 'one.json', 'two.json']);
    expect(twice.stderr).toContain('two.json and one.json are both of node=18');
    const none = await project.nemesis(['deploy:check', '--merge', 'reports/*.json']);
    expect(none.stderr).toContain('there is no report reports/*.json');
    expect([twice.code, none.code]).toEqual([2, 2]);
  });
});

describe('reports that are joined', () => {
  const joined = async (change: object, ...words: readonly string[]) => {
    const project = shop('true');
    const { stdout } = await project.nemesis(['deploy:check', '--json']);
    const cell = { node: '18', python: pythonVersion ?? '3.11', os: 'ubuntu-latest' };
    project.write({
      'reports/one.json': JSON.stringify({ ...(JSON.parse(stdout) as object), cell, ...change }),
    });
    const merge = ['deploy:check', '--merge', 'reports/one.json', ...words];
    return { ...(await project.nemesis(merge)), project };
  };

  test('are of a changed work tree as soon as one of them is', async () => {
    expect((await joined({ dirty: false })).project.kept().dirty).toBe(false);
    expect((await joined({ dirty: true })).project.kept().dirty).toBe(true);
  });

  test('of another version are told', async () => {
    const { stderr } = await joined({ nemesis: '0.0.1' });
    expect(stderr).toMatch(/node=18\S* was measured by nemesis 0\.0\.1, and this is \d/);
    expect((await joined({})).stderr).not.toContain('was measured by nemesis');
  });

  test('are not measured: --cell beside --merge is refused', async () => {
    const { code, stderr } = await joined({}, '--cell', 'node=18');
    expect(code).toBe(2);
    expect(stderr).toContain('--cell measures one cell, and --merge measures nothing');
  });
});

describe('build:matrix', () => {
  test('prints every cell of the specification for GitHub Actions', async () => {
    const project = emptyProject();
    const { code, stdout } = await project.nemesis(['build:matrix']);
    expect(code).toBe(0);
    expect(stdout.trim()).not.toContain('\n');
    const { include } = JSON.parse(stdout) as { include: Record<string, string>[] };
    expect(include).toHaveLength(18);
    expect(include[0]).toEqual({
      cell: 'node=18,python=3.10,os=ubuntu-latest',
      ...{ node: '18', python: '3.10', os: 'ubuntu-latest' },
    });
    expect(new Set(include.map((one) => one['cell'])).size).toBe(18);
  });

  test('prints a child pipeline for GitLab', async () => {
    const project = emptyProject();
    const { stdout } = await project.nemesis(['build:matrix', '--for', 'gitlab']);
    expect(JSON.parse(stdout)).toMatchObject({
      'nemesis-cell': {
        extends: '.nemesis-cell',
        parallel: {
          matrix: [
            {
              NODE: ['18', '20', '22'],
              PYTHON: ['3.10', '3.11', '3.12'],
              OS: ['ubuntu-latest', 'macos-latest'],
            },
          ],
        },
      },
    });
  });

  test('an axis may be written anew or left out', async () => {
    const project = emptyProject();
    const config = "service: shop\nmatrix: { node: ['22'], python: [] }\n";
    project.write({ 'nemesis.config.yaml': config });
    const { stdout } = await project.nemesis(['build:matrix']);
    const { include } = JSON.parse(stdout) as { include: Record<string, string>[] };
    expect(include.map((one) => one['cell'])).toEqual([
      'node=22,os=ubuntu-latest',
      'node=22,os=macos-latest',
    ]);
  });

  test.each([
    ['matrix: { nod: ["22"] }', 'no gate has an axis `nod`', 'write node'],
    ['matrix: { node: ["22", "22"] }', '22 stands twice', ''],
    ['matrix: { node: ["$(rm)"] }', '`$(rm)` cannot be a value', ''],
  ])('%s is refused with its place', async (line, message, help) => {
    const project = emptyProject();
    project.write({ 'nemesis.config.yaml': `service: shop\n${line}\n` });
    const { code, stderr } = await project.nemesis(['build:matrix']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nemesis\.config\.yaml:2:\d+/);
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
  });

  test.each([
    [['build:matrix', '--for', 'githib'], 'did you mean github?'],
    [['deploy:check', '--cell', 'node=18'], 'python is missing: 3.10, 3.11, 3.12'],
    [['deploy:check', '--cell', 'node=17,python=3.11,os=ubuntu-latest'], 'there is no node 17'],
    [['deploy:check', '--cell', 'deno=2'], '`deno=2` is no part of a cell'],
  ])('%j is asked wrongly', async (argv, message) => {
    const project = emptyProject();
    project.write({ 'a.js': '' });
    const { code, stderr } = await project.nemesis(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

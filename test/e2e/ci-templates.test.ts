/** The CI templates nemesis ships: read by the platforms' own rules, and their nemesis lines run. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import { SYSTEM_PATH, TOOLS_FOLDER } from '../measure/process/system-path.ts';
import { emptyProject, temporaryFolder, type Project } from './rig.ts';

const FOLDER = path.join(import.meta.dirname, '../../config/ci');
const template = (name: string) => path.join(FOLDER, name);

const tool = (name: string) => {
  const found = resolveBinary(name, SYSTEM_PATH);
  return found.ok ? found.file : undefined;
};
const run = (file: string, ...argv: string[]) => {
  const { status, stdout, stderr } = spawnSync(file, argv, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

const actionlint = tool('actionlint');
const checkSchema = tool('check-jsonschema');

test.skipIf(actionlint === undefined)('GitHub: actionlint finds nothing', () => {
  // Without the shell checkers it may find on one machine and not on another.
  const flags = ['-shellcheck=', '-pyflakes='];
  const { status, said } = run(actionlint!, ...flags, template('github-actions.yml'));
  expect(said).toBe('');
  expect(status).toBe(0);
});

describe.skipIf(checkSchema === undefined)('by the platform’s schema', () => {
  const gitlab = ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'];

  test('GitHub', () => {
    const file = template('github-actions.yml');
    const { said } = run(checkSchema!, '--builtin-schema', 'vendor.github-workflows', file);
    expect(said).toContain('ok -- validation done');
  });

  test('GitLab', () => {
    const files = [template('gitlab-ci.yml'), template('gitlab-cell.yml')];
    expect(run(checkSchema!, ...gitlab, ...files).said).toContain('ok -- validation done');
  });

  test('GitLab: the child pipeline that build:matrix prints', async () => {
    const { stdout } = await emptyProject().nemesis(['build:matrix', '--for', 'gitlab']);
    const file = path.join(temporaryFolder(), 'matrix.yml');
    writeFileSync(file, stdout);
    expect(run(checkSchema!, ...gitlab, file).said).toContain('ok -- validation done');
  });
});

interface Steps {
  readonly jobs: Record<string, { steps: { run?: string }[] }>;
}

/** Lines of a template that start nemesis, as a shell on the platform would read them. */
function nemesisLines(name: string): string[] {
  const read = parse(readFileSync(template(name), 'utf8')) as Steps & Record<string, unknown>;
  const lines =
    name === 'github-actions.yml'
      ? Object.values(read.jobs).flatMap(({ steps }) => steps.flatMap((step) => step.run ?? []))
      : Object.values(read).flatMap((job) => (job as { script?: string[] }).script ?? []);
  return lines.filter((line) => /\bnemesis(\.js)?\b.*(build:|deploy:)/.test(line));
}

const node18 = path.join(TOOLS_FOLDER, 'node18', 'node_modules', 'node', 'bin');

/** A project in which nemesis is installed as a package would be, on a machine of the first cell. */
function installed(): Project {
  const project = emptyProject();
  project.write({
    'package.json': '{ "name": "shop", "type": "module", "scripts": { "test": "node --test" } }',
    'a.test.js': "import test from 'node:test';\ntest('adds', () => {});\n",
    'nemesis.config.yaml':
      "service: shop\nextends: nemesis/recommended\nmatrix: { node: ['18'], python: [], os: [ubuntu-latest] }\n",
    '.gitignore': 'node_modules/\nreports/\noutput\nmatrix.yml\n',
  });
  mkdirSync(path.join(project.root, 'node_modules', '.bin'), { recursive: true });
  const root = inject('packageRoot');
  symlinkSync(root, path.join(project.root, 'node_modules', 'nemesis'));
  const bin = path.join(project.root, 'node_modules', '.bin', 'nemesis');
  symlinkSync('../nemesis/bin/nemesis.js', bin);
  project.git('init', '-q');
  project.git('add', '-A');
  project.git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'cart');
  return project;
}

describe.skipIf(!existsSync(node18))('their nemesis lines run', () => {
  test.each([
    ['github-actions.yml', ['github-actions.yml'], { CELL: 'node=18,os=ubuntu-latest' }],
    [
      'gitlab-ci.yml and gitlab-cell.yml',
      ['gitlab-ci.yml', 'gitlab-cell.yml'],
      { NODE: '18', OS: 'ubuntu-latest', CELL: 'node=18,os=ubuntu-latest' },
    ],
  ])('%s', (_, names, variables) => {
    const project = installed();
    const lines = names.flatMap(nemesisLines);
    expect(lines).toHaveLength(3);
    const runtime = path.join(project.root, '.nemesis/runtime/node_modules/node/bin');
    mkdirSync(runtime, { recursive: true });
    symlinkSync(process.execPath, path.join(runtime, 'node'));
    const env = {
      ...{ HOME: project.home, LANG: 'C.UTF-8', CI: 'true' },
      ...{ NEMESIS_NODE: process.execPath, GITHUB_OUTPUT: path.join(project.root, 'output') },
      ...variables,
    };
    const [matrix = '', cell = '', verdict = ''] = lines;
    const own = `${path.dirname(process.execPath)}:${SYSTEM_PATH}`;
    const shell = (line: string, PATH: string) =>
      spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', line], {
        ...{ cwd: project.root, encoding: 'utf8', timeout: 60_000 },
        env: { ...env, PATH },
      });
    const printed = shell(matrix, own);
    expect(printed.stderr).toBe('');
    const file = existsSync(path.join(project.root, 'output')) ? 'output' : 'matrix.yml';
    expect(project.read(file)).toMatch(/^(matrix=)?\{"include":\[.*18.*\}\n$/);
    const measured = shell(cell, `${node18}:${own}`);
    expect(measured.stderr).toMatch(/unit \(node-test\).* 1 passed/);
    expect(JSON.parse(project.read('reports/node=18,os=ubuntu-latest.json'))).toMatchObject({
      cell: { node: '18', os: 'ubuntu-latest' },
    });
    const joined = shell(verdict, own);
    expect(joined.stdout).toContain('test passed');
    expect(joined.status).toBe(measured.status);
  });
});

/** Coverage of pytest: by pytest-cov where that is installed beside it, else missing or not applicable. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/measure/project.ts';
import { suiteRunner } from '../../../src/measure/suites/suite.ts';
import { folderWith } from '../folder.ts';
import { projectWith } from '../tools/support.ts';
import { contextFor, engineOf } from './replay.ts';

const REPORT =
  '<testsuites><testsuite name="pytest"><testcase classname="tests.test_price" name="test_total"/></testsuite></testsuites>';
/** As coverage.py 7 writes it. */
const LCOV = [
  'SF:shop/__init__.py',
  'end_of_record',
  'SF:shop/price.py',
  ...['DA:1,1', 'DA:2,1', 'DA:5,1', 'DA:6,0', 'LF:4', 'LH:3'],
  ...['FN:1,2,total', 'FNDA:1,total', 'FNF:1', 'FNH:1', 'end_of_record', ''],
].join('\n');

/** A virtual environment in the project, with pytest and maybe the plugin. */
function projectOf(files: Readonly<Record<string, string>>, plugin?: string): Project {
  const root = folderWith({ 'pytest.ini': '[pytest]\n', ...files });
  const bin = path.join(root, '.venv', 'bin');
  const packages = path.join(root, '.venv', 'lib', 'python3.12', 'site-packages');
  mkdirSync(bin, { recursive: true });
  mkdirSync(packages, { recursive: true });
  writeFileSync(path.join(bin, 'pytest'), '');
  chmodSync(path.join(bin, 'pytest'), 0o755);
  if (plugin !== undefined) mkdirSync(path.join(packages, `pytest_cov-${plugin}.dist-info`));
  const names = ['pytest.ini', ...Object.keys(files)];
  const find = (wanted: readonly string[]) => wanted.find((name) => names.includes(name));
  return projectWith({ root, repositoryTop: root, path: bin, files: names, find });
}

async function measure(project: Project, lcov?: string) {
  let argv: readonly string[] = [];
  let dataFile: string | undefined;
  const engine = engineOf((request) => {
    argv = request.argv;
    dataFile = request.env['COVERAGE_FILE'];
    writeFileSync(path.join(request.outputDir, 'report.xml'), REPORT);
    if (lcov !== undefined) writeFileSync(path.join(request.outputDir, 'lcov.info'), lcov);
    return { kind: 'exited', code: 0 };
  });
  const context = contextFor(project, engine);
  const measured = await suiteRunner('unit').measure(context);
  return { coverage: measured.metrics['unit.coverage'], argv, dataFile, context };
}

describe('with pytest-cov installed', () => {
  test('lines are counted, and nothing is written into the project', async () => {
    const { coverage, argv, dataFile, context } = await measure(projectOf({}, '7.0.0'), LCOV);
    expect(coverage).toBe(3 / 4);
    expect(argv).toContain('--cov');
    expect(argv).toContain(`--cov-report=lcov:${context.workDir}/lcov.info`);
    expect(dataFile).toContain(context.workDir);
  });

  test('the folders the project chose stay, without a wider --cov beside them', async () => {
    const ini = { 'pytest.ini': '[pytest]\naddopts = -ra --cov=shop\n' };
    const { argv } = await measure(projectOf(ini, '7.0.0'), LCOV);
    expect(argv).not.toContain('--cov');
    expect(argv.join(' ')).toContain('--cov-report=lcov:');
  });

  test('no coverage although asked is missing', async () => {
    const { coverage } = await measure(projectOf({}, '7.0.0'));
    expect(coverage).toEqual({ missing: 'pytest wrote no coverage' });
  });

  test('one too old to write lcov is not asked', async () => {
    const { coverage, argv } = await measure(projectOf({}, '3.0.0'));
    expect(coverage).toEqual({ missing: 'pytest-cov 3 writes no lcov; 4 or later does' });
    expect(argv.join(' ')).not.toContain('--cov');
  });
});

describe('without it', () => {
  test.each([
    ['requirements-dev.txt', 'pytest\npytest-cov>=5\n', 'pytest-cov'],
    ['pyproject.toml', '[project.optional-dependencies]\ntest = ["pytest-cov"]\n', 'pytest-cov'],
    ['pyproject.toml', '[dependency-groups]\ntests = ["coverage[toml]>=7"]\n', 'coverage'],
    ['Pipfile', '[dev-packages]\npytest-cov = "*"\n', 'pytest-cov'],
    ['setup.cfg', '[options.extras_require]\ntest =\n    coverage\n', 'coverage'],
  ])('declared in %s: missing', async (file, text, name) => {
    const { coverage } = await measure(projectOf({ [file]: text }));
    expect(coverage).toEqual({
      missing: `${name} is declared in ${file}, and pytest-cov is not installed beside pytest`,
    });
  });

  test.each([
    ['requirements.txt', 'flask\n# pytest-cov\n'],
    ['pyproject.toml', '[tool.coverage.run]\nbranch = true\n'],
  ])('not declared in %s: not applicable', async (file, text) => {
    const { coverage } = await measure(projectOf({ [file]: text }));
    expect(coverage).toEqual({
      notApplicable: 'pytest counts no lines itself, and pytest-cov is not declared',
    });
  });
});

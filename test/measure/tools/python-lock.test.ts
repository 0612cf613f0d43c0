/** What counts as locked in Python, and what of a project's configuration is read for it. */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { requirementsOf } from '../../../src/measure/python/requirements.ts';
import { sectionsOf } from '../../../src/measure/python/sections.ts';
import { pythonInstall } from '../../../src/measure/python/install.ts';
import { pythonLock } from '../../../src/measure/tools/python-lock.ts';
import { folderWith } from '../folder.ts';
import { measureIn, pythonProject } from '../python-rig.ts';
import { projectWith } from './support.ts';

const PROJECT = '[project]\nname = "shop"\ndependencies = ["flask>=3", \'httpx[http2]~=0.27\']\n';
const BUILD = `${PROJECT}[build-system]\nrequires = ["hatchling"]\n`;
const HASHED = 'flask==3.0.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n';

describe('versions_locked', () => {
  test.each([
    [true, 'uv.lock', { 'pyproject.toml': PROJECT, 'uv.lock': '' }],
    [true, 'poetry.lock', { 'pyproject.toml': PROJECT, 'poetry.lock': '' }],
    [true, '2 pinned', { 'requirements.txt': 'flask==3.0.0\nhttpx===0.27.0 # why\n' }],
    [true, '1 pinned', { 'requirements.txt': HASHED }],
    [
      true,
      '1 pinned',
      {
        'requirements.in': 'flask\n',
        'requirements.txt': 'flask==3.0.0 ; python_version > "3.8"\n',
      },
    ],
    [
      true,
      '1 pinned',
      { 'requirements.txt': '-c constraints.txt\nflask\n', 'constraints.txt': 'Flask==3.0.0\n' },
    ],
    [
      false,
      '1 of 2 requirements not pinned',
      { 'requirements.txt': 'flask==3.0.0\nhttpx>=0.27\n' },
    ],
    [false, '1 of 1 requirement not pinned', { 'requirements.txt': 'flask==3.*\n' }],
    [false, '1 of 1 requirement not pinned', { 'requirements/prod.txt': 'flask\n' }],
    [false, 'no lock file', { 'pyproject.toml': PROJECT }],
    [
      false,
      '2 of 3 requirements not pinned',
      { 'pyproject.toml': PROJECT, 'requirements-dev.txt': 'pytest==8.4.1\n' },
    ],
    [
      false,
      '2 of 3 requirements not pinned',
      {
        'pyproject.toml': PROJECT,
        'requirements.txt': '-e .\npytest==8.4.1\n',
        Dockerfile: 'FROM python\n',
      },
    ],
    [
      false,
      '1 of 3 requirements not pinned',
      { 'pyproject.toml': PROJECT, 'requirements.txt': 'Flask==3.0.0\npytest==8.4.1\n' },
    ],
    [
      true,
      '3 pinned',
      {
        'pyproject.toml': PROJECT,
        'requirements.txt': 'Flask==3.0.0\nhttpx==0.27.0\nidna==3.7\n',
      },
    ],
    [
      true,
      '1 pinned',
      {
        'pyproject.toml': '[project]\nname = "shop"\n',
        'requirements-dev.txt': 'pytest==8.4.1\n',
      },
    ],
    [
      true,
      '2 pinned',
      {
        'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.11"\nflask = "3.0.0"\n',
        'requirements-dev.txt': 'pytest==8.4.1\n',
      },
    ],
    [
      'a library',
      'a library',
      { 'pyproject.toml': BUILD, 'requirements.txt': '-e .[http2]\npytest==8.4.1\n' },
    ],
    ['a library', 'a library', { 'setup.py': '', 'requirements-dev.txt': 'pytest==8.4.1\n' }],
    [
      false,
      'no lock file',
      {
        'setup.py': '',
        'requirements-dev.txt': 'pytest==8.4.1\n',
        Dockerfile: 'FROM python\n',
      },
    ],
    [false, 'no lock file', { 'pyproject.toml': BUILD, Dockerfile: 'FROM python\n' }],
    ['a library', 'a library', { 'pyproject.toml': BUILD }],
    ['a library', 'a library', { 'pyproject.toml': BUILD, 'requirements-dev.txt': 'pytest\n' }],
    ['none declared', 'none declared', { 'pyproject.toml': '[project]\nname = "shop"\n' }],
  ])('%s, %s: %j', async (expected, summary, files) => {
    const root = pythonProject({ 'shop.py': '', ...(files as Record<string, string>) });
    const measured = await measureIn(root, pythonLock);
    expect(measured.summary).toBe(summary);
    const { metrics } = measured;
    if (expected === true) {
      expect(metrics).toEqual({ versions_locked: true, dependencies_unlocked: 0 });
    } else if (expected === false) {
      expect(metrics).toEqual({ versions_locked: false, dependencies_unlocked: 1 });
    } else {
      const none = { notApplicable: expect.any(String) as string };
      expect(metrics).toEqual({ versions_locked: none, dependencies_unlocked: none });
    }
    expect(readdirSync(root)).not.toContain('.venv');
  });
});

test('a lock file that git ignores locks nothing, and is no matter in a library', async () => {
  for (const [text, expected] of [
    [PROJECT, ['lock-file-ignored', 'no-lock-file']],
    [BUILD, []],
  ] as const) {
    const files = {
      'shop.py': '',
      'pyproject.toml': text,
      'uv.lock': '',
      '.gitignore': '*.lock\n',
    };
    const root = pythonProject(files);
    spawnSync('git', ['init', '--quiet'], { cwd: root });
    const measured = await measureIn(root, pythonLock);
    expect(measured.findings.map(({ rule }) => rule)).toEqual(expected);
    expect(measured.metrics['versions_locked']).not.toBe(true);
  }
});

describe('what is declared', () => {
  const namesIn = (file: string, text: string) =>
    requirementsOf(file, text).map(({ name, runtime }) => `${name}${runtime ? '' : ' (dev)'}`);

  test('in pyproject.toml, by every tool’s own section', () => {
    const text = [
      '[project]',
      'dependencies = [',
      '  "Flask[async]>=3,<4", # "not-this>=1"',
      '  \'ruamel.yaml ; python_version < "3.13"\',',
      ']',
      'description = """',
      '[tool.poetry.dependencies]',
      'fake = "1"',
      '"""',
      '[project.optional-dependencies]',
      'fast = ["orjson"]',
      '[dependency-groups]',
      'dev = ["pytest", {include-group = "docs"}]',
      '[tool.poetry.dependencies]',
      'python = "^3.11"',
      'httpx = { version = "^0.27", extras = ["http2"] }',
      '[tool.poetry.group.dev.dependencies]',
      'black = "==24.1.0"',
    ].join('\n');
    expect(namesIn('pyproject.toml', text)).toEqual([
      ...['flask', 'ruamel-yaml', 'orjson (dev)', 'pytest (dev)'],
      ...['httpx', 'black (dev)'],
    ]);
  });

  test('in requirements, setup.cfg and Pipfile', () => {
    const list =
      '-r base.txt\n--index-url https://example.org\n# tea\nfoo @ https://example.org/foo-1.0-py3-none-any.whl\n-e git+https://example.org/b.git#egg=bar\n./local\nzope.interface (>=5)\n';
    expect(namesIn('requirements.txt', list)).toEqual(['foo', 'bar', 'zope-interface']);
    const cfg =
      '[options]\ninstall_requires =\n    flask>=3\n    httpx; python_version>"3.8"\n[options.extras_require]\nx =\n    orjson\n';
    expect(namesIn('setup.cfg', cfg)).toEqual(['flask', 'httpx', 'orjson (dev)']);
    expect(
      namesIn('Pipfile', '[packages]\nflask = "*"\n[dev-packages]\npytest = "==8.0"\n'),
    ).toEqual(['flask', 'pytest (dev)']);
  });

  test('files that are broken or strange hold nothing, and harm nobody', () => {
    for (const text of [
      '[',
      '[[',
      '= 1',
      '[a\n',
      'a = [',
      'a = """',
      '\u0000',
      '[a]\nb',
      '"'.repeat(9999),
    ]) {
      for (const syntax of ['toml', 'ini'] as const) {
        expect(sectionsOf(text, syntax).length).toBeGreaterThan(0);
      }
    }
  });

  test('one command installs it', () => {
    const told = (files: readonly string[]) =>
      pythonInstall(projectWith({ files, root: folderWith({}) }));
    expect(told(['uv.lock', 'requirements.txt'])).toBe('uv sync');
    expect(told(['requirements.txt'])).toContain('pip install -r requirements.txt');
    expect(told(['pyproject.toml'])).toContain('pip install -e .');
  });
});

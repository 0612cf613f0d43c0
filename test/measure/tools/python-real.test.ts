/** The pinned Python tools, run by the real engine on small projects: what fixtures cannot show. */

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { black } from '../../../src/measure/tools/black.ts';
import { isort } from '../../../src/measure/tools/isort.ts';
import { mypyStrictness, STRICT_OPTIONS } from '../../../src/measure/tools/mypy-config.ts';
import { mypy } from '../../../src/measure/tools/mypy.ts';
import { pylint } from '../../../src/measure/tools/pylint.ts';
import { pythonEnv } from '../../../src/measure/tools/python-env.ts';
import { pythonRules } from '../../../src/measure/tools/python-rules.ts';
import { ruff } from '../../../src/measure/tools/ruff.ts';
import { resolveBinary } from '../../../src/measure/process/resolve-binary.ts';
import { SYSTEM_PATH } from '../process/system-path.ts';
import { hasTool, measureIn, pythonProject } from '../python-rig.ts';

const SORTED = 'import os\nimport sys\n\nprint(os, sys)\n';
const UNSORTED = 'import sys\nimport os\n\nprint(os, sys)\n';

describe.skipIf(!hasTool('ruff'))('ruff', () => {
  const order = async (config: string, text: string, more: Record<string, string> = {}) => {
    const files = { 'ruff.toml': config, 'shop.py': text, ...more };
    return (await measureIn(pythonProject(files), ruff)).metrics['import_order'];
  };

  test('judges the order of imports only where it is told to', async () => {
    const asked = '[lint]\nextend-select = ["I"]\n';
    expect(await order(asked, SORTED)).toBe('sorted');
    expect(await order(asked, UNSORTED)).toBe('unsorted');
    expect(await order('[lint]\nselect = ["F"]\n', UNSORTED)).toHaveProperty('notApplicable');
    expect(await order('extend = "base.toml"\n', SORTED, { 'base.toml': asked })).toBe('sorted');
  });

  test('counts what it finds, and tells the order beside it', async () => {
    const found = async (text: string) => {
      const files = { 'ruff.toml': '[lint]\nselect = ["F", "I"]\n', 'shop.py': text };
      return (await measureIn(pythonProject(files), ruff)).metrics;
    };
    expect(await found(SORTED)).toEqual({ ruff_findings: 0, import_order: 'sorted' });
    expect(await found(`${UNSORTED}print(tea)\n`)).toEqual({
      ...{ ruff_findings: 2, import_order: 'unsorted' },
    });
  });

  test('of a file it cannot parse it does not know the order', async () => {
    expect(await order('[lint]\nselect = ["I"]\n', SORTED, { 'bad.py': 'def f(:\n' })).toEqual({
      missing: 'bad.py could not be read',
    });
  });

  test('told to leave every file out it has measured nothing', async () => {
    for (const excluded of ['shop.py', '*.py']) {
      const files = { 'ruff.toml': `exclude = ["${excluded}"]\n`, 'shop.py': UNSORTED };
      expect(await measureIn(pythonProject(files), ruff)).toMatchObject({
        state: 'nothing_measured',
        metrics: {},
      });
    }
    const stub = { 'ruff.toml': 'exclude = ["*.py"]\n', 'shop.py': '', 'shop.pyi': 'x: int\n' };
    expect((await measureIn(pythonProject(stub), ruff)).state).toBe('clean');
  });

  test('in play by a dependency and by a hook, too', async () => {
    const hook = 'repos:\n  - repo: https://example.org/ruff\n    hooks:\n      - id: ruff-check\n';
    for (const files of [
      { '.pre-commit-config.yaml': hook },
      { 'requirements-dev.txt': 'ruff==0.17.6\n' },
      { 'pyproject.toml': '[dependency-groups]\ndev = [\n  "ruff>=0.4", # linter\n]\n' },
    ]) {
      const measured = await measureIn(pythonProject({ ...files, 'shop.py': SORTED }), ruff);
      expect(measured.state, JSON.stringify(files)).toBe('clean');
    }
  });
});

describe.skipIf(!hasTool('pylint'))('pylint', () => {
  const SHOP = {
    'shop/__init__.py': '"""Shop."""\n',
    'shop/tea.py': '"""Tea."""\n\nTEA = 1\n',
  };
  const CYCLE = {
    'shop/tea.py': '"""Tea."""\n\nfrom shop import stock\n\nTEA = stock\n',
    'shop/stock.py': '"""Stock."""\n\nfrom shop import tea\n\nSTOCK = tea\n',
  };

  test('claims that there is no cycle only where it looks for one', async () => {
    const measured = async (config: string, more = {}) =>
      (await measureIn(pythonProject({ ...SHOP, ...more, '.pylintrc': config }), pylint)).metrics;
    const none = { no_circular: { notApplicable: expect.any(String) as string } };
    expect(await measured('[MAIN]\n')).toMatchObject({ no_circular: true, pylint_errors: 0 });
    expect(await measured('[MAIN]\n', CYCLE)).toMatchObject({ no_circular: false });
    expect(await measured('[MAIN]\ndisable=R0401\n', CYCLE)).toMatchObject(none);
    expect(await measured('[MAIN]\ndisable=all\nenable=E\n', CYCLE)).toMatchObject(none);
  });

  test('leaves environments alone, whatever is in them, and writes nothing into the project', async () => {
    const root = pythonProject({
      ...SHOP,
      '.pylintrc': '[MAIN]\n',
      '-odd name.py': '"""Odd."""\nprint(undefined_name)\n',
      '.venv/lib/python3.11/site-packages/bad.py': 'x = undefined\n',
    });
    const { metrics, findings } = await measureIn(root, pylint);
    expect(metrics).toMatchObject({ pylint_errors: 1 });
    expect(findings.filter(({ severity }) => severity === 'error').map(({ file }) => file)).toEqual(
      ['-odd name.py'],
    );
    expect(readdirSync(root).sort()).toEqual([
      '-odd name.py',
      '.nemesis',
      '.pylintrc',
      '.venv',
      'shop',
    ]);
    expect(readdirSync(path.join(root, 'shop')).sort()).toEqual(['__init__.py', 'tea.py']);
  });
});

describe.skipIf(!hasTool('black'))('black and isort', () => {
  test('check only, and leave no cache', async () => {
    const pyproject = '[tool.black]\n[tool.isort]\nskip = ["other.py"]\n';
    const root = pythonProject({
      'pyproject.toml': pyproject,
      'shop.py': UNSORTED,
      '.venv/lib/python3.11/site-packages/bad.py': 'x = {  }\nimport sys\nimport os\n',
    });
    expect(await measureIn(root, black)).toMatchObject({ metrics: { black_compliant: true } });
    const { metrics, findings } = await measureIn(root, isort);
    expect(metrics).toEqual({ import_order: 'unsorted' });
    expect(findings.map(({ file }) => file)).toEqual(['shop.py']);
    expect(readdirSync(root).sort()).toEqual(['.nemesis', '.venv', 'pyproject.toml', 'shop.py']);
  });

  test('declared and not installed is missing; not declared is not applicable', async () => {
    const bare = { 'shop.py': 'x = {  }\n' };
    const declared = pythonProject({ ...bare, 'pyproject.toml': '[tool.black]\n' });
    expect(await measureIn(declared, black, '/nowhere')).toMatchObject({
      state: 'not_installed',
      metrics: {},
      help: 'pip install black',
    });
    const silent = pythonProject({ ...bare, 'pyproject.toml': '[project]\nname = "black"\n' });
    expect(await measureIn(silent, black)).toMatchObject({ state: 'not_applicable' });
  });
});

describe.skipIf(!hasTool('mypy'))('mypy', () => {
  const inEnvironment = (distribution: string) => ({
    '.venv/pyvenv.cfg': '',
    '.venv/bin/activate': '',
    [`.venv/lib/python3.11/site-packages/${distribution}-1.0.dist-info/METADATA`]: '',
  });

  test('without `files` it is given the packages, not tests of one name', async () => {
    const root = pythonProject({
      'pyproject.toml': '[tool.mypy]\nstrict = true\n',
      'shop/__init__.py': 'price: int = "twelve"\n',
      'tests/a/test_tea.py': 'x = 1\n',
      'tests/b/test_tea.py': 'x = 1\n',
      'docs/conf.py': 'project: int = "tea"\n',
    });
    const measured = await measureIn(root, mypy);
    expect(measured).toMatchObject({ state: 'findings', metrics: { type_errors: 1 } });
    expect(measured.findings).toMatchObject([{ file: 'shop/__init__.py', line: 1 }]);
    expect(existsSync(path.join(root, '.mypy_cache'))).toBe(false);
  });

  test('a declared dependency it cannot find says something about the machine', async () => {
    const root = pythonProject({
      'mypy.ini': '[mypy]\n',
      'requirements.txt': 'tea-of-nowhere==1.0\ncups==1.0\n',
      'shop.py': 'import tea_of_nowhere\n',
      ...inEnvironment('cups'),
    });
    expect(await measureIn(root, mypy)).toMatchObject({ state: 'bad_config', metrics: {} });
  });

  const typeErrors = async (files: Record<string, string>) =>
    await measureIn(pythonProject(files), mypy);
  const WRONG = 'x: int = "a"\n';
  const RIGHT = 'x: int = 1\n';

  test('counts what `mypy .` counts: what its configuration excludes is left out', async () => {
    for (const files of [
      { 'pyproject.toml': '[tool.mypy]\nexclude = "gen\\\\.py$"\n', 'gen.py': WRONG },
      {
        'pyproject.toml': '[tool.mypy]\nexclude = ["^legacy/"]\n',
        'legacy/__init__.py': '',
        'legacy/a.py': WRONG,
      },
      { 'mypy.ini': '[mypy]\nexclude = ^old/\n', 'old/a.py': WRONG, 'env/b.py': WRONG },
    ]) {
      const measured = await typeErrors({ ...files, 'env/pyvenv.cfg': '', 'shop.py': RIGHT });
      expect(measured.metrics, JSON.stringify(files)).toEqual({ type_errors: 0 });
    }
    const all = await typeErrors({
      'mypy.ini': '[mypy]\n',
      'a.py': WRONG,
      'tests/test_a.py': WRONG,
    });
    expect(all.metrics).toEqual({ type_errors: 2 });
  });

  test('modules of one name beside the product stop `mypy .`: the product is checked alone', async () => {
    const measured = await typeErrors({
      ...{ 'mypy.ini': '[mypy]\nexclude = (?x)( ^old/ # gone\n  )\n', 'conf.py': WRONG },
      ...{ 'docs/conf.py': WRONG, 'old/conf.py': WRONG },
    });
    expect(measured.metrics).toEqual({ type_errors: 1 });
    expect(measured.why).toMatch(/Duplicate module named "conf".*so only conf\.py was checked/);
  });

  test('told to ignore all errors it has measured nothing', async () => {
    const all = '[tool.mypy]\nstrict = true\nignore_errors = true\n';
    const here = async (config: string) =>
      typeErrors({ 'pyproject.toml': config, 'shop/__init__.py': '', 'shop/a.py': WRONG });
    expect(await here(all)).toMatchObject({
      state: 'nothing_measured',
      metrics: {},
      why: 'ignore_errors hides all errors (pyproject.toml)',
    });
    const but = '[[tool.mypy.overrides]]\nmodule = "shop.a"\nignore_errors = false\n';
    expect((await here(all + but)).metrics).toEqual({ type_errors: 1 });
  });

  test('an empty mypy.ini is where it stops looking for a configuration, and no error', async () => {
    const measured = await typeErrors({
      ...{ 'mypy.ini': '', 'setup.cfg': '[mypy]\nstrict = true\n', 'shop.py': 'def f(x): ...\n' },
    });
    expect(measured).toMatchObject({ metrics: { type_errors: 0 } });
    expect(measured.why).toBe('mypy.ini: No [mypy] section in config file');
  });

  test('with its dependencies nowhere it measures nothing; with most of them in .venv it does', async () => {
    const files = {
      'pyproject.toml': '[project]\ndependencies = ["Tea_Pot>=1", "cups"]\n[tool.mypy]\n',
      'shop.py': RIGHT,
    };
    expect(await typeErrors(files)).toMatchObject({
      state: 'not_installed',
      why: 'dependencies are not installed',
      help: 'python3 -m venv .venv && .venv/bin/pip install -e .',
    });
    const measured = await typeErrors({ ...files, ...inEnvironment('tea_pot') });
    expect(measured.metrics).toEqual({ type_errors: 0 });
  });

  test('the table of what strict stands for is the installed mypy’s', () => {
    const tool = resolveBinary('mypy', SYSTEM_PATH);
    const help = tool.ok ? spawnSync(tool.file, ['--help'], { encoding: 'utf8' }).stdout : '';
    const text =
      /--strict +Strict mode; enables the following flags:(.*?)\n +--disable/s.exec(help)?.[1] ??
      '';
    const flags = text
      .replace(/-\s*\n\s+/g, '-')
      .split(/[\s,]+/)
      .filter((one) => one.startsWith('--'));
    const ours = [...STRICT_OPTIONS].map(
      ([name, wanted]) => `--${wanted ? '' : 'no-'}${name.replaceAll('_', '-')}`,
    );
    expect(flags.sort()).toEqual(ours.sort());
  });
});

describe('mypy-config', () => {
  const strict = async (files: Record<string, string>) =>
    await measureIn(pythonProject({ 'shop.py': 'x = 1\n', ...files }), mypyStrictness);
  const all = [...STRICT_OPTIONS].map(([name, wanted]) => `${name} = ${String(wanted)}`);

  test.each([
    [true, { 'mypy.ini': '[mypy]\nstrict = True\n' }],
    [true, { 'pyproject.toml': '[tool.mypy]\nstrict = true # all of it\n' }],
    [true, { 'setup.cfg': `[mypy]\n${all.join('\n')}\n` }],
    [
      true,
      {
        'setup.cfg': `[mypy]\n${all.join('\n').replace('implicit_reexport = false', 'no_implicit_reexport = True')}\n`,
      },
    ],
    [false, { 'setup.cfg': `[mypy]\n${all.slice(1).join('\n')}\n` }],
    [false, { 'mypy.ini': '[mypy]\nstrict = True\nallow_untyped_defs = True\n' }],
    [false, { 'mypy.ini': '[mypy]\nstrict = False\n' }],
    // mypy reads the first of its files only
    [false, { 'mypy.ini': '[mypy]\n', 'pyproject.toml': '[tool.mypy]\nstrict = true\n' }],
    [false, { 'mypy.ini': '', 'setup.cfg': '[mypy]\nstrict = True\n' }],
    [false, { 'requirements.txt': 'mypy\n' }],
    [true, { 'pyproject.toml': '[tool]\nmypy = { strict = true, exclude = ["a,b"] }\n' }],
    [false, { 'pyproject.toml': '[tool]\nmypy = { strict = true, warn_return_any = false }\n' }],
    [true, { 'pyproject.toml': '[tool]\nmypy.pretty = true\nmypy.strict = true\n' }],
    [false, { 'pyproject.toml': '[tool.mypy]\nstrict = true\nignore_errors = true\n' }],
    // for every module; a lone star is for mypy the name of one, which nobody has
    [false, { 'mypy.ini': '[mypy]\nstrict = True\n[mypy-*.*]\nignore_errors = True\n' }],
    [false, { 'mypy.ini': '[mypy]\nstrict = True\n[mypy-shop]\nallow_untyped_defs = True\n' }],
    [true, { 'mypy.ini': '[mypy]\nstrict = True\n[mypy-*]\nignore_errors = True\n' }],
    [
      true,
      {
        'mypy.ini':
          '[mypy]\nstrict = True\n[mypy-*.*]\nallow_untyped_defs = True\n[mypy-shop]\ndisallow_untyped_defs = True\n',
      },
    ],
    [
      true,
      {
        '.pre-commit-config.yaml':
          'repos:\n  - repo: x\n    hooks:\n      - id: mypy\n        args: [--strict]\n',
      },
    ],
  ])('%s: %j', async (isStrict, files) => {
    const { metrics } = await strict(files);
    if (isStrict) expect(metrics).toEqual({ mypy_strict: true });
    else expect(metrics).toEqual({ mypy_strict: false });
  });

  test('a lone star lets nobody off, so nothing is told of it', async () => {
    const files = { 'mypy.ini': '[mypy]\nstrict = True\n[mypy-*]\nignore_errors = True\n' };
    expect(await strict(files)).toMatchObject({ findings: [], summary: 'strict' });
  });

  test('tells which modules are let off', async () => {
    const files = {
      'pyproject.toml':
        '[tool.mypy]\nstrict = true\n\n[[tool.mypy.overrides]]\nmodule = [\n  "shop.old",\n  "shop.older",\n]\ndisallow_untyped_defs = false\nignore_missing_imports = true\n',
    };
    const { metrics, findings } = await strict(files);
    expect(metrics).toEqual({ mypy_strict: true });
    expect(findings).toMatchObject([
      { severity: 'info', message: 'shop.old, shop.older: disallow_untyped_defs' },
    ]);
  });
});

describe('python-rules', () => {
  const PROJECT = { 'pyproject.toml': '[project]\nname = "shop"\n' };

  test('what git ignores, links and generated files are left out; odd names are read', async () => {
    const root = pythonProject({
      ...PROJECT,
      '.gitignore': 'ignored.py\n',
      'ignored.py': 'def (:\n',
      'build/lib/shop.py': 'def (:\n',
      '-odd\nnäme.py': 'class bad_name:\n    """Named badly."""\n',
      'shop_pb2.py': 'def (:\n',
    });
    symlinkSync('/etc/hostname', path.join(root, 'link.py'));
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    const { state, findings } = await measureIn(root, pythonRules);
    expect(state).toBe('findings');
    const seen = findings.map(({ file, rule }) => `${file} ${rule}`);
    expect(seen).toContain('-odd\nnäme.py N801');
  });

  test('no Python project: stray scripts are not judged', async () => {
    const stray = pythonProject({ 'package.json': '{}', 'scripts/tea.py': 'def (:\n' });
    expect(await measureIn(stray, pythonRules)).toMatchObject({ state: 'not_applicable' });
  });

  test('thousands of functions, and complexity as the number it is', async () => {
    const many = Array.from({ length: 3000 }, (_, at) => `def _f${at}(a):\n    return a\n`).join(
      '\n\n',
    );
    const ways = (count: number) =>
      `def _tangled(a):\n${'    if a:\n        pass\n'.repeat(count - 1)}`;
    for (const [count, remarks] of [
      [10, 0],
      [11, 1],
    ] as const) {
      const files = { ...PROJECT, 'many.py': many, 'tangled.py': ways(count) };
      const { metrics, findings } = await measureIn(pythonProject(files), pythonRules);
      expect(metrics['complexity_score']).toBe(count);
      expect(findings.filter(({ rule }) => rule === 'C901')).toHaveLength(remarks);
    }
  });
});

describe('injection by python-rules', () => {
  const found = async (text: string, file = 'shop.py') => {
    const files = { 'pyproject.toml': '[project]\nname = "shop"\n', [file]: text };
    const { metrics, summary } = await measureIn(pythonProject(files), pythonRules);
    return [metrics['sql_injection_risks'], metrics['xss_risks'], summary] as const;
  };
  const SQL = 'def f(cur, n):\n    cur.execute(f"SELECT * FROM t WHERE n = \'{n}\'")';

  test.each([
    `${SQL}  # noqa\n`,
    `${SQL}  #NOQA -- old\n`,
    `${SQL}  # type: ignore # noqa\n`,
    `# ruff: noqa\n${SQL}\n`,
    `# flake8: noqa\n${SQL}\n`,
    `${SQL}  # noqa: E501\n`,
  ])('is found whatever another linter is told: %j', async (text) => {
    expect(await found(text)).toEqual([1, 0, '1 file, complexity up to 1']);
  });

  test.each([
    `${SQL}  # noqa: S608\n`,
    `${SQL}  # noqa:E501, S608\n`,
    `# ruff: noqa: S608\n${SQL}\n`,
    `# ruff: noqa\n${SQL}  # noqa: S608\n`,
    `def f(cur, n):\n    # ruff: ignore[S608]\n${SQL.split('\n')[1]}\n`,
  ])('is exempted by its rule, and counted: %j', async (text) => {
    expect(await found(text)).toEqual([0, 0, '1 exempted by comments, 1 file, complexity up to 1']);
  });

  test('what cannot be injected into, and what can', async () => {
    const fine = [
      'import logging\nTABLE = "t"\nKIND: str = \'old\'  # of old\n',
      'def a(cur, n, ids):\n',
      '    logging.info(f"select one from the {n} where it is")\n',
      '    self.logger.debug("select %s from x where" % n)\n',
      '    print(f"delete from {n} where")\n',
      '    marks = ",".join("?" * len(ids))\n',
      '    cur.execute(f"SELECT * FROM t WHERE n IN ({marks})", ids)\n',
      "    cur.execute(f\"SELECT * FROM t WHERE n IN ({', '.join(['%s'] * len(ids))})\", ids)\n",
      "    cur.execute(f\"SELECT * FROM {TABLE} WHERE kind = '{KIND!s:>3}' AND '{{' = %s\", (1,))\n",
      '    cur.execute("SELECT * FROM {table} WHERE n = ?".format(table=TABLE))\n',
      '    cur.execute("SELECT * FROM " + TABLE + " WHERE n = ?")\n',
      '    cur.execute("SELECT * FROM %s WHERE n = ?" % (TABLE,))\n',
      '    cur.execute("SELECT * FROM t " # why\n        f"WHERE n = {9:#x}" "#")\n',
      '    eval("1 + 1"), exec("a = 1", {})\n',
    ];
    expect((await found(fine.join(''))).slice(0, 2)).toEqual([0, 0]);
    const risky = [
      'import os\nTABLE = os.environ["T"]\nKIND = "old"\n',
      'def a(cur, n, ids, marks, KIND):\n',
      '    cur.execute(f"SELECT * FROM t WHERE n IN ({marks})")\n',
      '    cur.execute(f"SELECT * FROM {TABLE} WHERE n = ?")\n',
      '    cur.execute(f"SELECT * FROM t WHERE kind = \'{KIND}\'")\n',
      '    cur.execute(f"SELECT * FROM t WHERE n IN ({\',\'.join(ids)})")\n',
      '    log.execute("SELECT * FROM t WHERE n = \'%s\'" % n)\n',
      '    größe = "ü"; cur.execute(f"SELECT * FROM t WHERE n = {größe}{ü}")\n',
      '    eval(n), exec(f"a = {n}"), eval("a" + n)\n',
    ];
    risky.push('    cur.execute(f"SELECT * FROM t WHERE kind = {9:#x} AND n = {n}")\n');
    expect((await found(risky.join(''))).slice(0, 2)).toEqual([7, 3]);
    const version = 'exec(open("shop/version.py").read())\n';
    expect((await found(version, 'setup.py')).slice(0, 2)).toEqual([0, 0]);
  });
});

describe.skipIf(!hasTool('python3'))('python-env', () => {
  const FILES = {
    'pyproject.toml':
      '[project]\nname = "shop"\ndependencies = [\n  "tea-of-nowhere>=1",\n  "only-there; sys_platform == \'none\'",\n]\n',
    'shop.py': '',
    'json.py': 'raise SystemExit(3)\n',
  };

  test('tells the version, and that nothing declared is installed on this machine', async () => {
    const { metrics } = await measureIn(pythonProject(FILES), pythonEnv);
    expect(metrics).toMatchObject({
      python_version: expect.stringMatching(/^3\.\d+\.\d+/) as string,
      all_resolved: { missing: expect.any(String) as string },
    });
  });

  test('an environment that has what is declared, and what that needs', async () => {
    const root = pythonProject(FILES);
    const python = resolveBinary('python3', SYSTEM_PATH);
    execFileSync(python.ok ? python.file : 'python3', ['-m', 'venv', '.venv'], { cwd: root });
    const lib = path.join(root, '.venv/lib', readdirSync(path.join(root, '.venv/lib'))[0]!);
    const install = (name: string, more = ''): void => {
      const metadata = path.join(lib, 'site-packages', `${name}-1.0.dist-info`);
      mkdirSync(metadata);
      const text = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${more}`;
      writeFileSync(path.join(metadata, 'METADATA'), text);
    };
    install('tea_of_nowhere', 'Requires-Dist: leaves_of_nowhere\n');
    const torn = await measureIn(root, pythonEnv);
    expect(torn.metrics).toMatchObject({ all_resolved: false, dependencies_unresolved: 1 });
    install('leaves_of_nowhere');
    const whole = await measureIn(root, pythonEnv);
    expect(whole.state).toBe('clean');
    expect(whole.metrics).toMatchObject({ all_resolved: true, dependencies_unresolved: 0 });
  }, 60_000);

  test('an environment of its own: empty, `pip check` would find nothing wrong', async () => {
    const root = pythonProject(FILES);
    const python = resolveBinary('python3', SYSTEM_PATH);
    execFileSync(python.ok ? python.file : 'python3', ['-m', 'venv', '--without-pip', '.venv'], {
      cwd: root,
    });
    const measured = await measureIn(root, pythonEnv);
    expect(measured.metrics).toMatchObject({ all_resolved: false, dependencies_unresolved: 1 });
    expect(measured.findings).toMatchObject([
      { rule: 'missing', message: expect.stringContaining('tea-of-nowhere') as string },
    ]);
    // What somebody installed by hand, and needs what is not there.
    const packages = path.join(
      root,
      '.venv/lib',
      readdirSync(path.join(root, '.venv/lib'))[0]!,
      'site-packages',
    );
    const metadata = path.join(packages, 'tea_of_nowhere-1.0.dist-info');
    mkdirSync(metadata);
    writeFileSync(
      path.join(metadata, 'METADATA'),
      'Metadata-Version: 2.1\nName: Tea.of_Nowhere\nVersion: 1.0\n',
    );
    const now = await measureIn(root, pythonEnv, '/usr/bin:/bin');
    expect(now.metrics['all_resolved']).toHaveProperty('missing');
    expect(now.help).toContain('ensurepip');
  });

  test('no Python at all, and one that does not answer', async () => {
    const root = pythonProject(FILES);
    expect(await measureIn(root, pythonEnv, '/nowhere')).toMatchObject({
      state: 'not_installed',
      metrics: {},
    });
    mkdirSync(path.join(root, 'bin'));
    writeFileSync(
      path.join(root, 'bin/python3'),
      '#!/bin/sh\necho "pyenv: version not installed" >&2\nexit 1\n',
    );
    chmodSync(path.join(root, 'bin/python3'), 0o755);
    const measured = await measureIn(root, pythonEnv, `${root}/bin:/bin`);
    expect(measured).toMatchObject({ state: 'crashed', metrics: {} });
    expect(measured.why).toContain('pyenv: version not installed');
  });
});

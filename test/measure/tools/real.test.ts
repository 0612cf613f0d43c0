/** The installed tools, run by the real engine on small projects: what fixtures cannot show. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslint } from '../../../src/measure/tools/eslint.ts';
import { gitleaks } from '../../../src/measure/tools/gitleaks.ts';
import { prettier } from '../../../src/measure/tools/prettier.ts';
import { secretlint } from '../../../src/measure/tools/secretlint.ts';
import { tsc } from '../../../src/measure/tools/tsc.ts';
import { tsconfig } from '../../../src/measure/tools/tsconfig.ts';
import { folder, INSTALLED, projectOf, run } from './real-project.ts';

const MODULE = '{ "type": "module", "devDependencies": { "eslint": "*" } }';
const RULES = "export default [{ rules: { eqeqeq: 'error', 'no-unused-vars': 'warn' } }];\n";

describe('eslint', () => {
  test('of the project: its script’s paths, without its fixing, caching and limits', async () => {
    const script = 'eslint --fix --cache --max-warnings 0 --quiet -f unix src && echo done';
    const root = projectOf({
      'package.json': JSON.stringify({ type: 'module', scripts: { lint: script } }),
      'eslint.config.js': RULES,
      'src/price.js': 'const tax = 1;\nexport const isFree = (price) => price == 0;\n',
      'elsewhere.js': 'export const same = (a, b) => a == b;\n',
    });
    const { state, metrics, findings, evidence, workDir } = await run(eslint, root);
    expect(state).toBe('findings');
    expect(metrics).toEqual({ eslint_errors: 1, eslint_warnings: 1, code_unparseable: 0 });
    expect(findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`)).toEqual([
      'src/price.js:1 no-unused-vars',
      'src/price.js:2 eqeqeq',
    ]);
    expect(evidence).toMatchObject({ tool: 'eslint', from: 'project', exitCode: 1 });
    expect(existsSync(path.join(root, '.eslintcache'))).toBe(false);
    const report = readFileSync(path.join(workDir, 'report.json'), 'utf8');
    expect(report).toContain('eqeqeq');
    expect(report).not.toContain('isFree');
  });

  test('clean, then with a file it cannot parse, then with a config it cannot load', async () => {
    const root = projectOf({ 'package.json': MODULE, 'eslint.config.js': RULES });
    writeFileSync(path.join(root, 'a.js'), 'export const one = 1;\n');
    expect(await run(eslint, root)).toMatchObject({
      state: 'clean',
      metrics: { eslint_errors: 0, eslint_warnings: 0, code_unparseable: 0 },
    });
    writeFileSync(path.join(root, 'b.js'), 'export const = 1;\n');
    expect(await run(eslint, root)).toMatchObject({
      state: 'findings',
      metrics: { eslint_errors: 1, eslint_warnings: 0, code_unparseable: 1 },
    });
    writeFileSync(path.join(root, 'eslint.config.js'), "import 'eslint-plugin-gone';\n");
    const broken = await run(eslint, root);
    expect(broken).toMatchObject({ state: 'bad_config', metrics: {} });
    expect(broken.why).toContain("Cannot find package 'eslint-plugin-gone'");
  });

  test('declared and not installed', async () => {
    const root = projectOf(
      { 'package.json': MODULE, 'package-lock.json': '{}', 'a.js': '' },
      false,
    );
    expect(await run(eslint, root)).toMatchObject({ state: 'not_installed', help: 'npm ci' });
  });

  test('brought by nemesis: only what git does not ignore, and no built files', async () => {
    const bug = 'export const isFree = (price) => price === NaN;\n';
    const root = projectOf({
      '.gitignore': 'generated/\n',
      'src/price.ts': 'export const isFree = (price: number): boolean => price === NaN;\n',
      'src/order.js': '// @flow\nexport type Order = {| id: string |};\n',
      'generated/price.js': bug,
      'dist/price.js': bug,
      'src/price.min.js': bug,
    });
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    const { state, metrics, findings, evidence, workDir } = await run(eslint, root);
    expect(state).toBe('findings');
    expect(metrics).toEqual({ eslint_errors: 1, eslint_warnings: 0, code_unparseable: 0 });
    expect(findings.map(({ file, severity }) => `${file} ${severity}`)).toEqual([
      'src/order.js warning',
      'src/price.ts error',
    ]);
    expect(evidence?.from).toBe('nemesis');
    expect(readdirSync(workDir).sort()).toEqual(['report.json', 'stderr', 'stdout']);
  });

  test('brought by nemesis: a broken file counts, among samples it is only remarked', async () => {
    const root = projectOf({ 'src/sum.js': 'var x = (1\n', 'test/fixtures/bad.js': 'var y = (\n' });
    const { metrics, findings } = await run(eslint, root);
    expect(metrics).toEqual({ eslint_errors: 0, eslint_warnings: 0, code_unparseable: 1 });
    expect(findings).toMatchObject([
      { file: 'src/sum.js', severity: 'error', metric: 'code_unparseable' },
      { file: 'test/fixtures/bad.js', severity: 'warning' },
    ]);
  });

  test('brought by nemesis: a linter that is declared and not run is told', async () => {
    const root = projectOf({
      'package.json': '{ "devDependencies": { "xo": "1" } }',
      'a.js': 'f();',
    });
    const { metrics, findings, summary } = await run(eslint, root);
    expect(metrics).toMatchObject({ eslint_errors: 0 });
    expect(summary).toBe('0 errors, 0 warnings in 1 file by nemesis’ rules; xo is not run');
    expect(findings).toMatchObject([
      { severity: 'info', message: expect.stringMatching(/^declares xo, which/) as string },
    ]);
  });

  test('brought by nemesis: remarks about foreign rules are no problem, whatever the exit code', async () => {
    const root = projectOf({ 'a.js': '// eslint-disable-next-line react/jsx-key\nvoid 0;\n' });
    expect(await run(eslint, root)).toMatchObject({ state: 'clean', evidence: { exitCode: 1 } });
  });
});

describe('prettier', () => {
  const files = {
    'package.json': '{ "scripts": { "format": "prettier --write src" } }\n',
    'src/a.js': 'export const one = 1;\n',
  };

  test('clean; then a file it would change and one it cannot read, both left as they are', async () => {
    const root = projectOf({ ...files, '.prettierrc': '{}\n' });
    expect(await run(prettier, root)).toMatchObject({
      state: 'clean',
      metrics: { prettier_compliant: true, prettier_unformatted: 0 },
    });
    writeFileSync(path.join(root, 'src/b.js'), 'export const two   = 2\n');
    writeFileSync(path.join(root, 'src/c.js'), 'export const three = (\n');
    const { state, metrics, findings } = await run(prettier, root);
    expect(state).toBe('findings');
    expect(metrics).toEqual({ prettier_compliant: false, prettier_unformatted: 2 });
    expect(findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
      'src/b.js unformatted',
      'src/c.js unreadable',
    ]);
    expect(readFileSync(path.join(root, 'src/b.js'), 'utf8')).toContain('two   = 2');
  });

  test('leaves nemesis’ own reports out', async () => {
    const root = projectOf({ '.prettierrc': '{}\n', '.nemesis/reports/a.json': '{"a":\n1}' });
    expect(await run(prettier, root)).toMatchObject({ state: 'clean' });
  });

  test('a broken config, and no Prettier at all', async () => {
    const root = projectOf({ ...files, '.prettierrc': '{ "semi": "maybe" }\n' });
    expect(await run(prettier, root)).toMatchObject({
      state: 'bad_config',
      evidence: { exitCode: 1 },
    });
    const missing = await run(prettier, projectOf(files, false));
    expect(missing).toMatchObject({ state: 'not_installed', metrics: {} });
  });
});

describe('tsc and tsconfig', () => {
  const options =
    '"strict": true, "target": "ES2022", "module": "nodenext", "types": [], "lib": ["ES5"]';
  const project = (more: string): string => `{ "compilerOptions": { ${options}${more} } }`;
  const wrong = "export const two: number = 'two';\n";

  test('a composite project is checked and nothing is written into it', async () => {
    const root = projectOf({ 'tsconfig.json': project(', "composite": true'), 'a.ts': wrong });
    const measured = await run(tsc, root);
    expect(measured).toMatchObject({ state: 'findings', metrics: { type_errors: 1 } });
    expect(measured.findings).toMatchObject([{ file: 'a.ts', line: 1, rule: 'TS2322' }]);
    expect(readdirSync(root).sort()).toEqual(['.nemesis', 'a.ts', 'node_modules', 'tsconfig.json']);
    expect(readdirSync(measured.workDir).sort()).toEqual(['stderr', 'stdout']);
  });

  test('a solution is checked by its references, where tsc itself would check nothing', async () => {
    const root = projectOf({
      'tsconfig.json':
        '{\n  // parts\n  "files": [], "references": [{ "path": "./app" }, { "path": "./node.json" }],\n}\n',
      'app/tsconfig.json': project(''),
      'app/a.ts': wrong,
      'node.json':
        '{ "compilerOptions": { "strict": false, "target": "ES2020", "types": [], "lib": ["ES5"] }, "files": ["b.ts"] }',
      'b.ts': 'export const one: string = 1;\n',
    });
    const measured = await run(tsc, root);
    expect(measured).toMatchObject({ state: 'findings', metrics: { type_errors: 2 } });
    expect(measured.findings.map(({ file }) => file)).toEqual(['app/a.ts', 'b.ts']);
    expect(await run(tsconfig, root)).toMatchObject({
      state: 'clean',
      metrics: { ts_strict: false, ts_no_implicit_any: false, ts_target: 'ES2020' },
    });
  });

  const MEMBERS = {
    'packages/a/package.json': '{}',
    'packages/a/tsconfig.json': project('').replace('true', 'false'),
    'packages/a/src/i.ts': wrong,
    'packages/b/package.json': '{}',
    'packages/b/tsconfig.json': project(''),
    'packages/b/i.ts': 'export {};\n',
    'examples/c/package.json': '{}',
    'examples/c/tsconfig.json': project(''),
    'examples/c/i.ts': wrong,
  };
  test.each<Record<string, string>>([
    { 'package.json': '{ "workspaces": ["packages/*"] }' },
    { 'package.json': '{ "workspaces": { "packages": ["./**", "!examples/**"] } }' },
    { 'pnpm-workspace.yaml': "packages:\n  # all\n  - 'packages/*'\n  - packages/a\nx: [1]\n" },
    {
      'package.json': '{ "workspaces": ["packages/*"] }',
      'tsconfig.json': '{ "files": [], "compilerOptions": {} }',
    },
  ])('a monorepo is checked workspace by workspace: %j', async (declared) => {
    const root = projectOf({ ...declared, ...MEMBERS });
    const measured = await run(tsc, root);
    expect(measured.findings).toMatchObject([{ file: 'packages/a/src/i.ts' }]);
    expect(await run(tsconfig, root)).toMatchObject({ metrics: { ts_strict: false } });
  });

  test.each([
    [false, '"strict": true, "strictNullChecks": false'],
    [false, '"strict": true, "useUnknownInCatchVariables": false'],
    [true, '"strict": true, "strictNullChecks": true'],
  ])('strict is %s with %s', async (expected, given) => {
    const files = { 'tsconfig.json': `{ "compilerOptions": { ${given} } }`, 'a.ts': 'export {};' };
    expect((await run(tsconfig, projectOf(files))).metrics).toMatchObject({
      ts_strict: expected,
      ts_no_implicit_any: true,
    });
  });

  test('a tsconfig that is cut, or extends one that is, is no config', async () => {
    const cut = '{\n  "compilerOptions": { "strict": true';
    const of = async (files: Record<string, string>) =>
      await run(tsconfig, projectOf({ ...files, 'a.ts': 'export {};' }));
    expect(await of({ 'tsconfig.json': cut })).toMatchObject({
      state: 'bad_config',
      why: "tsconfig.json:2: error TS1005: '}' expected.",
    });
    const extending = { 'tsconfig.json': '{ "extends": "./base.json" }', 'base.json': cut };
    expect(await of(extending)).toMatchObject({
      state: 'bad_config',
      why: "base.json:2: error TS1005: '}' expected.",
    });
  });

  test('the script’s own project and flags are used', async () => {
    const root = projectOf({
      'package.json':
        '{ "scripts": { "typecheck": "tsc --watch -p tsconfig.src.json --noUnusedLocals" } }',
      'tsconfig.json': '{ "include": ["gone"] }',
      'tsconfig.src.json': project(''),
      'a.ts': 'const unused = 1;\nexport {};\n',
    });
    expect((await run(tsc, root)).findings).toMatchObject([{ rule: 'TS6133' }]);
  });

  test('a broken config, and packages that are not installed', async () => {
    const root = projectOf({ 'tsconfig.json': project(', "strct": true'), 'a.ts': wrong });
    expect(await run(tsc, root)).toMatchObject({ state: 'bad_config', metrics: {} });
    const bare = projectOf(
      { 'package.json': '{ "dependencies": { "zod": "*" } }', 'tsconfig.json': project('') },
      false,
    );
    const onPath = [path.join(INSTALLED, 'typescript', 'bin')];
    expect(await run(tsc, bare, onPath)).toMatchObject({
      state: 'not_installed',
      why: 'dependencies are not installed',
      help: 'npm install',
    });
    expect(await run(tsc, projectOf({ 'tsconfig.json': '{}' }, false))).toMatchObject({
      state: 'not_installed',
    });
  });
});

describe('secrets', () => {
  /** Put together here, so that no scanner of this repository takes it for one. */
  const token = ['gh', 'p_', 'x7Kq2mZ9Lw4Tn8Rb3Vc6Yd1Hf5Jg0Ps7QaWe'].join('');

  test('secretlint finds one, by name, in a committed file that git ignores too; and keeps none', async () => {
    const root = projectOf({
      '.gitignore': '.env\nlocal.env\n',
      '.env': `TOKEN=${token}\n`,
      'local.env': `TOKEN=${token}\n`,
      'src/[id].js': `export const token = '${token}';\n`,
      'package-lock.json': `{ "integrity": "${token}" }\n`,
    });
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    execFileSync('git', ['add', '--force', '.env'], { cwd: root });
    const measured = await run(secretlint, root);
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: { secrets_found: 2, no_secrets_exposed: false },
    });
    expect(measured.findings.map(({ file }) => file).sort()).toEqual(['.env', 'src/[id].js']);
    expect(JSON.stringify(measured)).not.toContain(token);
    const files = readdirSync(measured.workDir);
    expect(files.sort()).toEqual(['report.json', 'stderr', 'stdout']);
    for (const file of files) {
      const text = readFileSync(path.join(measured.workDir, file), 'utf8');
      expect(text, file).not.toContain(token.slice(4));
    }
  });

  test('secretlint finds nothing, and has nothing to scan', async () => {
    expect(await run(secretlint, projectOf({ 'a.js': 'void 0;\n' }))).toMatchObject({
      state: 'clean',
      metrics: { secrets_found: 0, no_secrets_exposed: true },
    });
    expect(await run(secretlint, projectOf({ 'a.png': '' }))).toMatchObject({
      state: 'nothing_measured',
    });
  });

  test('gitleaks: what its report says in clear text is not kept', async () => {
    const leak = (File: string): object => ({
      ...{ RuleID: 'github-pat', Description: 'a token', File, StartLine: 1, StartColumn: 7 },
      ...{ Match: `TOKEN=${token}`, Secret: token, Author: 'Ada', Email: 'ada@example.org' },
    });
    const root = projectOf({ 'a.env': 'TOKEN=…\n' }, false);
    const report = JSON.stringify([leak('a.env'), leak('not-in-git.env')]);
    const bin = path.join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    const script = `#!/usr/bin/env node
      const at = process.argv.indexOf('--report-path');
      require('node:fs').writeFileSync(process.argv[at + 1], ${JSON.stringify(report)});
      process.exitCode = 42;`;
    writeFileSync(path.join(bin, 'gitleaks'), script);
    chmodSync(path.join(bin, 'gitleaks'), 0o755);
    const measured = await run(gitleaks, root, [bin]);
    expect(measured).toMatchObject({ state: 'findings', metrics: { secrets_found: 1 } });
    const kept = readFileSync(path.join(measured.workDir, 'report.json'), 'utf8');
    expect(kept).toContain('github-pat');
    for (const text of [kept, JSON.stringify(measured)]) {
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/Ada|ada@/);
    }
  });
});

/** `deploy:check --fix`: what the tools mend comes back to the user, and nothing else of theirs is touched. */

import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyProject, eventually, inGit, type Project } from './rig.ts';

const FIX = ['deploy:check', '--staged', '--fix'];
const REPOSITORY = path.dirname(path.dirname(import.meta.dirname));

/** Three lines far enough apart that a change of one is no change of another; the first is unformatted. */
const UGLY = 'export const   a = 1;\n\n\n// one\n// two\n// three\n\nexport const z = 26;\n';
const PRETTY = 'export const a = 1;\n\n// one\n// two\n// three\n\nexport const z = 26;\n';

/** The real prettier and eslint, one rule that can be mended. */
function shop(files: Readonly<Record<string, string>> = {}): Project {
  const project = emptyProject();
  project.write({
    'package.json':
      '{ "name": "shop", "type": "module", "devDependencies": { "eslint": "10", "prettier": "3" } }\n',
    '.gitignore': 'node_modules\n',
    '.prettierrc': '{ "singleQuote": true }\n',
    'eslint.config.js': "export default [{ rules: { 'no-var': 'error' } }];\n",
    'src/cart.js': 'export const total = 0;\n',
    ...files,
  });
  symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(project.root, 'node_modules'));
  inGit(project);
  return project;
}

const staged = (project: Project, file: string): string => project.git('show', `:${file}`);

describe('what is staged', () => {
  test('is mended by both tools, with the file in the work tree, and measured again', async () => {
    const project = shop({ 'src/other.js': UGLY });
    project.write({ 'src/cart.js': 'var   total = "none";\nexport { total };\n', 'run.js': UGLY });
    chmodSync(path.join(project.root, 'run.js'), 0o755);
    project.git('add', '--all');
    const { code, stdout, stderr } = await project.nemesis(FIX);
    expect(code).toBe(0);
    expect(stderr).toContain('mended    run.js\nmended    src/cart.js\n');
    expect(stdout).toContain('PASSED');
    const mended = "let total = 'none';\nexport { total };\n";
    expect(staged(project, 'src/cart.js')).toBe(mended);
    expect(project.read('src/cart.js')).toBe(staged(project, 'src/cart.js'));
    expect(project.read('run.js')).toBe(PRETTY);
    expect(statSync(path.join(project.root, 'run.js')).mode & 0o777).toBe(0o755);
    expect(project.git('ls-files', '--stage', 'run.js')).toMatch(/^100755 /);
    expect(project.read('src/other.js')).toBe(UGLY);
    expect(project.git('status', '--porcelain')).toBe('A  run.js\nM  src/cart.js\n');
    expect(project.git('stash', 'list')).toBe('');
    const again = await project.nemesis(FIX);
    expect(again.stderr).toContain('nothing that eslint or prettier could mend');
  });

  test('a change that is not staged survives, with the mending merged into it', async () => {
    const project = shop();
    project.write({ 'src/cart.js': UGLY });
    project.git('add', '--all');
    project.write({ 'src/cart.js': UGLY.replace('26', '27') });
    const { code } = await project.nemesis(FIX);
    expect(code).toBe(0);
    expect(staged(project, 'src/cart.js')).toBe(PRETTY);
    expect(project.read('src/cart.js')).toBe(PRETTY.replace('26', '27'));
    expect(project.git('status', '--porcelain')).toBe('MM src/cart.js\n');
  });

  test('where both meet in one line, both stay as they are', async () => {
    const project = shop();
    project.write({ 'src/cart.js': UGLY });
    project.git('add', '--all');
    const mine = UGLY.replace('a = 1', 'a = 2');
    project.write({ 'src/cart.js': mine });
    const { stderr, stdout } = await project.nemesis(FIX);
    expect(stderr).toContain(
      'left      src/cart.js: you changed the same lines since you staged them',
    );
    expect(stdout).toContain('prettier');
    expect(staged(project, 'src/cart.js')).toBe(UGLY);
    expect(project.read('src/cart.js')).toBe(mine);
  });

  test('a file that is deleted since, or has a filter of git on it, is left alone', async () => {
    const project = shop({ '.gitattributes': 'far.js filter=far\n' });
    project.write({ 'gone.js': UGLY, 'far.js': UGLY });
    project.git('config', 'filter.far.clean', 'cat');
    project.git('add', '--all');
    rmSync(path.join(project.root, 'gone.js'));
    const { stderr } = await project.nemesis(FIX);
    expect(stderr).toContain('left      far.js: the filter far of git is on it');
    expect(stderr).toContain('left      gone.js: it is no file in the work tree any more');
    expect(project.read('far.js')).toBe(UGLY);
    expect(staged(project, 'gone.js')).toBe(UGLY);
  });

  test('line ends of this user stay in the work tree, and those that are committed in the index', async () => {
    const project = shop();
    project.git('config', 'core.autocrlf', 'true');
    project.write({ 'src/cart.js': UGLY.replaceAll('\n', '\r\n') });
    project.git('add', '--all');
    await project.nemesis(FIX);
    expect(staged(project, 'src/cart.js')).toBe(PRETTY);
    expect(project.read('src/cart.js')).toBe(PRETTY.replaceAll('\n', '\r\n'));
    expect(project.git('status', '--porcelain')).toBe('M  src/cart.js\n');
  });

  test('names of every kind', async () => {
    const project = shop();
    const names = ['a b.js', '-dash.js', 'ünï.js', '[id].js', 'new\nline.js'];
    project.write(Object.fromEntries(names.map((name) => [name, UGLY])));
    project.git('add', '--all');
    await project.nemesis(FIX);
    for (const name of names) expect([name, project.read(name)]).toEqual([name, PRETTY]);
  });

  test('in a commit of named files nothing is mended', async () => {
    const project = shop();
    project.write({ 'src/cart.js': UGLY });
    const index = path.join(project.root, '.git/next-index-1.lock');
    project.git('add', '--all');
    writeFileSync(index, readFileSync(path.join(project.root, '.git/index')));
    const { code, stderr } = await project.nemesis(FIX, { env: { GIT_INDEX_FILE: index } });
    expect(code).toBe(3);
    expect(stderr).toContain('--fix mends nothing in a commit of named files');
    expect(project.read('src/cart.js')).toBe(UGLY);
  });

  test('killed while a tool mends, all is as it was', async () => {
    const project = emptyProject();
    project.write({
      'package.json': '{ "name": "shop", "devDependencies": { "eslint": "10" } }\n',
      '.gitignore': 'node_modules/\n',
      'eslint.config.js': 'export default [];\n',
    });
    inGit(project);
    project.write({ 'src/cart.js': UGLY });
    project.git('add', '--all');
    project.puppet('eslint', { files: { 'src/cart.js': 'half' }, hang: true });
    const running = project.start(FIX);
    await eventually('eslint mends', () => project.calls('eslint').length > 0);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(staged(project, 'src/cart.js')).toBe(UGLY);
    expect(project.read('src/cart.js')).toBe(UGLY);
    expect(project.calls('eslint')[0]?.argv[0]).toBe('--fix');
  });
});

describe('without --staged', () => {
  test('the changed files of the work tree are mended, and what is staged stays', async () => {
    const project = shop({ 'src/other.js': UGLY });
    project.write({ 'src/cart.js': UGLY, 'src/new.js': UGLY });
    project.git('add', 'src/cart.js');
    project.write({ 'src/cart.js': UGLY.replace('26', '27') });
    const { stderr } = await project.nemesis(['deploy:check', '--fix', '--gate', 'code']);
    expect(stderr).toContain('mended    src/cart.js\nmended    src/new.js\n');
    expect(project.read('src/cart.js')).toBe(PRETTY.replace('26', '27'));
    expect(project.read('src/new.js')).toBe(PRETTY);
    expect(project.read('src/other.js')).toBe(UGLY);
    expect(staged(project, 'src/cart.js')).toBe(UGLY);
    const { code } = await project.nemesis(['deploy:check', '--staged']);
    expect(code).toBe(0);
  });
});

/** `--output` as it is used: several at once, on standard output, where it cannot be written, and in GitHub Actions. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslintReport, mochaReport } from './reports.ts';
import { puppetProject, temporaryFolder, type Project } from './rig.ts';
import { toy } from './toy.ts';

function withErrors(project: Project): Project {
  const remark = { file: 'src/cart.js', line: 12, rule: 'no-undef', message: '`tax` is undefined' };
  project.puppet('eslint', { report: eslintReport(project.root, [remark]), exit: 1 });
  return project;
}

const MANY = ['sarif', 'junit', 'markdown', 'html', 'json', 'github', 'gitlab', 'pretty'];

test('several at once, each whole, and the words for people as ever', async () => {
  const project = withErrors(puppetProject());
  const folder = path.join(temporaryFolder(), 'not made yet', 'out, and more');
  const options = MANY.flatMap((kind) => ['--output', `${kind}=${path.join(folder, kind)}`]);
  const { code, stdout } = await project.nemesis(['deploy:check', ...options]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^BLOCKED by eslint_errors > 0/m);
  expect(readdirSync(folder).sort()).toEqual([...MANY].sort());
  const read = (kind: string) => readFileSync(path.join(folder, kind), 'utf8');
  expect(JSON.parse(read('sarif'))).toMatchObject({ version: '2.1.0' });
  expect(read('junit')).toMatch(/^<\?xml [^]*<failure [^]*<\/testsuites>\n$/);
  expect(read('markdown')).toMatch(/^### ❌ `shop`: BLOCKED\n[^]*<\/sub>\n$/);
  expect(read('html')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  expect(read('json')).toBe(project.read('.nemesis/reports/check.json'));
  expect(read('github')).toContain('::error file=src/cart.js,line=12,');
  expect(JSON.parse(read('gitlab'))).toContainEqual(
    expect.objectContaining({ check_name: 'eslint/no-undef', severity: 'major' }),
  );
  expect(read('pretty')).toContain('no-undef: `tax` is undefined');
  expect(project.git('status', '--porcelain')).toBe('');
});

test.each(['sarif', 'json', 'gitlab'])('%s alone takes the place of the words', async (kind) => {
  const project = withErrors(puppetProject());
  const { code, stdout } = await project.nemesis(['deploy:check', '--output', kind]);
  expect(code).toBe(1);
  expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  const dash = await project.nemesis(['deploy:check', '--output', `${kind}=-`, '--quiet']);
  expect(() => JSON.parse(dash.stdout) as unknown).not.toThrow();
});

test('--json is --output json, and files go beside it', async () => {
  const project = puppetProject();
  const argv = ['deploy:check', '--json', '--output', 'json', '--output', 'junit=.nemesis/a.xml'];
  const { code, stdout } = await project.nemesis(argv);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'nemesis.check/1' });
  expect(project.read('.nemesis/a.xml')).toContain('<testsuites');
});

test('a part of the gates has outputs too', async () => {
  const project = puppetProject();
  project.puppet('mocha', { report: mochaReport(project.root, 2, ['cart sums']), exit: 1 });
  const { code, stdout } = await project.nemesis(['test:unit', '--output', 'junit']);
  expect(code).toBe(1);
  expect(stdout).toContain('<testsuite name="unit (mocha)" tests="1" failures="1"');
});

describe('asked wrongly, before anything is measured', () => {
  test.each([
    [['sariff=a'], 'there is no output `sariff`\n  did you mean sarif?'],
    [['yaml'], 'there is no output `yaml`\n  kinds: json, sarif, junit'],
    [['sarif='], '--output sarif= names no file'],
    [['sarif', 'junit'], 'only one output can go to standard output; asked for sarif and junit'],
    [['html=src'], 'src is a folder; html goes to a file'],
    [['html=new/'], 'new/ is a folder; html goes to a file'],
    [['html=package.json/x.html'], 'package.json/x.html cannot be written: '],
    [['html=a.out', 'json=./a.out'], 'html and json cannot both be written to ./a.out'],
    [[`html=${'x'.repeat(300)}`], 'cannot be written: ENAMETOOLONG'],
    [['json=package.json'], 'package.json is tracked by git; json would replace it'],
    [['sarif=a.sarif', 'junit=./src/../src/cart.js'], 'src/cart.js is tracked by git'],
    [
      ['html=.git/config'],
      ".git/config is git's own\n  write it elsewhere: --output html=.nemesis",
    ],
    [['html=.git/hooks/new/pre-commit'], "is git's own"],
  ])('%j', async (outputs, said) => {
    const project = puppetProject();
    const options = outputs.flatMap((output) => ['--output', output]);
    const { code, stdout, stderr } = await project.nemesis(['deploy:check', ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(project.calls('eslint')).toEqual([]);
    expect(project.git('status', '--porcelain')).toBe('');
  });

  test('--json and another kind on standard output', async () => {
    const { code, stderr } = await puppetProject().nemesis([
      ...['deploy:check', '--json', '--output', 'sarif'],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('asked for sarif and json');
  });
});

describe('files', () => {
  test('of an earlier run are gone when this one has nothing to say', async () => {
    const project = puppetProject();
    project.write({ '.nemesis/old.sarif': 'of yesterday' });
    project.puppet('eslint', { hang: true });
    const running = project.start(['deploy:check', '--output', 'sarif=.nemesis/old.sarif']);
    while (project.calls('eslint').length === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(existsSync(path.join(project.root, '.nemesis/old.sarif'))).toBe(false);
  });

  test('that a tool makes impossible: the answer is told, and a yes without them is none', async () => {
    const project = puppetProject();
    project.puppet('eslint', { report: eslintReport(project.root), remove: 'out' });
    project.puppet('mocha', { report: mochaReport(project.root, 3), files: { out: 'a file' } });
    const argv = ['deploy:check', '--output', 'sarif=out/a.sarif', '--output', 'junit=ok.xml'];
    const yes = await project.nemesis(argv);
    expect(yes.code).toBe(3);
    expect(yes.stdout).toMatch(/^READY/m);
    expect(yes.stderr).toContain('out/a.sarif cannot be written: ');
    expect(project.read('ok.xml')).toContain('<testsuites');
    rmSync(path.join(project.root, 'out'));
    project.puppet('eslint', {
      ...{ report: withNoUndef(project), exit: 1, remove: 'out' },
    });
    const no = await project.nemesis(argv);
    expect(no.code).toBe(1);
    expect(no.stdout).toMatch(/^BLOCKED/m);
    expect(no.stderr).toContain('out/a.sarif cannot be written: ');
  });

  test('a link stays a link, a device is no file to replace, odd names are names', async () => {
    const project = puppetProject();
    const elsewhere = temporaryFolder();
    const target = path.join(elsewhere, 'target.json');
    const link = path.join(elsewhere, 'link.json');
    writeFileSync(target, 'old');
    symlinkSync(target, link);
    const odd = path.join(elsewhere, '-größe, 値=\n.xml');
    const argv = [`json=${link}`, 'html=/dev/null', `junit=${odd}`].flatMap((one) => [
      ...['--output', one],
    ]);
    const { code } = await project.nemesis(['deploy:check', ...argv]);
    expect(code).toBe(0);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toContain('nemesis.check/1');
    expect(readFileSync(odd, 'utf8')).toContain('<testsuites');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(elsewhere).sort()).toEqual([
      '-größe, 値=\n.xml',
      'link.json',
      'target.json',
    ]);
  });

  test('two ways to one file are one, also before it is there', async () => {
    const project = puppetProject();
    symlinkSync('x.json', path.join(project.root, 'link-to-x'));
    symlinkSync('.', path.join(project.root, 'here'));
    for (const other of ['link-to-x', 'here/x.json']) {
      const argv = ['deploy:check', '--output', 'json=x.json', '--output', `junit=${other}`];
      const { code, stderr } = await project.nemesis(argv);
      expect(code).toBe(2);
      expect(stderr).toContain(`json and junit cannot both be written to ${other}`);
    }
    const alone = await project.nemesis(['deploy:check', '--output', 'junit=link-to-x']);
    expect(alone.code).toBe(0);
    expect(lstatSync(path.join(project.root, 'link-to-x')).isSymbolicLink()).toBe(true);
    expect(project.read('x.json')).toContain('<testsuites');
  });

  test('that git keeps are reached by no link either', async () => {
    const project = puppetProject();
    const elsewhere = temporaryFolder();
    symlinkSync(path.join(project.root, 'package.json'), path.join(elsewhere, 'a'));
    symlinkSync(path.join(project.root, '.git', 'new'), path.join(elsewhere, 'b'));
    const before = project.read('package.json');
    for (const name of ['a', 'b']) {
      const argv = ['deploy:check', '--output', `json=${path.join(elsewhere, name)}`];
      expect((await project.nemesis(argv)).code).toBe(2);
    }
    expect(project.read('package.json')).toBe(before);
    expect(existsSync(path.join(project.root, '.git/new'))).toBe(false);
    // A name that git would take for a pattern is a name; what is deleted here is still git's to keep.
    const odd = await project.nemesis(['deploy:check', '--output', 'json=*.js']);
    expect(odd.code).toBe(0);
    rmSync(path.join(project.root, 'src/cart.js'));
    const gone = await project.nemesis(['deploy:check', '--output', 'json=src/cart.js']);
    expect(gone.stderr).toContain('src/cart.js is tracked by git');
  });

  test('are named from the folder the person is in', async () => {
    const project = puppetProject();
    const cwd = temporaryFolder();
    const argv = ['deploy:check', '--cwd', project.root, '--output', 'json=a.json'];
    expect((await project.nemesis(argv, { cwd })).code).toBe(0);
    expect(readdirSync(cwd)).toEqual(['a.json']);
  });
});

function withNoUndef(project: Project): string {
  const remark = { file: 'src/cart.js', line: 1, rule: 'no-undef', message: 'undefined' };
  return eslintReport(project.root, [remark]);
}

test('paths are seen from the top of the repository', async () => {
  const project = withErrors(puppetProject());
  rmSync(path.join(project.root, '.git'), { recursive: true });
  project.git('init', '--quiet', '..');
  const { stdout } = await project.nemesis(['deploy:check', '--output', 'gitlab']);
  const remarks = JSON.parse(stdout) as { check_name: string; location: { path: string } }[];
  const remark = remarks.find(({ check_name }) => check_name === 'eslint/no-undef')!;
  expect(remark.location.path).toBe('shop/src/cart.js');
});

describe('in GitHub Actions', () => {
  function action(project: Project, before = '') {
    const summary = path.join(project.home, 'summary.md');
    writeFileSync(summary, before);
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    return { env, summary: () => readFileSync(summary, 'utf8') };
  }

  test('annotations follow the words, and the summary is added to', async () => {
    const project = withErrors(puppetProject());
    const { env, summary } = action(project, 'of a step before\n');
    const { code, stdout } = await project.nemesis(['deploy:check'], { env });
    expect(code).toBe(1);
    const words = stdout.indexOf('BLOCKED by');
    const command = stdout.indexOf('::error file=src/cart.js,line=12,');
    expect(words).toBeGreaterThan(-1);
    expect(command).toBeGreaterThan(words);
    expect(summary()).toMatch(/^of a step before\n\n### ❌ `shop`: BLOCKED\n/);
  });

  test('whoever reads standard output, or wants one line, has no annotations there', async () => {
    const project = withErrors(puppetProject());
    const { env } = action(project);
    const json = await project.nemesis(['deploy:check', '--json'], { env });
    expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
    const quiet = await project.nemesis(['deploy:check', '--quiet'], { env });
    expect(quiet.stdout).not.toContain('::error');
    expect(quiet.stdout.split('\n')).toHaveLength(2);
  });

  test('a summary that is full or cannot be written changes no answer', async () => {
    const project = puppetProject();
    const full = action(project, 'x'.repeat(1024 * 1024 - 50));
    const { code, stderr } = await project.nemesis(['deploy:check'], { env: full.env });
    expect(code).toBe(0);
    expect(stderr).toContain('nothing was added to the summary of this step');
    expect(full.summary()).toHaveLength(1024 * 1024 - 50);
    const nowhere = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/nowhere/at/all.md' };
    expect((await project.nemesis(['deploy:check'], { env: nowhere })).code).toBe(0);
  });

  test('never more than a step may hold, together with what lies there', async () => {
    const project = withErrors(puppetProject());
    const { env, summary } = action(project, 'x'.repeat(1024 * 1024 - 1_500));
    await project.nemesis(['deploy:check'], { env });
    expect(summary().length).toBeGreaterThan(1024 * 1024 - 1_500);
    expect(Buffer.byteLength(summary())).toBeLessThan(1024 * 1024);
  });

  test('what a tool says while it runs commands nothing either', async () => {
    const project = puppetProject();
    const said = [
      '##[error]hi',
      'x ##[add-mask]foo',
      '::set-output name=a::b',
      '##vso[task.setvariable]',
    ];
    const commands = /^\s*(?:\|\s*)?::|##\[|##vso\[/m;
    project.puppet('mocha', { report: mochaReport(project.root, 1), stdout: said.join('\n') });
    const { env } = action(project);
    for (const argv of [['--verbose'], ['--verbose', '--json'], ['--verbose', '--quiet']]) {
      const { stderr } = await project.nemesis(['test:unit', ...argv], { env });
      expect(stderr).toContain('set-output name=a');
      expect(commands.exec(stderr)).toBeNull();
    }
    project.puppet('mocha', { stderr: said.join('\n'), exit: 1 });
    const logged = { env: { ...env, NEMESIS_LOG: 'debug' } };
    const { stderr } = await project.nemesis(['test:unit'], logged);
    expect(commands.exec(stderr)).toBeNull();
  });

  test('off is off', async () => {
    const project = withErrors(puppetProject());
    const { env, summary } = action(project);
    const { stdout } = await project.nemesis(['deploy:check'], {
      env: { ...env, NEMESIS_GITHUB: 'off' },
    });
    expect(stdout).not.toContain('::error');
    expect(summary()).toBe('');
  });

  test('elsewhere nothing happens by itself', async () => {
    const project = withErrors(puppetProject());
    const { env, summary } = action(project);
    const { stdout } = await project.nemesis(['deploy:check'], {
      env: { ...env, GITHUB_ACTIONS: undefined, GITLAB_CI: 'true', CI: 'true' },
    });
    expect(stdout).not.toContain('::error');
    expect(summary()).toBe('');
  });
});

test('an empty project is undecided in every document', async () => {
  const project = puppetProject();
  const empty = path.join(project.home, 'empty');
  mkdirSync(empty);
  const argv = ['deploy:check', '--cwd', empty, '--output', 'sarif'];
  const { code, stdout } = await project.nemesis(argv);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    runs: [{ invocations: [{ executionSuccessful: false }] }],
  });
});

describe('on the way of a release', () => {
  test(
    'the check leaves its files, and standard output stays the release',
    { timeout: 60_000 },
    async () => {
      const service = await toy();
      service.release({ name: 'v1' });
      const wrong = await service.nemesis('deploy:pipeline', '--output', 'sarif');
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain('write --output sarif=<path>');
      const file = path.join(temporaryFolder(), 'check.md');
      const argv = ['--until', 'test', '--output', `markdown=${file}`];
      const { code } = await service.nemesis('deploy:pipeline', ...argv);
      expect(code).toBe(0);
      expect(readFileSync(file, 'utf8')).toMatch(/^### /);
    },
  );
});

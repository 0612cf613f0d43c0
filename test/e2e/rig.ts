/** Temporary projects and the real `bin/nemesis.js`, started as a person or a CI job would. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
} from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, inject } from 'vitest';
import type { CheckJson } from '../../src/report/json.ts';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import { writePuppet, type Part } from './puppet.ts';
import { CLEAN_AUDIT, eslintReport, mochaReport } from './reports.ts';

/** Longer than anything takes on a machine that works; only a failing test waits this long. */
const BOUND_MS = 30_000;
export const hasProc = existsSync('/proc/self/environ');

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

interface StartOptions {
  readonly cwd?: string;
  /** Replaces variables of the small environment every start gets; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another Node than that of the tests, with its own arguments. */
  readonly node?: readonly string[];
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of the running test alone. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-e2e-')));
  folders.push(folder);
  return folder;
}

/** A PATH with nothing on it but git, node, npm and sh. */
function smallPath(home: string): string {
  const bin = path.join(home, 'bin');
  if (existsSync(bin)) return bin;
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, 'node'));
  for (const name of ['git', 'npm', 'sh']) {
    const found = resolveBinary(name, process.env['PATH'] ?? '');
    if (found.ok) symlinkSync(found.file, path.join(bin, name));
  }
  return bin;
}

export interface Project {
  readonly root: string;
  /** HOME of everything started here. */
  readonly home: string;
  write(files: Readonly<Record<string, string>>): void;
  read(file: string): string;
  puppet(name: string, ...parts: readonly Part[]): void;
  /** Arguments of each time a puppet was started. */
  calls(name: string): readonly { pid: number; argv: readonly string[]; run: string }[];
  git(...argv: readonly string[]): string;
  /** Runs nemesis to its end. */
  nemesis(argv: readonly string[], options?: StartOptions): Promise<Ended>;
  start(argv: readonly string[], options?: StartOptions): Running;
  /** `deploy:check --json`, read. */
  check(
    argv?: readonly string[],
    options?: StartOptions,
  ): Promise<Ended & { readonly json: CheckJson }>;
  /** What nemesis kept of the last check. */
  kept(): CheckJson;
}

export function emptyProject(): Project {
  const top = temporaryFolder();
  const root = path.join(top, 'shop');
  const home = path.join(top, 'home');
  mkdirSync(root);
  mkdirSync(home);
  const binDir = path.join(root, 'node_modules', '.bin');
  const start = (argv: readonly string[], options: StartOptions = {}): Running => {
    const problem = inject('packageProblem');
    if (problem !== '') throw new Error(`nemesis could not be built:\n${problem}`);
    const bin = path.join(inject('packageRoot'), 'bin', 'nemesis.js');
    const env = { PATH: smallPath(home), HOME: home, LANG: 'C.UTF-8', ...options.env };
    const [node = process.execPath, ...flags] = options.node ?? [];
    const child = spawn(node, [...flags, bin, ...argv], {
      cwd: options.cwd ?? root,
      env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: endOf(child) };
  };
  const project: Project = {
    root,
    home,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        writeFileSync(path.join(root, name), text);
      }
    },
    read: (file) => readFileSync(path.join(root, file), 'utf8'),
    puppet: (name, ...parts) => writePuppet(binDir, name, parts),
    calls(name) {
      const file = path.join(binDir, `${name}.calls`);
      if (!existsSync(file)) return [];
      // The last line may be half written: its puppet is still alive.
      const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as ReturnType<Project['calls']>[number]);
    },
    git(...argv) {
      const git = spawnSync('git', ['-c', 'core.quotePath=false', ...argv], {
        cwd: root,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: home },
      });
      if (git.status !== 0) throw new Error(`git ${argv.join(' ')}: ${git.stderr}`);
      return git.stdout;
    },
    start,
    nemesis: (argv, options) => start(argv, options).ended,
    async check(argv = [], options) {
      const ended = await start(['deploy:check', '--json', ...argv], options).ended;
      try {
        return { ...ended, json: JSON.parse(ended.stdout) as CheckJson };
      } catch {
        throw new Error(`exit ${ended.code}, no JSON: ${ended.stdout}\n${ended.stderr}`);
      }
    },
    kept: () => JSON.parse(project.read('.nemesis/reports/check.json')) as CheckJson,
  };
  return project;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`nemesis has not ended:\n${texts.stdout}\n${texts.stderr}`));
    }, BOUND_MS);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...texts });
    });
  });
}

const MANIFEST = {
  name: 'shop',
  version: '1.0.0',
  private: true,
  scripts: { test: 'mocha' },
  devDependencies: { eslint: '^10.0.0', mocha: '^11.0.0' },
};

/** A small healthy project in git whose tools are puppets that find nothing. */
export function puppetProject(): Project {
  const project = emptyProject();
  const { root } = project;
  const { name, version, devDependencies } = MANIFEST;
  project.write({
    'package.json': `${JSON.stringify(MANIFEST, null, 2)}\n`,
    'package-lock.json': JSON.stringify({
      name,
      version,
      lockfileVersion: 3,
      packages: {
        '': { name, version, devDependencies },
        'node_modules/eslint': { version: '10.0.0' },
        'node_modules/mocha': { version: '11.0.0' },
      },
    }),
    '.gitignore': 'node_modules/\n',
    'eslint.config.js': 'export default [];\n',
    'src/cart.js':
      '/** Their sum. */\nexport const total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n',
    'test/cart.test.js': 'it("sums", () => {});\n',
  });
  project.puppet('eslint', { report: eslintReport(root) });
  project.puppet('mocha', { report: mochaReport(root, 3) });
  project.puppet('gitleaks', { report: '[]' });
  project.puppet(
    'npm',
    { when: 'audit', stdout: CLEAN_AUDIT },
    { when: 'ls', stdout: JSON.stringify({ dependencies: { eslint: {}, mocha: {} } }) },
  );
  inGit(project);
  return project;
}

/** Makes the project a repository with one commit. */
export function inGit(project: Project): void {
  project.git('init', '--quiet', '--initial-branch=main');
  commitAll(project, 'first');
}

export function commitAll(project: Project, message: string): void {
  project.git('add', '--all');
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  project.git(...who, 'commit', '--quiet', '--message', message);
}

export function runnerIn(json: CheckJson, id: string): CheckJson['runners'][number] {
  const found = json.runners.find((runner) => runner.id === id);
  if (found === undefined)
    throw new Error(`no runner ${id} in ${json.runners.map((r) => r.id).join()}`);
  return found;
}

/** Values of the metrics that were measured. */
export function valuesIn({ metrics }: CheckJson): Readonly<Record<string, unknown>> {
  const measured = Object.entries(metrics).flatMap(([name, metric]) =>
    metric.kind === 'measured' ? [[name, metric.value] as const] : [],
  );
  return Object.fromEntries(measured);
}

/** Waits until it holds, within a bound; the message says what did not come. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = BOUND_MS,
): Promise<void> {
  const end = Date.now() + boundMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${boundMs} ms: ${what}`);
    await pause(20);
  }
}

/** Command lines of living processes that name this text. */
export function processesNaming(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(text));
}

/** Small git repositories for tests: files written, committed, changed. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { changeReader, type Change } from '../../../src/measure/change/change.ts';
import type { BaseQuestion } from '../../../src/measure/change/find-base.ts';

type Files = Readonly<Record<string, string | null>>;

export interface Repository {
  readonly root: string;
  git(...argv: readonly string[]): string;
  /** Null deletes. */
  write(files: Files): void;
  commit(message?: string): string;
  change(question?: Partial<BaseQuestion>): ReturnType<ReturnType<typeof changeReader>>;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function repository(files: Files = {}, branch = 'main'): Repository {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-change-')));
  folders.push(root);
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...argv], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    });
  const write = (written: Files): void => {
    for (const [name, text] of Object.entries(written)) {
      const file = path.join(root, name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
    }
  };
  const commit = (message = 'a change'): string => {
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD').trim();
  };
  git('init', '-q', '-b', branch);
  write(files);
  commit('the start');
  return {
    root,
    git,
    write,
    commit,
    change: (question = {}) => changeReader({ root, env: {}, ...question })(),
  };
}

/** What a second commit changes. */
export async function changeBetween(before: Files, after: Files): Promise<Change> {
  const { write, commit, change } = repository(before);
  write(after);
  commit();
  const read = await change({ asked: 'HEAD^' });
  if (read.kind !== 'change') throw new Error(`no change was read: ${read.why}`);
  return read.change;
}

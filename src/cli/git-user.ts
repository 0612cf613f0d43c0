/**
 * The name git would sign a commit with. To start git takes longer than to note an event, so the usual files are read
 * here, and whatever is unusual in them is left to git.
 */

import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Root } from '../config/find.ts';
import type { Io } from './io.ts';

/** Undefined where nobody has said; empty where somebody said so. */
export async function gitUserName(
  { root, repositoryTop }: Root,
  env: Io['env'],
): Promise<string | undefined> {
  for (const file of configFiles(repositoryTop, env)) {
    const found = userNameIn(file);
    if (found === 'ask git') break;
    if (found !== undefined) return found.name;
  }
  // Somebody may have said so for the whole machine, in a file only git knows the place of.
  const { askGit } = await import('../measure/git.ts');
  return askGit(root, 'config', 'user.name');
}

/** Those that may name a user, the one that counts first. */
function configFiles(repositoryTop: string | undefined, env: Io['env']): string[] {
  const home = env['HOME'] || os.homedir();
  return [
    ...(repositoryTop === undefined ? [] : [path.join(repositoryTop, '.git', 'config')]),
    path.join(home, '.gitconfig'),
    path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'git', 'config'),
  ];
}

const MOST_BYTES = 100_000;

function userNameIn(file: string): { readonly name: string } | 'ask git' | undefined {
  let text: string;
  try {
    // A worktree or a submodule: `.git` is a file, and the configuration elsewhere.
    if (path.basename(path.dirname(file)) === '.git' && !statSync(path.dirname(file)).isDirectory())
      return 'ask git';
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile() || stat.size > MOST_BYTES) return 'ask git';
    text = readFileSync(file, 'utf8');
  } catch {
    return 'ask git';
  }
  return isUnusual(text) ? 'ask git' : nameIn(text);
}

/** Other files drawn in, values over several lines, a configuration of each worktree. */
function isUnusual(text: string): boolean {
  return /^\s*\[\s*include|worktreeconfig|\\\r?$/im.test(text);
}

/** https://git-scm.com/docs/git-config#_syntax */
function nameIn(text: string): { readonly name: string } | 'ask git' | undefined {
  let section = '';
  let found: { readonly name: string } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, header, rest = ''] = /^\s*\[([^\]]*)\](.*)$/.exec(line) ?? [];
    if (header !== undefined) section = header.trim().toLowerCase();
    const said = header === undefined ? line : rest;
    const [, value] = /^\s*name\s*=(.*)$/i.exec(said) ?? [];
    if (section !== 'user' || value === undefined) {
      if (section === 'user' && /^\s*name\s*$/i.test(said)) return 'ask git';
      continue;
    }
    if (/["\\#;]/.test(value)) return 'ask git';
    found = { name: value.trim() };
  }
  return found;
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gitUserName } from '../../src/cli/git-user.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-git-user-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** A repository and a home with these configurations; what git itself says there is asked, too. */
async function names(local: string, home?: string): Promise<{ ours: unknown; gits: unknown }> {
  const root = path.join(folder, String((made += 1)));
  const homeFolder = path.join(root, 'home');
  mkdirSync(homeFolder, { recursive: true });
  execFileSync('git', ['init', '--quiet', root]);
  writeFileSync(path.join(root, '.git', 'config'), local);
  if (home !== undefined) writeFileSync(path.join(homeFolder, '.gitconfig'), home);
  const env = { ...process.env, HOME: homeFolder, XDG_CONFIG_HOME: path.join(homeFolder, 'xdg') };
  let gits: string | undefined;
  try {
    gits = execFileSync('git', ['config', 'user.name'], { cwd: root, env, encoding: 'utf8' });
  } catch {
    gits = undefined;
  }
  const ours = await gitUserName({ root, repositoryTop: root }, env);
  return { ours: ours?.trim(), gits: gits?.trim() };
}

const CORE = '[core]\n\trepositoryformatversion = 0\n';

describe('the name git knows', () => {
  it.each([
    [`${CORE}[user]\n\tname = Ada Lovelace\n`, undefined, 'Ada Lovelace'],
    [`${CORE}[user]\n\tname = Ada\n[User]\n  NAME=Grace\r\n`, undefined, 'Grace'],
    [`${CORE}[user] name = Ada\n`, '[user]\n\tname = Home\n', 'Ada'],
    [`${CORE}[user "name"]\n\tname = nobody\n`, '[user]\n\tname = Home\n', 'Home'],
    [`${CORE}[user]\n\tname =\n`, '[user]\n\tname = Home\n', ''],
    [CORE, '[user]\n\temail = home@example.org\n\tname = Home\n', 'Home'],
    [`${CORE}[user]\n\tname = "Ada # Lovelace" ; first\n`, undefined, 'Ada # Lovelace'],
    [`${CORE}[user]\n\tname = Ada \\\n  Lovelace\n`, undefined, 'Ada   Lovelace'],
    [`${CORE}[include]\n\tpath = more\n[user]\n\tname = Ada\n`, undefined, 'Ada'],
  ])('is found in %j and %j', async (local, home, name) => {
    const { ours, gits } = await names(local, home);
    expect(gits).toBe(name);
    expect(ours).toBe(name);
  });
});

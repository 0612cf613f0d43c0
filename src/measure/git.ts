/** Git, asked so that nothing of the judged repository runs: no hooks, no monitors, no prompts. */

import { spawnSync } from 'node:child_process';

const SAFE_SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  'protocol.ext.allow=never',
];

export function gitArguments(argv: readonly string[]): string[] {
  return ['--no-optional-locks', ...SAFE_SETTINGS.flatMap((setting) => ['-c', setting]), ...argv];
}

/** The user's environment without what a hook or a caller may have set about another repository. */
export function gitEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

/** Output of a read-only git command, trimmed; undefined when git is absent, fails or takes over 30 s. */
export function askGit(cwd: string, ...argv: readonly string[]): string | undefined {
  const git = spawnSync('git', gitArguments(argv), {
    cwd,
    env: gitEnvironment(),
    timeout: 30_000,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return git.status === 0 ? git.stdout.trim() : undefined;
}

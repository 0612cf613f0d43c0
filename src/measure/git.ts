/** Git, asked so that nothing of the judged repository runs: no hooks, no monitors, no prompts. */

const SAFE_SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  'protocol.ext.allow=never',
];
const LONGEST_MS = 30_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** Output of a read-only git command; undefined when git is absent, fails, or takes longer than 30 s. */
export async function askGit(cwd: string, ...argv: readonly string[]): Promise<string | undefined> {
  const { execa } = await import('execa');
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  const { failed, stdout } = await execa('git', ['--no-optional-locks', ...settings, ...argv], {
    cwd,
    env: gitEnvironment(process.env),
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    reject: false,
    stripFinalNewline: false,
    timeout: LONGEST_MS,
    maxBuffer: MOST_BYTES,
  });
  return failed ? undefined : stdout;
}

/** The user's environment without what a hook or a caller may have set about another repository. */
function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

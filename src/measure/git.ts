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
  const asked = await runGit({ cwd, argv });
  return asked.ok ? asked.stdout : undefined;
}

export interface GitCall {
  readonly cwd: string;
  readonly argv: readonly string[];
  /** On top of the user's environment, of which no `GIT_` variable is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  /** File names need not be text: `latin1` keeps every byte of them. */
  readonly encoding?: 'utf8' | 'latin1';
}

export type GitAnswer =
  | { readonly ok: true; readonly stdout: string }
  /** `said`: the last line git complained in. */
  | { readonly ok: false; readonly said: string };

/** The same with an environment, an input, and what git said when it failed. */
export async function runGit({ cwd, argv, env, input, encoding }: GitCall): Promise<GitAnswer> {
  const { execa } = await import('execa');
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  const { failed, stdout, stderr, shortMessage } = await execa(
    'git',
    ['--no-optional-locks', ...settings, ...argv],
    {
      cwd,
      env: { ...gitEnvironment(process.env), ...env },
      extendEnv: false,
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      encoding: encoding ?? 'utf8',
      reject: false,
      stripFinalNewline: false,
      timeout: LONGEST_MS,
      maxBuffer: MOST_BYTES,
    },
  );
  if (!failed) return { ok: true, stdout };
  const said = stderr.split('\n').findLast((line) => line.trim() !== '');
  return { ok: false, said: (said ?? shortMessage ?? 'git failed').replace(/^fatal: /, '') };
}

/** The user's environment without what a hook or a caller may have set about another repository. */
function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

/** The version a program tells of itself. */

import { readFileSync } from 'node:fs';
import { makeFolder } from '../config/make-folder.ts';
import type { ProcessEngine } from './process/contract.ts';

export interface VersionQuestion {
  /** Absolute path of the program. */
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A folder of this question's own; made when it is not there. */
  readonly outputDir: string;
}

/** The first version in what `--version` prints; undefined when there is none within ten seconds. */
export async function askVersion(
  { file, cwd, env, outputDir }: VersionQuestion,
  engine: ProcessEngine,
  signal: AbortSignal,
): Promise<string | undefined> {
  makeFolder(outputDir, 0o700);
  const { end, stdoutFile, stderrFile } = await engine.run(
    {
      file,
      argv: ['--version'],
      aside: true,
      cwd,
      env,
      outputDir,
      timeoutMs: 10_000,
      outputCapBytes: 64 * 1024,
    },
    signal,
  );
  if (end.kind !== 'exited' || end.code !== 0) return undefined;
  const said = readFileSync(stdoutFile, 'utf8') + readFileSync(stderrFile, 'utf8');
  return /\d+(?:\.\d+)+[\w.+-]*/.exec(said)?.[0];
}

/** npm itself, in a folder. */

import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { fail, ok, type Result } from '../../failure.ts';
import type { ProcessEngine } from '../../measure/process/contract.ts';
import { resolveBinary } from '../../measure/process/resolve-binary.ts';
import type { Project } from '../../measure/project.ts';

const WITHIN_MS = 600_000;

export interface Npm {
  run(cwd: string, argv: readonly string[], signal?: AbortSignal): Promise<Result<void, string>>;
}

export function npmOf(project: Project, engine: ProcessEngine, stateDir: string): Npm {
  return {
    async run(cwd, argv, signal) {
      const npm = resolveBinary('npm', project.path);
      if (!npm.ok) return fail('npm is not installed');
      const scratch = path.join(stateDir, 'tmp');
      makeFolder(scratch);
      const outputDir = mkdtempSync(path.join(scratch, 'npm-'));
      const { end, stderrFile } = await engine.run(
        {
          ...{ file: npm.file, argv, cwd, timeoutMs: WITHIN_MS, outputDir },
          outputCapBytes: 16 * 1024 * 1024,
          env: {
            ...project.environment('project'),
            npm_config_update_notifier: 'false',
            npm_config_fund: 'false',
            npm_config_audit: 'false',
          },
        },
        signal,
      );
      if (end.kind === 'exited' && end.code === 0) return ok(undefined);
      const said = readFileSync(stderrFile, 'utf8')
        .split('\n')
        .find((line) => /\S/.test(line));
      return fail(`npm ${argv[0] ?? ''} ${end.kind}: ${(said ?? 'said nothing').slice(0, 200)}`);
    },
  };
}

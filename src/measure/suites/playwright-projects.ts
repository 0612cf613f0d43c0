/** Which of a project's Playwright projects run: those named after a browser that nobody asked for are left out. */

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../config/make-folder.ts';
import type { Browser } from '../../config/suite.ts';
import { parseJson } from '../formats/parsed.ts';
import type { RunContext } from '../runner.ts';

const Listed = z.object({
  config: z.object({ projects: z.array(z.object({ name: z.string() })) }),
});

/** Names that say which engine they are. */
const ENGINES: Readonly<Record<string, Browser>> = {
  ...{ chromium: 'chromium', chrome: 'chromium', 'google chrome': 'chromium', edge: 'chromium' },
  ...{ 'microsoft edge': 'chromium', firefox: 'firefox', webkit: 'webkit', safari: 'webkit' },
};

export interface ChosenProjects {
  /** Arguments that choose them; none where all run. */
  readonly args: readonly string[];
  readonly leftOut: readonly string[];
}

const ALL: ChosenProjects = { args: [], leftOut: [] };

/** @param names of all projects of the configuration */
export function chooseProjects(
  names: readonly string[],
  browsers: readonly Browser[],
): ChosenProjects {
  const leftOut = names.filter((name) => {
    const engine = ENGINES[name.trim().toLowerCase()];
    return engine !== undefined && !browsers.includes(engine);
  });
  const kept = names.filter((name) => !leftOut.includes(name));
  // A team that tests in one other browser alone has decided so.
  if (leftOut.length === 0 || kept.length === 0) return ALL;
  return { args: kept.map((name) => `--project=${name}`), leftOut };
}

/** Asks Playwright for the projects of its configuration; where it cannot say, all run and it tells why itself. */
export async function projectsToRun(
  file: string,
  args: readonly string[],
  browsers: readonly Browser[] | undefined,
  env: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<ChosenProjects> {
  const isChosen = args.some((word) => /^--project(=|$)/.test(word));
  if (browsers === undefined || isChosen) return ALL;
  const { project, workDir, engine, signal } = context;
  const outputDir = path.join(workDir, 'projects');
  makeFolder(outputDir);
  const outcome = await engine.run(
    {
      file,
      argv: ['test', '--list', '--reporter=json', ...args],
      cwd: project.root,
      env: { ...project.environment('project'), ...env },
      timeoutMs: Math.min(60_000, context.timeoutMs),
      outputCapBytes: context.outputCapBytes,
      outputDir,
      aside: true,
    },
    signal,
  );
  const text = outcome.end.kind === 'exited' ? readFileSync(outcome.stdoutFile, 'utf8') : '';
  rmSync(outputDir, { recursive: true, force: true });
  const listed = parseJson(text, Listed);
  if (!listed.ok) return ALL;
  return chooseProjects(
    listed.value.config.projects.map(({ name }) => name),
    browsers,
  );
}

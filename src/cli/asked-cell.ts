/** The cell of the build matrix that `--cell` says this machine is. */

import path from 'node:path';
import { ok, type Result } from '../failure.ts';
import type { Cell } from '../judge/matrix.ts';
import { askVersion } from '../measure/ask-version.ts';
import type { ProcessEngine } from '../measure/process/contract.ts';
import type { Project } from '../measure/project.ts';
import type { AskedCheck } from './asked-check.ts';
import { cellOf } from './cell.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';

interface CellPlace {
  readonly project: Project;
  readonly engine: ProcessEngine;
  readonly runId: string;
  readonly io: Io;
}

/** Asks the tools it names for their versions. */
export async function cellAsked(
  { cell }: AskedCheck,
  { loaded, stateDir }: Session,
  { project, engine, runId, io }: CellPlace,
): Promise<Result<Cell | undefined>> {
  if (cell === undefined) return ok(undefined);
  const outputDir = path.join(stateDir, 'tmp', runId, 'cell');
  return cellOf(cell, loaded.agents, {
    platform: process.platform,
    path: project.path,
    versionOf: (file) =>
      askVersion(
        { file, cwd: project.root, env: project.environment('analyser'), outputDir },
        engine,
        io.signal,
      ),
  });
}

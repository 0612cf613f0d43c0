/** What a runner leaves behind, made fit to be seen and put where people look for it. */

import { chmodSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import type { Redact } from '../measure/redact.ts';
import type { MeasureContext } from './measure-gate.ts';
import { redactFile } from './redact-file.ts';

/** Only whole reports are published; nothing ever reads the work folder of another run. */
export function publish(
  workDir: string,
  reportDir: string,
  { signal, redact }: Pick<MeasureContext, 'signal' | 'redact'>,
): void {
  rmSync(reportDir, { recursive: true, force: true });
  if (signal.aborted) {
    rmSync(workDir, { recursive: true, force: true });
    return;
  }
  if (!existsSync(workDir)) return;
  redactFolder(workDir, redact);
  makeFolder(path.dirname(reportDir), 0o700);
  renameSync(workDir, reportDir);
}

/** What a link points at is none of the tool's words, and is left alone. */
function redactFolder(folder: string, redact: Redact): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      chmodSync(file, 0o700);
      redactFolder(file, redact);
    } else if (entry.isFile()) redactFile(file, redact);
  }
}

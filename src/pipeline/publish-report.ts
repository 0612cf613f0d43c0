/** What a runner leaves behind, made fit to be seen and put where people look for it. */

import { isUtf8 } from 'node:buffer';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Redact } from '../measure/redact.ts';
import type { MeasureContext } from './measure-gate.ts';

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
  mkdirSync(path.dirname(reportDir), { recursive: true, mode: 0o700 });
  renameSync(workDir, reportDir);
}

const LARGEST_REDACTED = 8 * 1024 * 1024;

/** What a link points at is none of the tool's words, and is left alone. */
function redactFolder(folder: string, redact: Redact): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      chmodSync(file, 0o700);
      redactFolder(file, redact);
    } else if (entry.isFile() && statSync(file).size <= LARGEST_REDACTED) redactFile(file, redact);
  }
}

/** Bytes that are no UTF-8 stay what they are. The file is made anew: it may be a second name of another. */
function redactFile(file: string, redact: Redact): void {
  const bytes = readOrRemove(file);
  if (bytes === undefined) return;
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const redacted = redact(text);
  if (redacted === text) return;
  rmSync(file);
  writeFileSync(file, redacted, { encoding, mode: 0o600, flag: 'wx' });
}

/** What cannot be read cannot be redacted, and is not published. */
function readOrRemove(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    rmSync(file, { force: true });
    return undefined;
  }
}

/** Keeps the trace of a page, without the secrets that were typed, sent or answered. */

import { isUtf8 } from 'node:buffer';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import type { Redact } from '../redact.ts';
import { readZip, writeZip } from './zip.ts';

/** @returns whether it was kept */
export async function keepTrace(
  context: BrowserContext,
  file: string,
  redact: Redact,
): Promise<boolean> {
  // What holds secrets never lies in the project.
  const draft = await mkdtemp(path.join(os.tmpdir(), 'nemesis-trace-')).catch(() => undefined);
  if (draft === undefined) return false;
  try {
    const whole = path.join(draft, 'trace.zip');
    await context.tracing.stop({ path: whole });
    const entries = readZip(await readFile(whole));
    if (entries === undefined) return false;
    const clean = entries.map(({ name, content }) => ({ name, content: cleaned(content, redact) }));
    await writeFile(file, writeZip(clean), { mode: 0o600 });
    return true;
  } catch {
    return false;
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
  }
}

function cleaned(content: Buffer, redact: Redact): Buffer {
  if (!isUtf8(content)) return content;
  return Buffer.from(redact(withoutTokens(content.toString('utf8'))));
}

/** `"accessToken": "…"`, also where that is text inside of JSON, and headers as HAR lists them. */
const NAMED =
  /(\\*")([\w-]{0,40}(?:token|secret|password|authorization|cookie)[\w-]{0,40})\1(\s*:\s*)\1(?:[^"\\]|\\(?!\\*"))*\1/gi;
const HEADER =
  /("name"\s*:\s*"(?:proxy-)?(?:authorization|(?:set-)?cookie)"\s*,\s*"value"\s*:\s*")(?:[^"\\]|\\.)*"/gi;

export function withoutTokens(text: string): string {
  return text
    .replace(HEADER, '$1[redacted]"')
    .replace(NAMED, (_, quote: string, name: string, colon: string) =>
      [quote, name, quote, colon, quote, '[redacted]', quote].join(''),
    );
}

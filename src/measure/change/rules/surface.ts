/**
 * What of a change its users can see: names they import, commands and options they type, variables they set, versions
 * they need. Only what a diff shows reliably; behaviour behind an unchanged name cannot be seen here.
 */

import type { Change } from '../change.ts';
import type { ChangedFile, Line } from '../diff.ts';
import { newLines } from '../moved.ts';
import { familyOf, roleOf } from '../roles.ts';
import { manifestChanges, manifestKind } from './manifest.ts';
import { isPublished, namesChanged, type Publication } from './public-names.ts';

export interface SurfaceChange {
  readonly file: string;
  readonly line?: number;
  /** `the option --format is new`. */
  readonly said: string;
}

export async function surfaceChanges(change: Change): Promise<readonly SurfaceChange[]> {
  const found: SurfaceChange[] = [];
  const fresh = newLines(change.files);
  const gone = newLines(change.files.map(reversed));
  const published: Publication = isPublished(change);
  for (const file of change.files) {
    if (manifestKind(file.path) !== undefined) found.push(...(await manifestChanges(file, change)));
    if (roleOf(file.path) !== 'source' || file.special === true) continue;
    const [added, removed] = [fresh.get(file.path) ?? [], gone.get(file.path) ?? []];
    found.push(...optionsIn(file.path, added, removed));
    found.push(...(await variablesIn(file.path, added, removed, change)));
    found.push(...(await namesChanged(file, change, published)));
  }
  return found;
}

/** The change taken back: what was removed is what would be new. */
export function reversed(file: ChangedFile): ChangedFile {
  return { ...file, added: file.removed, removed: file.added };
}

const OPTION =
  /(?:\.(?:option|requiredOption|addOption|add_argument|positional)|click\.option|typer\.Option|new Option|flags\s*:)\W{1,20}?(?:-\w[\s,'"/|]{1,6})?(--[a-z][\w-]*)/g;

/** commander, yargs in its long form, argparse, click, typer; `flags: '--json'` in a table of options. */
function optionsIn(
  file: string,
  added: readonly Line[],
  removed: readonly Line[],
): SurfaceChange[] {
  const [now, before] = [namesIn(added, OPTION), namesIn(removed, OPTION)];
  return [
    ...[...now]
      .filter(([name]) => !before.has(name))
      .map(([name, line]) => ({ file, line, said: `the option ${name} is new` })),
    ...[...before]
      .filter(([name]) => !now.has(name))
      .map(([name]) => ({ file, said: `the option ${name} is gone` })),
  ];
}

const VARIABLE =
  /(?:process\.env\.|process\.env\[['"]|import\.meta\.env\.|Deno\.env\.get\(['"]|os\.environ(?:\.get\(|\[)\s*['"]|os\.getenv\(\s*['"])([A-Z][A-Z0-9_]{2,60})/g;
/** Set by the system and not by who uses the project. */
const NOT_OURS = new Set([
  ...[
    'NODE_ENV',
    'CI',
    'PATH',
    'HOME',
    'USER',
    'PWD',
    'SHELL',
    'TERM',
    'LANG',
    'TMPDIR',
    'TEMP',
    'TMP',
  ],
  ...['DEBUG', 'VITEST', 'JEST_WORKER_ID', 'MODE', 'DEV', 'PROD', 'SSR', 'APPDATA', 'USERPROFILE'],
]);

async function variablesIn(
  file: string,
  added: readonly Line[],
  removed: readonly Line[],
  change: Change,
): Promise<SurfaceChange[]> {
  const [now, before] = [namesIn(added, VARIABLE), namesIn(removed, VARIABLE)];
  const found: SurfaceChange[] = [];
  for (const [name, line] of now) {
    if (NOT_OURS.has(name) || before.has(name) || (await change.wasKnown(name))) continue;
    found.push({ file, line, said: `the environment variable ${name} is new` });
  }
  const text = change.now(file) ?? '';
  for (const [name] of before) {
    if (NOT_OURS.has(name) || now.has(name) || text.includes(name)) continue;
    found.push({ file, said: `the environment variable ${name} is no longer read here` });
  }
  return found;
}

function namesIn(lines: readonly Line[], pattern: RegExp): Map<string, number> {
  const names = new Map<string, number>();
  for (const { line, text } of lines) {
    if (/^\s*(\/\/|#|\*)/.test(text)) continue;
    for (const match of text.slice(0, 2_000).matchAll(pattern)) {
      if (match[1] !== undefined && !names.has(match[1])) names.set(match[1], line);
    }
  }
  return names;
}

/** A file that only documents is no surface; whether one was changed is what the rule asks for. */
export function isDocumentation(file: ChangedFile): boolean {
  return roleOf(file.path) === 'docs' && familyOf(file.path) === undefined;
}

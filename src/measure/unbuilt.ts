/**
 * Packages of this repository whose output is not there yet. After a fresh clone every import of one fails, and
 * hundreds of errors of tests and compiler all mean: build first.
 */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project.ts';

/** More than any monorepo has. */
const MOST_PACKAGES = 2000;
const BUILDS = ['build', 'compile', 'build:all', 'build:packages'];

export interface Unbuilt {
  readonly why: string;
  readonly help?: string;
}

/** Undefined when none of these messages is about importing a package that still has to be built. */
export function unbuiltIn(project: Project, messages: readonly string[]): Unbuilt | undefined {
  const unresolved = messages.filter((text) => /Cannot find|Failed to|not found/.test(text));
  if (unresolved.length === 0) return undefined;
  const named = unbuiltPackages(project).filter((name) =>
    unresolved.some((text) => isNamedIn(text, name)),
  );
  const [first] = named;
  if (first === undefined) return undefined;
  const others = named.length === 1 ? '' : ` and ${named.length - 1} more`;
  const why = `packages of this repository are not built: ${first}${others}`;
  const help = buildCommand(project);
  return help === undefined ? { why } : { why, help };
}

/** Quoted, and whole: `'@shop/money'`, `"@shop/money/dist/tax"`. */
function isNamedIn(text: string, name: string): boolean {
  return [`'${name}'`, `'${name}/`, `"${name}"`, `"${name}/`].some((quoted) =>
    text.includes(quoted),
  );
}

/** What `npm test` would do first comes first. */
function buildCommand({ scripts, packageManager }: Project): string | undefined {
  const script = ['pretest', ...BUILDS].find((name) => scripts[name] !== undefined);
  return script === undefined ? undefined : `${packageManager} run ${script}`;
}

function unbuiltPackages({ root, files }: Project): string[] {
  return files
    .filter((file) => file.endsWith('/package.json'))
    .slice(0, MOST_PACKAGES)
    .flatMap((file) => unbuiltName(path.join(root, file)) ?? []);
}

function unbuiltName(file: string): string | undefined {
  const manifest = readObject(file);
  const { name, main, module, types, exports } = manifest;
  if (typeof name !== 'string' || name === '') return undefined;
  const entries = [main, module, types, exports].flatMap((value) => pathsIn(value));
  const isThere = (entry: string): boolean =>
    ['', '.js', '.ts'].some((ending) => existsSync(path.join(path.dirname(file), entry + ending)));
  return entries.length > 0 && !entries.some(isThere) ? name : undefined;
}

function readObject(file: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** Files that `main` or `exports` lead to; patterns and package.json itself say nothing about a build. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return /\*|(^|\/)package\.json$/.test(value) || value === '' ? [] : [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

/** Asks a tool about some files of a project only, as far as the project's own script asks about them at all. */

import { globMatcher, isBalanced } from '../judge/glob.ts';
import type { Project } from './project.ts';

/** Bytes of file names in one command: well under what Linux (2 MiB) and macOS (1 MiB) allow. */
const MOST_BYTES = 384 * 1024;

/**
 * The files to name to a tool in place of `paths`, those of its script; undefined when it shall look for itself:
 * because all is asked about, or because the names would not fit into a command.
 */
export function filesToName(
  { concerned }: Project,
  paths: readonly string[] = [],
): readonly string[] | undefined {
  if (concerned === undefined) return undefined;
  const bytes = concerned.reduce((sum, file) => sum + Buffer.byteLength(file) + 16, 0);
  if (bytes > MOST_BYTES) return undefined;
  return concerned.filter((file) => isAmong(file, paths)).map(asPath);
}

/** Whether a finding in this file counts. */
export function isConcerned({ concerned }: Project, file: string): boolean {
  if (concerned === undefined) return true;
  return setOf(concerned).has(file);
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function setOf(files: readonly string[]): ReadonlySet<string> {
  const known = sets.get(files) ?? new Set(files);
  sets.set(files, known);
  return known;
}

/** No file name is taken for a flag. */
function asPath(file: string): string {
  return /^[-!@]/.test(file) ? `./${file}` : file;
}

/** As tools read the paths of their command line: files, folders, patterns, and patterns that take out. */
export function isAmong(file: string, paths: readonly string[]): boolean {
  const out = paths.filter((path) => path.startsWith('!')).map((path) => path.slice(1));
  const into = paths.filter((path) => !path.startsWith('!'));
  const isIn = into.length === 0 || into.some((path) => covers(path, file));
  return isIn && !out.some((path) => covers(path, file));
}

function covers(path: string, file: string): boolean {
  const plain = path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  if (plain === '' || plain === '.') return true;
  if (file === plain || file.startsWith(`${plain}/`)) return true;
  // `packages/*` stands for the folders, and for all that lies in them; what cannot be read leaves nothing out.
  return !isBalanced(plain) || globMatcher(plain, { classes: true, below: true })(file);
}

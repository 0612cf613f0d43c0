/** What users see of package.json, pyproject.toml and setup.cfg: commands, entry points, the versions they need. */

import type { Change } from '../change.ts';
import type { ChangedFile } from '../diff.ts';
import { roleOf } from '../roles.ts';
import type { SurfaceChange } from './surface.ts';

export function manifestKind(file: string): 'npm' | 'python' | undefined {
  const folder = file.replace(/[^/]*$/, 'index.js');
  if (['test', 'support', 'generated'].includes(roleOf(folder))) return undefined;
  if (/(^|\/)package\.json$/.test(file)) return 'npm';
  return /(^|\/)(pyproject\.toml|setup\.cfg|setup\.py)$/.test(file) ? 'python' : undefined;
}

export async function manifestChanges(file: ChangedFile, change: Change): Promise<SurfaceChange[]> {
  // A manifest that came or went is a package that did: its README is asked for by its sources.
  if (file.status === 'added' || file.status === 'deleted') return [];
  const before = (await change.before(file.oldPath ?? file.path)) ?? '';
  const now = change.now(file.path) ?? '';
  const [old, fresh] =
    manifestKind(file.path) === 'npm'
      ? [npmFacts(before), npmFacts(now)]
      : [pythonFacts(before), pythonFacts(now)];
  if (old === undefined || fresh === undefined) return [];
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].filter(
    (key) => old.get(key) !== fresh.get(key),
  );
  const lineOf = (key: string): number | undefined => {
    const word = key.split('.').at(-1)!;
    return file.added.find(({ text }) => text.includes(word))?.line ?? file.added[0]?.line;
  };
  return keys.map((key) => {
    const line = lineOf(key);
    return { file: file.path, ...(line === undefined ? {} : { line }), said: `${key} changed` };
  });
}

/** Whether others import from it: a private one that says what it exports is published from another folder. */
export function isLent(manifest: Readonly<Record<string, unknown>>): boolean {
  return (
    manifest['private'] !== true ||
    ['exports', 'module', 'types'].some((key) => Object.hasOwn(manifest, key))
  );
}

/** Keys that say how the package is used; of `exports` the names, not where they lead. */
function npmFacts(text: string): ReadonlyMap<string, string> | undefined {
  let manifest: Record<string, unknown>;
  try {
    manifest = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof manifest !== 'object' || manifest === null) return undefined;
  const facts = new Map<string, string>();
  const isPrivate = !isLent(manifest);
  const add = (name: string, value: unknown): void => {
    if (value !== undefined) facts.set(name, JSON.stringify(value));
  };
  if (!isPrivate) add('name', manifest['name']);
  add('type', isPrivate ? undefined : manifest['type']);
  add('bin', keysOf(manifest['bin']) ?? manifest['bin']);
  if (!isPrivate)
    add(
      'exports',
      keysOf(manifest['exports'])?.filter((key) => key.startsWith('.')),
    );
  add(
    'engines.node',
    keysOf(manifest['engines']) && (manifest['engines'] as Record<string, unknown>)['node'],
  );
  if (!isPrivate) add('peerDependencies', majorsOf(manifest['peerDependencies']));
  return facts;
}

function keysOf(value: unknown): string[] | undefined {
  return typeof value === 'object' && value !== null ? Object.keys(value).sort() : undefined;
}

/** `^18.2.0 || 19` says 18 and 19: what is raised within a major is nobody's documentation. */
function majorsOf(value: unknown): string[] | undefined {
  return keysOf(value)?.map((name) => {
    const range = String((value as Record<string, unknown>)[name]);
    return `${name} ${[...new Set(range.match(/(?<![\d.])\d+/g) ?? [])].join()}`;
  });
}

const SECTIONS =
  /^\[(project\.scripts|project\.gui-scripts|project\.entry-points[^\]]*|project\.optional-dependencies|tool\.poetry\.(?:scripts|extras|plugins[^\]]*)|options\.entry_points|options\.extras_require)\]$/;
const LINES = /^\s*(requires-python|python_requires|name)\s*=\s*(.*?),?\s*$/;

/** Not a parser of TOML: the lines below some headers, and some keys. */
function pythonFacts(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  let section: string | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/\s+#.*$|^#.*$/, '').trim();
    if (/^\[/.test(line)) section = SECTIONS.exec(line)?.[1];
    const key = /^["']?([\w.-]+)["']?\s*=/.exec(line)?.[1];
    if (section !== undefined && key !== undefined) facts.set(`${section}.${key}`, '');
    const [, name, value] = LINES.exec(line) ?? [];
    if (section === undefined && name !== undefined && name !== 'name')
      facts.set(name.replace('python_requires', 'requires-python'), value!.replace(/["'\s]/g, ''));
  }
  return facts;
}

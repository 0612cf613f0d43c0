/** Which folder is judged, and where its configuration lies. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** In the order cosmiconfig looks; no code files: a judged repository executes nothing by being read. */
export const CONFIG_PLACES = [
  'nemesis.config.yaml',
  'nemesis.config.yml',
  'nemesis.config.json',
  '.nemesisrc',
  'package.json',
] as const;

const MANIFESTS = [
  'package.json',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'go.mod',
  'Cargo.toml',
  'pom.xml',
];

export interface Root {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Top of the git work tree; undefined outside one. */
  readonly repositoryTop: string | undefined;
}

/**
 * The nearest folder with a nemesis configuration, else with a manifest, else the top of the repository, else
 * the folder itself; never above the repository.
 * @param hasConfig whether a folder holds a configuration (`package.json` counts only with a `nemesis` key)
 */
export function findRoot(cwd: string, hasConfig: (folder: string) => boolean): Root {
  const start = realpathSync.native(cwd);
  const folders = upward(start);
  const topIndex = folders.findIndex((folder) => existsSync(path.join(folder, '.git')));
  const inside = topIndex < 0 ? [start] : folders.slice(0, topIndex + 1);
  const holds = (names: readonly string[]) => (folder: string) =>
    names.some((name) => existsSync(path.join(folder, name)));
  const root = inside.find(hasConfig) ?? inside.find(holds(MANIFESTS)) ?? inside.at(-1) ?? start;
  return { root, repositoryTop: topIndex < 0 ? undefined : folders[topIndex] };
}

function upward(start: string): string[] {
  const folders = [start];
  for (let folder = start; folder !== path.dirname(folder);) {
    folder = path.dirname(folder);
    folders.push(folder);
  }
  return folders;
}

/** Whether a folder holds a configuration; `package.json` counts only with a `nemesis` key. */
export function hasConfig(folder: string): boolean {
  return CONFIG_PLACES.some((name) => {
    const file = path.join(folder, name);
    if (name !== 'package.json') return existsSync(file);
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    return isFile && holdsOurKey(readFileSync(file, 'utf8'));
  });
}

/** A package.json that is broken counts when it seems to have the key: silence would hide the mistake. */
export function holdsOurKey(manifest: string): boolean {
  if (!manifest.includes('"nemesis"')) return false;
  try {
    const parsed: unknown = JSON.parse(manifest.replace(/^\ufeff/, ''));
    return typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, 'nemesis');
  } catch {
    return /"nemesis"\s*:/.test(manifest);
  }
}

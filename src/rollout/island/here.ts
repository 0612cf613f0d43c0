/** What the folder says that an emergency is asked in, as far as it can be read without understanding it. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

const CONFIGS = ['nemesis.config.yaml', 'nemesis.config.yml', 'nemesis.config.json', '.nemesisrc'];
const MOST_BYTES = 1024 * 1024;

export interface Here {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** The nearest folder with a configuration or a `.nemesis`, else the folder itself. */
  readonly root: string;
  /** What a configuration calls the service, even one that is broken elsewhere. */
  readonly service: string | undefined;
}

export function lookAround(cwd: string): Here {
  const folder = realOf(cwd);
  const root = rootOf(folder);
  const config = CONFIGS.map((name) => path.join(root, name)).find((file) => existsSync(file));
  return { folder, root, service: config === undefined ? undefined : serviceIn(config) };
}

function realOf(cwd: string): string {
  try {
    return realpathSync(cwd);
  } catch {
    return path.resolve(cwd);
  }
}

function rootOf(start: string): string {
  for (let folder = start; ;) {
    const names = [...CONFIGS, '.nemesis'];
    if (names.some((name) => existsSync(path.join(folder, name)))) return folder;
    const above = path.dirname(folder);
    if (above === folder || existsSync(path.join(folder, '.git'))) return start;
    folder = above;
  }
}

/** YAML and JSON alike: one line at the top level. */
function serviceIn(file: string): string | undefined {
  try {
    if (statSync(file).size > MOST_BYTES) return undefined;
    const text = readFileSync(file, 'utf8');
    return /^\s{0,4}["']?service["']?\s*:\s*["']?([\w.@/-]{1,100})/m.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

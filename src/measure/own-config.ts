/** Where the rule sets nemesis brings along lie: `config/` of its package, from the sources and from the bundle. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute. Throws when nemesis' own package is broken. */
export function ownConfig(name: string): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (folder !== path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest) && nameIn(manifest) === 'nemesis') {
      return path.join(folder, 'config', name);
    }
    folder = path.dirname(folder);
  }
  throw new Error(`nemesis' own package.json is not above ${import.meta.url}`);
}

function nameIn(manifest: string): unknown {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
}

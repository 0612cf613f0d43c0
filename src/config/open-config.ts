/** Finds and opens the configuration file of one folder, through cosmiconfig, as text with positions. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cosmiconfigSync, type Loader } from 'cosmiconfig';
import type { Diagnostic } from '../failure.ts';
import { CONFIG_PLACES } from './find.ts';
import { openYaml, type Document, type Plain, type Step } from './yaml.ts';

export type OpenedConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly file: string; readonly document: Document }
  | { readonly kind: 'bad'; readonly diagnostics: readonly Diagnostic[] };

/** The text is parsed by our own door afterwards; cosmiconfig only finds the file. */
const found: Loader = (file) => ({ file });

/** `package.json` counts only with a `nemesis` key; a broken one is not ours to complain about here. */
const foundInManifest: Loader = (file, content) => {
  if (path.basename(file) !== 'package.json') return { file };
  try {
    const manifest: unknown = JSON.parse(content);
    const holds = typeof manifest === 'object' && manifest !== null && 'nemesis' in manifest;
    return holds ? { nemesis: { file } } : {};
  } catch {
    return {};
  }
};

export function openConfig(folder: string, shownAs: (file: string) => string): OpenedConfig {
  const explorer = cosmiconfigSync('nemesis', {
    searchPlaces: [...CONFIG_PLACES],
    searchStrategy: 'none',
    loaders: { '.yaml': found, '.yml': found, '.json': foundInManifest, noExt: found },
    cache: false,
  });
  const result = explorer.search(folder);
  if (result === null) return { kind: 'none' };
  const rival = CONFIG_PLACES.find(
    (name) =>
      name !== 'package.json' &&
      name !== path.basename(result.filepath) &&
      existsSync(path.join(folder, name)),
  );
  if (rival !== undefined) {
    const place = { file: shownAs(path.join(folder, rival)), line: 1, column: 1 };
    const message = `two configurations: ${path.basename(result.filepath)} and ${rival}`;
    return { kind: 'bad', diagnostics: [{ place, message, help: ['keep one of them'] }] };
  }
  return openConfigFile(result.filepath, shownAs);
}

export function openConfigFile(file: string, shownAs: (file: string) => string): OpenedConfig {
  const opened = openYaml(shownAs(file), readFileSync(file));
  if (!opened.ok) return { kind: 'bad', diagnostics: opened.diagnostics };
  const inManifest = path.basename(file) === 'package.json';
  return {
    kind: 'found',
    file,
    document: inManifest ? below(opened.document, 'nemesis') : opened.document,
  };
}

/** The part of a document under one key, with its places. */
function below(document: Document, key: string): Document {
  const whole = document.value as Readonly<Record<string, Plain>>;
  const inside = (path: readonly Step[]) => [key, ...path];
  return {
    file: document.file,
    value: whole[key] ?? '',
    spot: (steps) => document.spot(inside(steps)),
    keySpot: (steps) => document.keySpot(inside(steps)),
  };
}

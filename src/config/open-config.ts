/** Finds and opens the configuration file of one folder, through cosmiconfig, as text with positions. */

import path from 'node:path';
import { cosmiconfigSync, type Loader } from 'cosmiconfig';
import type { Diagnostic } from '../failure.ts';
import { CONFIG_PLACES, holdsOurKey } from './find.ts';
import type { Look } from './look.ts';
import { openSeen, type Document, type Kept, type Plain, type Step } from './yaml.ts';

export type OpenedConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly file: string; readonly document: Document }
  | { readonly kind: 'bad'; readonly diagnostics: readonly Diagnostic[] };

export interface OpenContext {
  readonly look: Look;
  /** How a path is shown to people. */
  shownAs(this: void, file: string): string;
  /** Files nemesis brings, by absolute path, as they were read when it was built. */
  readonly kept: ReadonlyMap<string, Kept>;
  /** What is looked at is another version of the project than the one on the disk. */
  readonly isElsewhere?: boolean;
}

export function openConfig(folder: string, context: OpenContext): OpenedConfig {
  const files = CONFIG_PLACES.map((name) => path.join(folder, name)).filter((file) =>
    isManifest(file) ? holdsOurs(file, context) : context.look(file).kind !== 'absent',
  );
  const odd = files.find((file) => context.look(file).kind !== 'file');
  if (odd !== undefined) return openConfigFile(odd, context);
  if (files.length === 0) return { kind: 'none' };
  const found = context.isElsewhere === true ? files[0] : search(folder, context);
  const rival = files.find((file) => file !== found && !isManifest(file));
  if (found === undefined) return { kind: 'none' };
  if (rival !== undefined) {
    const place = { file: context.shownAs(rival), line: 1, column: 1 };
    const message = `two configurations: ${path.basename(found)} and ${path.basename(rival)}`;
    return { kind: 'bad', diagnostics: [{ place, message, help: ['keep one of them'] }] };
  }
  return openConfigFile(found, context);
}

export function openConfigFile(file: string, context: OpenContext): OpenedConfig {
  const opened = openSeen(context.shownAs(file), context.look(file), context.kept.get(file));
  if (!opened.ok) return { kind: 'bad', diagnostics: opened.diagnostics };
  const document = isManifest(file) ? below(opened.document, 'nemesis') : opened.document;
  return { kind: 'found', file, document };
}

const isManifest = (file: string) => path.basename(file) === 'package.json';

function holdsOurs(manifest: string, { look }: OpenContext): boolean {
  const sight = look(manifest);
  return sight.kind === 'file' && holdsOurKey(sight.bytes.toString('utf8'));
}

/** The text is parsed by our own door afterwards; cosmiconfig only finds the file. */
function search(folder: string, context: OpenContext): string | undefined {
  const found: Loader = (file) => {
    if (!isManifest(file)) return { file };
    return holdsOurs(file, context) ? { nemesis: { file } } : {};
  };
  const explorer = cosmiconfigSync('nemesis', {
    searchPlaces: CONFIG_PLACES.filter(
      (name) => context.look(path.join(folder, name)).kind === 'file',
    ),
    searchStrategy: 'none',
    loaders: { '.yaml': found, '.yml': found, '.json': found, noExt: found },
    ignoreEmptySearchPlaces: false,
    cache: false,
  });
  return explorer.search(folder)?.filepath;
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

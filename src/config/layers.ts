/** A project's configuration and everything it extends, the most general first. */

import { realpathSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import { at, diagnoseIssues } from './diagnose.ts';
import { ConfigFile } from './config-schema.ts';
import { knownKeys } from './known-keys.ts';
import { openConfig, openConfigFile, type OpenContext, type OpenedConfig } from './open-config.ts';
import type { Document } from './yaml.ts';

/** One file of configuration, checked for shape. */
export interface Layer {
  /** Absolute; undefined for a folder of gates without a configuration. */
  readonly file: string | undefined;
  readonly data: ConfigFile;
  readonly document: Document | undefined;
  /** Absolute folder of gate files; undefined when it brings none. */
  readonly gates: string | undefined;
}

export interface LayerContext extends OpenContext {
  /** Folder of the installed nemesis: `gates/` and `config/` lie in it. */
  readonly packageRoot: string;
  /** No path may lead above this folder: the repository's top, or the root. */
  readonly limit: string;
  /** Every file or folder extended so far. */
  readonly extended: string[];
  /** npm packages extended so far, with the versions found. */
  readonly packages: Map<string, string>;
  readonly diagnostics: Diagnostic[];
}

const PRESETS = ['nemesis/strict', 'nemesis/recommended'] as const;
const DEEPEST_EXTENDS = 5;
const MOST_EXTENDS = 30;

/** The layers of a folder's own configuration, or undefined when it has none. */
export function ownLayers(folder: string, context: LayerContext): readonly Layer[] | undefined {
  const opened = openConfig(folder, context);
  return opened.kind === 'none' ? undefined : layersOf(opened, context, []);
}

export function presetLayers(
  name: (typeof PRESETS)[number],
  context: LayerContext,
): readonly Layer[] {
  const gates = path.join(context.packageRoot, 'gates');
  if (name === 'nemesis/strict') {
    return [{ file: undefined, data: {}, document: undefined, gates }];
  }
  const file = path.join(context.packageRoot, 'config', 'recommended.yaml');
  return layersOf(openConfigFile(file, context), context, []);
}

function layersOf(
  opened: OpenedConfig,
  context: LayerContext,
  extending: readonly string[],
): readonly Layer[] {
  if (opened.kind === 'none') return [];
  if (opened.kind === 'bad') {
    context.diagnostics.push(...opened.diagnostics);
    return [];
  }
  const { file, document } = opened;
  if (document.value === '') {
    const help = ['remove it, or begin with `extends: nemesis/recommended`'];
    context.diagnostics.push(at(document.spot([]), 'this configuration is empty', help));
    return [];
  }
  const parsed = ConfigFile.safeParse(document.value, { jitless: true });
  if (!parsed.success) {
    const keys = (steps: readonly (string | number)[]) => knownKeys(ConfigFile, steps);
    context.diagnostics.push(...diagnoseIssues(document, parsed.error.issues, keys));
    return [];
  }
  const data = parsed.data;
  const names = data.extends === undefined ? ['nemesis/strict'] : [data.extends].flat();
  const below: Layer[] = [];
  for (const [index, name] of names.entries()) {
    const steps = Array.isArray(data.extends) ? ['extends', index] : ['extends'];
    const complain: Complain = (message, help) => {
      context.diagnostics.push(at(document.spot(steps), message, [help]));
    };
    below.push(...extended(name, file, context, [...extending, file], complain));
  }
  const gates = gatesFolder(data, file, document, context);
  return [...below, { file, data, document, gates }];
}

type Complain = (message: string, help: string) => void;

function extended(
  name: string,
  from: string,
  context: LayerContext,
  extending: readonly string[],
  complain: Complain,
): readonly Layer[] {
  const preset = PRESETS.find((known) => known === name);
  if (preset !== undefined) return presetLayers(preset, context);
  const target = /^\.{1,2}(\/|$)/.test(name)
    ? path.resolve(path.dirname(from), name)
    : packageFolder(name, path.dirname(from), context);
  const sight = target === undefined ? undefined : context.look(target);
  if (target === undefined || sight === undefined || sight.kind === 'absent') {
    complain(`\`${name}\` cannot be found`, howToFind(name));
  } else if (sight.kind === 'unreadable') {
    complain(`\`${name}\` cannot be used: ${sight.why}`, 'name a configuration or a folder');
  } else if (!isInside(target, context)) {
    complain(`\`${name}\` leads out of the repository`, 'publish shared gates as an npm package');
  } else {
    const isFolder = sight.kind === 'folder';
    const opened = isFolder ? openConfig(target, context) : openConfigFile(target, context);
    const file = opened.kind === 'found' ? opened.file : target;
    const problem = whyNotExtended(name, file, extending, context);
    if (problem !== undefined) complain(...problem);
    else if (opened.kind !== 'none') return layersOf(opened, context, extending);
    else
      return [{ file: undefined, data: {}, document: undefined, gates: gatesOf(target, context) }];
  }
  return [];
}

function whyNotExtended(
  name: string,
  file: string,
  extending: readonly string[],
  context: LayerContext,
): readonly [message: string, help: string] | undefined {
  if (extending.includes(file)) {
    return [`\`${name}\` extends itself in the end`, 'remove one of the `extends`'];
  }
  context.extended.push(file);
  if (extending.length < DEEPEST_EXTENDS && context.extended.length <= MOST_EXTENDS) {
    return undefined;
  }
  return ['too many configurations extend each other', 'extend the last one directly'];
}

/** Of a folder without a configuration, such as a package of gates alone. */
function gatesOf(folder: string, { look }: LayerContext): string {
  const inner = path.join(folder, 'gates');
  return look(inner).kind === 'folder' ? inner : folder;
}

function howToFind(name: string): string {
  if (/^\.{1,2}(\/|$)/.test(name)) return 'check the path; it is relative to this file';
  const near = nearest(name, PRESETS) ?? PRESETS.find((preset) => preset === `nemesis/${name}`);
  if (near !== undefined) return `write ${near}`;
  if (name.startsWith('nemesis/')) return `the presets are ${PRESETS.join(' and ')}`;
  if (/^\/|\.(ya?ml|json)$/.test(name)) return 'a path begins with ./ or ../';
  return `install it: npm i -D ${PACKAGE.exec(name)?.[1] ?? name}`;
}

/** Links are followed first: a path may not leave the repository through one either. */
function isInside(target: string, { limit, packageRoot, isElsewhere }: LayerContext): boolean {
  const installed = target.split(path.sep).includes('node_modules');
  // Links of another version are not followed at all.
  const real = isElsewhere === true && !installed ? target : realpathSync.native(target);
  return [limit, realpathSync.native(packageRoot)].some(
    (top) => real === top || real.startsWith(top.endsWith(path.sep) ? top : top + path.sep),
  );
}

/**
 * A package, or a file or folder in it (`@acme/gates/payments`), from node_modules in this folder or above, up to the
 * limit; nothing of the package is executed, so its `exports` say nothing here.
 */
function packageFolder(name: string, from: string, context: LayerContext): string | undefined {
  const [whole, own = '', inner = ''] = PACKAGE.exec(name) ?? [];
  if (whole === undefined || /(^|\/)\.{1,2}(\/|$)/.test(inner)) return undefined;
  const { limit, look } = context;
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', own);
    if (look(candidate).kind !== 'absent') {
      context.packages.set(own, versionOf(candidate, context));
      return inner === '' ? candidate : insidePackage(path.join(candidate, inner), context);
    }
    if (folder === limit || folder === path.dirname(folder)) return undefined;
  }
}

const PACKAGE = /^((?:@[a-z0-9._~-]+\/)?[a-z0-9._~-]+)((?:\/[a-z0-9._~-]+)*)$/i;

function insidePackage(file: string, { look }: LayerContext): string {
  const ending = ['', '.yaml', '.yml'].find((one) => look(file + one).kind !== 'absent');
  return file + (ending ?? '');
}

function versionOf(folder: string, { look }: LayerContext): string {
  const manifest = look(path.join(folder, 'package.json'));
  if (manifest.kind !== 'file') return '';
  const version = /"version"\s*:\s*"([^"\\]{1,64})"/.exec(manifest.bytes.toString('utf8'))?.[1];
  return version ?? '';
}

function gatesFolder(
  data: ConfigFile,
  file: string,
  document: Document,
  context: LayerContext,
): string | undefined {
  const folder = path.dirname(file);
  if (data.gates === undefined) return undefined;
  const gates = path.resolve(folder, data.gates);
  const complain = (message: string, help: string) => {
    context.diagnostics.push(at(document.spot(['gates']), message, [help]));
  };
  if (context.look(gates).kind !== 'folder') {
    complain(`there is no folder ${data.gates}`, 'create it, or remove `gates`');
    return undefined;
  }
  if (isInside(gates, context)) return gates;
  complain(`${data.gates} leads out of the repository`, 'move the gates into it');
  return undefined;
}

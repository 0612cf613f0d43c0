/** A project's configuration and everything it extends, the most general first. */

import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import { at, diagnoseIssues } from './diagnose.ts';
import { ConfigFile } from './config-schema.ts';
import { knownKeys } from './known-keys.ts';
import { openConfig, openConfigFile, type OpenedConfig } from './open-config.ts';
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

export interface LayerContext {
  /** Folder of the installed nemesis: `gates/` and `config/` lie in it. */
  readonly packageRoot: string;
  /** No path may lead above this folder: the repository's top, or the root. */
  readonly limit: string;
  /** How a path is shown to people. */
  readonly shownAs: (file: string) => string;
  readonly diagnostics: Diagnostic[];
}

const PRESETS = ['nemesis/strict', 'nemesis/recommended'] as const;
const DEEPEST_EXTENDS = 5;

/** The layers of a folder's own configuration, or undefined when it has none. */
export function ownLayers(folder: string, context: LayerContext): readonly Layer[] | undefined {
  const opened = openConfig(folder, context.shownAs);
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
  return layersOf(openConfigFile(file, context.shownAs), context, []);
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
  const parsed = ConfigFile.safeParse(document.value);
  if (!parsed.success) {
    const keys = (steps: readonly (string | number)[]) => knownKeys(ConfigFile, steps);
    context.diagnostics.push(...diagnoseIssues(document, parsed.error.issues, keys));
    return [];
  }
  const data = parsed.data;
  const names = data.extends === undefined ? ['nemesis/strict'] : [data.extends].flat();
  const below = names.flatMap((name, index) => {
    const steps = Array.isArray(data.extends) ? ['extends', index] : ['extends'];
    const complain = (message: string, help: string[]) =>
      context.diagnostics.push(at(document.spot(steps), message, help));
    return extended(name, file, context, [...extending, file], complain);
  });
  const gates = gatesFolder(data, file, document, context);
  return [...below, { file, data, document, gates }];
}

type Complain = (message: string, help: string[]) => void;

function extended(
  name: string,
  from: string,
  context: LayerContext,
  extending: readonly string[],
  complain: Complain,
): readonly Layer[] {
  const preset = PRESETS.find((known) => known === name);
  if (preset !== undefined) return presetLayers(preset, context);
  if (name.startsWith('nemesis/')) {
    complain(`no preset is called \`${name}\``, [
      `write ${nearest(name, PRESETS) ?? PRESETS.join(' or ')}`,
    ]);
    return [];
  }
  const target = /^\.{1,2}(\/|$)/.test(name)
    ? path.resolve(path.dirname(from), name)
    : packageFolder(name, path.dirname(from), context.limit);
  if (target === undefined || !existsSync(target)) {
    const isPath = name.startsWith('.');
    complain(`\`${name}\` cannot be found`, [
      isPath ? 'check the path; it is relative to this file' : `install it: npm i -D ${name}`,
    ]);
    return [];
  }
  const real = realpathSync(target);
  if (real !== context.limit && !real.startsWith(context.limit + path.sep)) {
    complain(`\`${name}\` leads out of the repository`, ['publish shared gates as an npm package']);
    return [];
  }
  const opened = openExtended(real, context);
  const file = opened.kind === 'found' ? opened.file : real;
  if (extending.includes(file) || extending.length > DEEPEST_EXTENDS) {
    complain(`\`${name}\` extends itself in the end`, ['remove one of the `extends`']);
    return [];
  }
  if (opened.kind !== 'none') return layersOf(opened, context, extending);
  const gates = existsSync(path.join(real, 'gates')) ? path.join(real, 'gates') : real;
  return [{ file: undefined, data: {}, document: undefined, gates }];
}

function openExtended(target: string, context: LayerContext): OpenedConfig {
  return statSync(target).isDirectory()
    ? openConfig(target, context.shownAs)
    : openConfigFile(target, context.shownAs);
}

/** node_modules/<name> in this folder or above, up to the limit; nothing of the package is executed. */
function packageFolder(name: string, from: string, limit: string): string | undefined {
  if (!/^(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+$/i.test(name)) return undefined;
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === limit || folder === path.dirname(folder)) return undefined;
  }
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
  if (statSync(gates, { throwIfNoEntry: false })?.isDirectory()) return gates;
  context.diagnostics.push(
    at(document.spot(['gates']), `there is no folder ${data.gates}`, [
      'create it, or remove `gates`',
    ]),
  );
  return undefined;
}

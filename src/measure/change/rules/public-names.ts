/** The names that a package lends to others, before and after a change. */

import path from 'node:path';
import type { Change } from '../change.ts';
import type { ChangedFile } from '../diff.ts';
import { familyOf } from '../roles.ts';
import { isLent } from './manifest.ts';
import { statementsOf } from '../../source/python-lines.ts';
import type { SurfaceChange } from './surface.ts';

/** Whether the project is used by importing from it at all. */
export interface Publication {
  readonly js: boolean;
  /** Entry modules, relative to the root, without their extension: `src/index`. */
  readonly entries: ReadonlySet<string>;
  readonly python: boolean;
}

export function isPublished(change: Change): Publication {
  const manifests = ['package.json', ...workspaceManifests(change)];
  const entries = new Set<string>();
  let js = false;
  for (const file of manifests) {
    const manifest = manifestIn(change.now(file));
    if (manifest === undefined || !isLent(manifest)) continue;
    js = true;
    for (const entry of entriesOf(manifest))
      entries.add(path.posix.join(path.posix.dirname(file), entry));
  }
  const pyproject = change.now('pyproject.toml') ?? '';
  const python =
    /^\[(project|tool\.poetry|tool\.flit\.metadata)\]/m.test(pyproject) ||
    change.now('setup.py') !== undefined ||
    /^\[metadata\]/m.test(change.now('setup.cfg') ?? '');
  return { js, entries, python };
}

/** The package a changed file lies in, where that is not the root's. */
function workspaceManifests({ files }: Change): string[] {
  const folders = files.flatMap(
    (file) => /^((?:packages|libs|modules)\/(?:@[^/]+\/)?[^/]+)\//.exec(file.path)?.[1] ?? [],
  );
  return [...new Set(folders)].map((folder) => `${folder}/package.json`);
}

function manifestIn(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const manifest: unknown = JSON.parse(text ?? '');
    return typeof manifest === 'object' && manifest !== null
      ? (manifest as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `dist/vanilla.mjs` was `src/vanilla.ts`; `index` is one wherever it lies. */
function entriesOf(manifest: Record<string, unknown>): string[] {
  const named: string[] = ['./index.js', './src/index.js'];
  const collect = (value: unknown, depth: number): void => {
    if (typeof value === 'string') named.push(value);
    else if (typeof value === 'object' && value !== null && depth < 5) {
      for (const inner of Object.values(value)) collect(inner, depth + 1);
    }
  };
  for (const key of ['main', 'module', 'types', 'exports']) collect(manifest[key], 0);
  return named.slice(0, 500).flatMap((name) => {
    const bare = path.posix.normalize(name).replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
    const within = bare.replace(
      /^(dist|lib|build|esm|cjs|out|es)\/((esm|cjs|es|types|src)\/)?/,
      '',
    );
    return [bare, within, `src/${within}`];
  });
}

export async function namesChanged(
  file: ChangedFile,
  change: Change,
  { js, entries, python }: Publication,
): Promise<SurfaceChange[]> {
  const family = familyOf(file.path);
  const isPublic =
    family === 'js'
      ? js && isEntry(withoutExtension(file.path), entries)
      : python && isPublicModule(file.path);
  if (!isPublic) return [];
  const read = family === 'js' ? exportsOf : definitionsOf;
  const before = read(
    file.status === 'added' ? '' : ((await change.before(file.oldPath ?? file.path)) ?? ''),
  );
  const now = read(file.status === 'deleted' ? '' : (change.now(file.path) ?? ''));
  const moved = movedNames(change, read);
  const fresh = [...now.keys()].filter((name) => !before.has(name) && !moved.gone.has(name));
  const gone = [...before.keys()].filter((name) => !now.has(name) && !moved.fresh.has(name));
  const other = [...now].filter(([name, shape]) => before.has(name) && before.get(name) !== shape);
  const lineOf = (whole: string): number | undefined => {
    const name = whole.split('.').at(-1)!;
    return file.added.find(({ text }) => text.split(/[^\w$]+/).includes(name))?.line;
  };
  const told = (name: string, said: string): SurfaceChange => {
    const line = lineOf(name);
    return { file: file.path, ...(line === undefined ? {} : { line }), said: `${name} ${said}` };
  };
  return [
    ...fresh.map((name) => told(name, 'is new')),
    ...gone.map((name) => told(name, 'is gone')),
    ...other.map(([name]) => told(name, 'takes other arguments')),
  ];
}

/** A name that leaves one file and appears in another has been moved: who re-exports it sees nothing of that. */
function movedNames(change: Change, read: typeof exportsOf) {
  const texts = (side: 'added' | 'removed'): string =>
    change.files.flatMap((file) => file[side].map(({ text }) => text)).join('\n');
  return { fresh: read(texts('added')), gone: read(texts('removed')) };
}

/** `./*` in `exports` lends each module of a folder. */
function isEntry(module: string, entries: ReadonlySet<string>): boolean {
  const folder = module.replace(/[^/]*$/, '');
  return entries.has(module) || (folder !== '' && entries.has(`${folder}*`));
}

function withoutExtension(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$/, '');
}

/** Names that a module exports; what it lends whole (`export * from`) is named by where it comes from. */
function exportsOf(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (name: string | undefined): void => {
    if (name !== undefined && name !== '') names.set(name, '');
  };
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  for (const [, name] of code.matchAll(
    /^[ \t]*export\s+(?:declare\s+|abstract\s+|async\s+)*(?:function\s*\*?|class|const|let|var|enum)\s+([\w$]+)/gm,
  ))
    add(name);
  for (const [, list = ''] of code.matchAll(/^[ \t]*export\s*\{([^}]*)\}/gm)) {
    for (const one of list.split(',')) {
      if (!/^\s*type\s/.test(one))
        add(
          one
            .trim()
            .split(/\s+as\s+/)
            .at(-1),
        );
    }
  }
  for (const [, from] of code.matchAll(
    /^[ \t]*export\s*\*\s*(?:as\s+\w+\s+)?from\s*(['"][^'"]+['"])/gm,
  ))
    add(from);
  if (/^[ \t]*export\s+default\b/m.test(code)) add('default');
  for (const [, name] of code.matchAll(/^[ \t]*(?:module\.)?exports\.([\w$]+)\s*=/gm)) add(name);
  for (const [, list = ''] of code.matchAll(/^[ \t]*module\.exports\s*=\s*\{([^}]*)\}/gm)) {
    for (const one of list.split(',')) add(/^\s*([\w$]+)\s*(:|$)/.exec(one)?.[1]);
  }
  return names;
}

/** A module that nobody hides: no part of its path begins with an underscore but `__init__`. */
function isPublicModule(file: string): boolean {
  return (
    familyOf(file) === 'python' && file.split('/').every((part) => !/^_(?!_init__\.py$)/.test(part))
  );
}

/** Functions and classes of a module and the public methods of its classes, with the names of what they take. */
function definitionsOf(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  let owner: { readonly name: string; readonly indent: number } | undefined;
  /** How deep the function stands whose inside nobody sees. */
  let hidden: number | undefined;
  for (const { code, indent } of statementsOf(text)) {
    if (owner !== undefined && indent <= owner.indent) owner = undefined;
    if (hidden !== undefined && indent > hidden) continue;
    hidden = undefined;
    const found = DEFINITION.exec(code);
    if (found === null) continue;
    const { kind, name, rest } = found.groups as Record<'kind' | 'name' | 'rest', string>;
    const isClass = kind === 'class';
    if (!isClass) hidden = indent;
    if (isSeen(name, owner?.name, indent)) {
      const whole = owner === undefined ? name : `${owner.name}.${name}`;
      names.set(whole, isClass ? '' : parameterNames(insideParentheses(rest)).join());
    }
    if (isClass && owner === undefined) owner = { name, indent };
  }
  return names;
}

const DEFINITION = /^(?:async\s+)?(?<kind>def|class)\s+(?<name>\w+)(?<rest>.*)$/s;

function isSeen(name: string, owner: string | undefined, indent: number): boolean {
  if (name.startsWith('_') && name !== '__init__') return false;
  return owner === undefined ? indent === 0 : !owner.startsWith('_');
}

function insideParentheses(text: string): string {
  const open = text.indexOf('(');
  let depth = 0;
  for (let at = open; at >= 0 && at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth += 1;
    if (')]}'.includes(text[at]!)) depth -= 1;
    if (depth === 0) return text.slice(open + 1, at);
  }
  return '';
}

/** Without types and defaults: those of overloads and of annotations change without a user seeing it. */
function parameterNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let name = '';
  for (const char of `${text.replace(/#.*$/gm, '')},`) {
    if (char === ',' && depth === 0) {
      const said = /^\s*(\*{0,2}\s*\w*)/.exec(name)?.[1]?.trim() ?? '';
      if (said !== '') names.push(said);
      name = '';
    } else {
      if ('([{'.includes(char)) depth += 1;
      if (')]}'.includes(char)) depth -= 1;
      name += char;
    }
  }
  return names;
}

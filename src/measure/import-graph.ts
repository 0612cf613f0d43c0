/**
 * Which of the project's modules loads which, as Node and the bundlers would: imports and re-exports that are more
 * than types, and requires that run when the module is loaded. Lazy ones (`import()`, a require in a function) make
 * no cycle at load, and are left out. Names are resolved by the TypeScript compiler: extensions, `paths` and
 * `baseUrl` of the nearest tsconfig.json, `imports` of package.json, workspace packages.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as Typescript from 'typescript';

type TS = typeof Typescript.default;

export interface ImportGraph {
  /** File to files, relative to the root, in the order given. */
  readonly edges: ReadonlyMap<string, readonly string[]>;
  /** Relative imports that lead to no file. */
  readonly unresolved: readonly string[];
}

/** Files read before the event loop gets its turn. */
const AT_ONCE = 50;
const LARGEST_BYTES = 2 * 1024 * 1024;

/** @param files relative to the root; undefined when the signal came first */
export async function importGraph(
  root: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<ImportGraph | undefined> {
  const { default: ts } = await import('typescript');
  const resolve = resolver(ts, root);
  const known = new Set(files);
  const edges = new Map<string, readonly string[]>();
  const unresolved: string[] = [];
  for (const [index, file] of files.entries()) {
    if (index % AT_ONCE === 0) await new Promise((next) => setImmediate(next));
    if (signal.aborted) return undefined;
    const targets = new Set<string>();
    for (const specifier of loadedBy(ts, file, textOf(path.join(root, file)))) {
      const target = resolve(specifier, file);
      if (target !== undefined && known.has(target)) targets.add(target);
      else if (target === undefined && isCode(specifier)) unresolved.push(`${file}: ${specifier}`);
    }
    edges.set(file, [...targets]);
  }
  return { edges, unresolved };
}

/** A stylesheet, an image or `./x.svg?raw` is the bundler's business. */
function isCode(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) && /(^|\/)[^./]*$|\.[cm]?[jt]sx?$/.test(specifier);
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    return bytes.length > LARGEST_BYTES ? '' : bytes.toString('utf8');
  } catch {
    return '';
  }
}

/** What a module names in statements that run when it is loaded. */
export function loadedBy(ts: TS, file: string, text: string): readonly string[] {
  if (!/\b(import|export|require)\b/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const found: string[] = [];
  const add = (node: Typescript.Node | undefined): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) found.push(node.text);
  };
  const visit = (node: Typescript.Node): void => {
    if (ts.isImportDeclaration(node)) {
      if (!onlyTypes(ts, node.importClause)) add(node.moduleSpecifier);
    } else if (ts.isExportDeclaration(node)) {
      if (!node.isTypeOnly && !allTypes(ts, node.exportClause)) add(node.moduleSpecifier);
    } else if (ts.isImportEqualsDeclaration(node)) {
      const reference = node.moduleReference;
      if (!node.isTypeOnly && ts.isExternalModuleReference(reference)) add(reference.expression);
    } else if (isRequire(ts, node)) {
      add(node.arguments[0]);
    } else if (!ts.isFunctionLike(node)) {
      ts.forEachChild(node, visit);
    }
  };
  ts.forEachChild(source, visit);
  return found;
}

function onlyTypes(ts: TS, clause: Typescript.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  return clause.name === undefined && allTypes(ts, clause.namedBindings);
}

/** `{ type A, type B }`; an empty list still loads the module. */
function allTypes(
  ts: TS,
  names: Typescript.NamedImportBindings | Typescript.NamedExportBindings | undefined,
): boolean {
  if (names === undefined || ts.isNamespaceImport(names) || ts.isNamespaceExport(names))
    return false;
  const elements: readonly { readonly isTypeOnly: boolean }[] = [...names.elements];
  return elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isRequire(ts: TS, node: Typescript.Node): node is Typescript.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'require'
  );
}

type Resolve = (specifier: string, from: string) => string | undefined;

function resolver(ts: TS, root: string): Resolve {
  const options = optionsByFolder(ts, root);
  const caches = new Map<Typescript.CompilerOptions, Typescript.ModuleResolutionCache>();
  const cacheOf = (one: Typescript.CompilerOptions): Typescript.ModuleResolutionCache => {
    const cache = caches.get(one) ?? ts.createModuleResolutionCache(root, (name) => name, one);
    caches.set(one, cache);
    return cache;
  };
  return (specifier, from) => {
    const containing = path.join(root, from);
    const one = options(path.dirname(containing));
    const { resolvedModule } = ts.resolveModuleName(
      specifier,
      containing,
      one,
      ts.sys,
      cacheOf(one),
    );
    if (resolvedModule === undefined) return undefined;
    return path.relative(root, resolvedModule.resolvedFileName).replaceAll(path.sep, '/');
  };
}

/** As a bundler resolves, which is the most lenient way: what runs must be found. */
function optionsByFolder(ts: TS, root: string): (folder: string) => Typescript.CompilerOptions {
  const lenient = {
    allowJs: true,
    resolveJsonModule: true,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const known = new Map<string, Typescript.CompilerOptions>();
  const host = { ...ts.sys, readDirectory: () => [] };
  const read = (folder: string): Typescript.CompilerOptions => {
    const file = path.join(folder, 'tsconfig.json');
    if (!ts.sys.fileExists(file))
      return folder === root ? lenient : optionsOf(path.dirname(folder));
    const json = ts.readConfigFile(file, (name) => ts.sys.readFile(name)).config as unknown;
    const { baseUrl, paths, pathsBasePath } = ts.parseJsonConfigFileContent(
      json ?? {},
      host,
      folder,
      undefined,
      file,
    ).options;
    return {
      ...lenient,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(paths === undefined ? {} : { paths, pathsBasePath }),
    };
  };
  const optionsOf = (folder: string): Typescript.CompilerOptions => {
    const found = known.get(folder) ?? read(folder);
    known.set(folder, found);
    return found;
  };
  return optionsOf;
}

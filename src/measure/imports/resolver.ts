/**
 * Which file an import leads to, by the TypeScript compiler: extensions, `paths` and `baseUrl` of the nearest
 * tsconfig.json or jsconfig.json, `imports` of package.json, workspace packages.
 */

import path from 'node:path';
import type * as Typescript from 'typescript';
import { isComponent } from './loaded.ts';

type TS = typeof Typescript.default;
type Options = Typescript.CompilerOptions;

export interface Resolver {
  /** Relative to the root, whatever lies there; undefined when no file does. */
  readonly resolve: (specifier: string, from: string) => string | undefined;
  /** Whether the compiler leaves in, in this file, what is imported and used as a type alone. */
  readonly keepsTypes: (file: string) => boolean;
}

export function resolver(ts: TS, root: string): Resolver {
  const optionsOf = optionsByFolder(ts, root);
  const host = { ...ts.sys, fileExists: (file: string) => fileExists(ts, file) };
  const caches = new Map<Options, Typescript.ModuleResolutionCache>();
  const cacheOf = (one: Options): Typescript.ModuleResolutionCache => {
    const cache = caches.get(one) ?? ts.createModuleResolutionCache(root, (name) => name, one);
    caches.set(one, cache);
    return cache;
  };
  const folderOf = (file: string): string => path.dirname(path.join(root, file));
  return {
    resolve(specifier, from) {
      for (const one of optionsOf(folderOf(from))) {
        const containing = path.join(root, from);
        const cache = cacheOf(one);
        const found = ts.resolveModuleName(specifier, containing, one, host, cache).resolvedModule;
        if (found === undefined) continue;
        const file = path.relative(root, found.resolvedFileName).replaceAll(path.sep, '/');
        return isComponent(file.replace(/\.ts$/, '')) ? file.replace(/\.ts$/, '') : file;
      }
      return undefined;
    },
    keepsTypes: (file) => optionsOf(folderOf(file)).some(keepsTypes),
  };
}

/** To the compiler a component is a module with an ending too many, which is how tools for components have it. */
function fileExists(ts: TS, file: string): boolean {
  const component = file.replace(/\.ts$/, '');
  return ts.sys.fileExists(file) || (isComponent(component) && ts.sys.fileExists(component));
}

/** With metadata for decorators the types of parameters are values. */
function keepsTypes(options: Options): boolean {
  return (
    options.verbatimModuleSyntax === true ||
    options['preserveValueImports'] === true ||
    options.emitDecoratorMetadata === true
  );
}

/** More than any solution has. */
const MOST_REFERENCES = 50;

/**
 * As a bundler resolves, which is the most lenient way: what runs must be found. A solution says nothing itself, so
 * each of its references may know an alias.
 */
function optionsByFolder(ts: TS, root: string): (folder: string) => readonly Options[] {
  const lenient: Options = {
    allowJs: true,
    resolveJsonModule: true,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const known = new Map<string, readonly Options[]>();
  const read = (folder: string): readonly Options[] => {
    const file = ['tsconfig.json', 'jsconfig.json']
      .map((name) => path.join(folder, name))
      .find((name) => ts.sys.fileExists(name));
    if (file === undefined) return folder === root ? [lenient] : optionsOf(path.dirname(folder));
    const [own = {}, ...references] = withReferences(ts, file);
    return [own, ...references.filter(({ paths }) => paths !== undefined)].map((one) => ({
      ...lenient,
      ...one,
    }));
  };
  const optionsOf = (folder: string): readonly Options[] => {
    const found = known.get(folder) ?? read(folder);
    known.set(folder, found);
    return found;
  };
  return optionsOf;
}

/** Of a config file first its own options, then those of the files it refers to. */
function withReferences(ts: TS, first: string): Options[] {
  const host = { ...ts.sys, readDirectory: () => [] };
  const found: Options[] = [];
  const files = [first];
  for (const file of files) {
    const json = ts.readConfigFile(file, (name) => ts.sys.readFile(name)).config as unknown;
    const folder = path.dirname(file);
    const parsed = ts.parseJsonConfigFileContent(json ?? {}, host, folder, undefined, file);
    found.push(ofImports(parsed.options));
    const references = (parsed.projectReferences ?? []).map((one) =>
      ts.resolveProjectReferencePath(one),
    );
    files.push(
      ...references.filter((one) => files.length < MOST_REFERENCES && !files.includes(one)),
    );
  }
  return found;
}

const OF_IMPORTS = [
  ...['baseUrl', 'paths', 'pathsBasePath'],
  ...['verbatimModuleSyntax', 'preserveValueImports', 'emitDecoratorMetadata'],
];

function ofImports(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => OF_IMPORTS.includes(name)));
}

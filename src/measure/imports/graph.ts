/** Which of the project's modules loads which, as Node and the bundlers would. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadedBy } from './loaded.ts';
import { resolver } from './resolver.ts';

export interface ImportGraph {
  /** File to files, relative to the root, in the order given. */
  readonly edges: ReadonlyMap<string, readonly string[]>;
  /** Imports that lead to no file, and are of no package by their look: relative, `@/…`, `~/…`, `#…`. */
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
  const { resolve, keepsTypes } = resolver(ts, root);
  const known = new Set(files);
  const edges = new Map<string, readonly string[]>();
  const unresolved: string[] = [];
  for (const [index, file] of files.entries()) {
    if (index % AT_ONCE === 0) await new Promise((next) => setImmediate(next));
    if (signal.aborted) return undefined;
    const targets = new Set<string>();
    const text = textOf(path.join(root, file));
    for (const specifier of loadedBy(ts, file, text, keepsTypes(file))) {
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
  return (
    /^(\.{1,2}(\/|$)|@\/|~|#)/.test(specifier) &&
    /(^|\/)[^./]*$|\.([cm]?[jt]sx?|vue|svelte)$/.test(specifier)
  );
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    return bytes.length > LARGEST_BYTES ? '' : bytes.toString('utf8');
  } catch {
    return '';
  }
}

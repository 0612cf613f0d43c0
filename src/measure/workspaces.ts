/** The packages of a monorepo, as its root declares them: `workspaces` of package.json, pnpm-workspace.yaml. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globMatcher } from '../judge/glob.ts';
import type { Project } from './project.ts';

/** Folders with a package.json of their own, relative to the root, in the order of git's list. */
export function workspaceFolders(project: Project): readonly string[] {
  const patterns = [...inManifest(project), ...inPnpm(project)].map((one) =>
    one.replace(/^(!?)(?:\.\/)+/, '$1').replace(/\/+$/, ''),
  );
  const fitting = (wanted: readonly string[]) => wanted.map((one) => globMatcher(one));
  const into = fitting(patterns.filter((one) => !one.startsWith('!')));
  const out = fitting(patterns.flatMap((one) => (one.startsWith('!') ? one.slice(1) : [])));
  if (into.length === 0) return [];
  return project.files
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => path.posix.dirname(file))
    .filter((folder) => into.some((fits) => fits(folder)) && !out.some((fits) => fits(folder)));
}

function inManifest({ manifest }: Project): string[] {
  const given = manifest?.workspaces;
  const nested = (given as { packages?: unknown } | null | undefined)?.packages;
  const list: unknown = Array.isArray(given) ? given : nested;
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/** https://pnpm.io/pnpm-workspace_yaml: the list below `packages:`, line by line. */
function inPnpm({ root }: Project): string[] {
  const [, list = ''] =
    /^packages:[ \t]*(?:#.*)?\n((?:[ \t]*(?:-.*|#.*)?\n?)*)/m.exec(
      textOf(path.join(root, 'pnpm-workspace.yaml')),
    ) ?? [];
  return list.split('\n').flatMap((line) => {
    const [, quoted, plain] = /^\s*-\s+(?:["']([^"']+)["']|([^\s#"']+))/.exec(line) ?? [];
    return quoted ?? plain ?? [];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}

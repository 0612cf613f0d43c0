/**
 * Which tsconfig files a type check of this project covers. A solution (`"files": []` with references) holds no
 * file of its own, and `tsc -p` on it checks nothing and exits 0, so each of its references is checked by itself.
 * `tsc -b` would do it in one go, but writes .tsbuildinfo files into the project even with `--noEmit`.
 */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Project } from '../project.ts';
import { commandIn, type ScriptCommand } from '../script.ts';
import type { NoCommand } from '../tool.ts';
import { workspaceFolders } from '../workspaces.ts';
import { readArguments } from './arguments.ts';

export interface TypeCheck {
  /** tsconfig files, relative to the root; empty when there is none, or references lead in a circle. */
  readonly configs: readonly string[];
  /** What else the project's script asks of the compiler. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const SCRIPTS = [
  ...['typecheck', 'type-check', 'types', 'tsc', 'check-types', 'check:types', 'types:check'],
  ...['check:ts', 'ts:check', 'ts', 'lint:types', 'lint:ts', 'test:types', 'lint', 'check'],
];
/** More than any solution has; keeps a hostile one from starting thousands of compilers. */
export const MOST_CONFIGS = 200;

const FLAGS = {
  valued: [
    ...['-p', '--project', '--target', '-t', '--module', '-m', '--moduleResolution', '--lib'],
    ...['--types', '--typeRoots', '--jsx', '--rootDir', '--baseUrl', '--customConditions'],
    ...['--moduleDetection', '--tsBuildInfoFile', '--outDir', '--outFile', '--declarationDir'],
    ...['--locale', '--generateTrace', '--generateCpuProfile', '--maxNodeModuleJsDepth'],
  ],
  dropped: [
    ...['-p', '--project', '-b', '--build', '-w', '--watch', '--preserveWatchOutput', '--noEmit'],
    ...['--pretty', '--incremental', '-i', '--tsBuildInfoFile', '--outDir', '--outFile'],
    ...['--declaration', '-d', '--declarationMap', '--declarationDir', '--emitDeclarationOnly'],
    ...['--sourceMap', '--inlineSourceMap', '--locale', '--generateTrace', '--generateCpuProfile'],
    ...['--listFiles', '--listEmittedFiles', '--listFilesOnly', '--explainFiles', '--showConfig'],
    ...['--diagnostics', '--extendedDiagnostics', '--traceResolution', '--verbose', '-v'],
    ...['--force', '-f', '--dry', '--clean', '--stopBuildOnErrors'],
  ],
};

export function typeCheckOf(project: Project): TypeCheck {
  const script = typeScript(project);
  const words = script?.words.slice(1) ?? [];
  const { flags, paths } = readArguments(words, FLAGS);
  const builds = words.some((word) => word === '-b' || word === '--build');
  const named = namedProject(words);
  const asked = builds ? paths : named === undefined ? [] : [named];
  return {
    configs: withReferences(project.root, asked.length === 0 ? startsOf(project) : asked),
    // Files named one by one are a check without any tsconfig: then the script says nothing about it.
    flags: builds || (paths.length > 0 && named === undefined) ? [] : flags,
    env: script?.env ?? {},
  };
}

/** What declares that there are types to check; undefined where nothing does. */
export function typesDeclaredBy(project: Project): string | undefined {
  if (project.find(['tsconfig.json']) !== undefined) return 'tsconfig.json';
  const [first] = ofWorkspaces(project);
  return first === undefined ? undefined : `a workspace: ${first}`;
}

/** That of the root, else those of its workspaces: a base that only others extend holds no files. */
function startsOf(project: Project): readonly string[] {
  const root = configFile(project.root, '.');
  const workspaces = ofWorkspaces(project);
  const isThere = project.find([root]) !== undefined;
  const isBase = isThere && Base.safeParse(readConfig(path.join(project.root, root))).success;
  return workspaces.length > 0 && (!isThere || isBase) ? workspaces : [root];
}

function ofWorkspaces(project: Project): string[] {
  return workspaceFolders(project)
    .map((folder) => `${folder}/tsconfig.json`)
    .filter((file) => project.find([file]) !== undefined);
}

/** Without its packages every import is an error: thousands of them, and none is the code's. */
export function withoutPackages(project: Project): NoCommand | undefined {
  if (project.installed || project.dependencies.size === 0) return undefined;
  const why = 'dependencies are not installed';
  return { instead: { state: 'not_installed', why, help: project.installCommand } };
}

function typeScript(project: Project): ScriptCommand | undefined {
  for (const name of SCRIPTS) {
    const found = commandIn(project.scripts, name, 'tsc');
    if (found !== undefined) return found;
  }
  return undefined;
}

function namedProject(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '-p' || word === '--project');
  return at === -1 ? undefined : words[at + 1];
}

function withReferences(root: string, asked: readonly string[]): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const open = asked.map((name) => configFile(root, name));
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (seen.has(name) || seen.size > MOST_CONFIGS) continue;
    seen.add(name);
    const references = solutionReferences(path.join(root, name));
    if (references.length === 0) found.push(name);
    const folder = path.dirname(name);
    open.push(...references.map((reference) => configFile(root, path.join(folder, reference))));
  }
  return found;
}

/** As tsc reads it: a folder stands for the tsconfig.json in it. */
function configFile(root: string, name: string): string {
  const isFolder = statSync(path.resolve(root, name), { throwIfNoEntry: false })?.isDirectory();
  return path.normalize(isFolder === true ? path.join(name, 'tsconfig.json') : name);
}

const Solution = z.object({
  files: z.array(z.unknown()).length(0),
  include: z.array(z.unknown()).length(0).optional(),
  references: z.array(z.object({ path: z.string() })),
});

const Base = z.object({
  files: z.array(z.unknown()).length(0),
  include: z.array(z.unknown()).length(0).optional(),
  references: z.array(z.unknown()).length(0).optional(),
});

/** Empty for an ordinary config, and for one that cannot be read: that is for tsc to say. */
function solutionReferences(file: string): string[] {
  const parsed = Solution.safeParse(readConfig(file));
  return parsed.success ? parsed.data.references.map((reference) => reference.path) : [];
}

function readConfig(file: string): unknown {
  try {
    return JSON.parse(asJson(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** tsconfig files may hold comments and trailing commas; strings are left as they are. */
function asJson(text: string): string {
  const keep = (match: string): string => (match.startsWith('"') ? match : '');
  return text
    .replace(/^\uFEFF/, '')
    .replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, keep)
    .replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, keep);
}

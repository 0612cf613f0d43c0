/** Facts about the judged repository, gathered once by reading; nothing of it is executed. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  DEFAULT_AUDIT,
  type AuditConfig,
  type BundleConfig,
  type Suites,
} from '../config/config.ts';
import type { CoverageConfig } from '../config/coverage.ts';
import type { PerformanceConfig } from '../config/suite.ts';
import { targetPath, toolEnvironment } from './process/environment.ts';
import { listFiles } from './files.ts';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

export interface Project {
  /** Absolute, symlinks resolved. */
  readonly root: string;
  /** Top of the git work tree the root lies in; undefined when it lies in none. */
  readonly repositoryTop: string | undefined;
  /** The part of package.json nemesis uses; undefined where there is none. */
  readonly manifest: Manifest | undefined;
  /** Why package.json could not be read, when there is one. */
  readonly manifestProblem: string | undefined;
  /** Every declared npm dependency, of any kind, by name; of enclosing workspace roots too. */
  readonly dependencies: ReadonlySet<string>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly packageManager: PackageManager;
  /** A node_modules folder can be seen from the root. */
  readonly installed: boolean;
  /** `npm ci`, or what the project's package manager calls it. */
  readonly installCommand: string;
  /** The only files that are asked about, relative and sorted; absent: all of the project is. */
  readonly concerned?: readonly string[];
  /** Tracked and untracked, not ignored; relative, `/` separated, sorted. */
  readonly files: readonly string[];
  /** True when `files` was cut at its limit. */
  readonly filesCut: boolean;
  /** PATH of the judged project's tools. */
  readonly path: string;
  /** How each test suite is run, where the config says so. */
  readonly suites: Suites;
  /** What the build emits, where the config says so. */
  readonly bundle?: BundleConfig | undefined;
  /** Which files the coverage gates are about; nothing special where absent. */
  readonly coverage?: CoverageConfig;
  /** What is audited beside the packages of the repository. */
  readonly audit: AuditConfig;
  /** How its performance is measured, where gate or config says so. */
  readonly performance?: PerformanceConfig | undefined;
  environment(kind: 'analyser' | 'project'): Readonly<Record<string, string>>;
  /** First of these names that is a file in the root. */
  find(names: readonly string[]): string | undefined;
  /** Some file has one of these endings, dot included. */
  hasFilesOf(extensions: readonly string[]): boolean;
}

export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: unknown;
  readonly packageManager?: string;
  /** Everything else, for tools that keep their configuration here (`jest`, `mocha`, `prettier` …). */
  readonly [key: string]: unknown;
}

export interface ProjectOptions {
  readonly root: string;
  readonly repositoryTop: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly suites: Suites;
  readonly bundle?: BundleConfig | undefined;
  readonly coverage?: CoverageConfig;
  readonly audit?: AuditConfig;
  readonly performance?: PerformanceConfig | undefined;
  /** Names of environment variables that no tool may see. */
  readonly secrets: readonly string[];
  /** Absolute folders of nemesis' own binaries, left out of the judged project's PATH. */
  readonly ownBinDirs: readonly string[];
}

const LOCKFILES: readonly (readonly [PackageManager, string, string])[] = [
  ['npm', 'package-lock.json', 'npm ci'],
  ['npm', 'npm-shrinkwrap.json', 'npm ci'],
  ['pnpm', 'pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['yarn', 'yarn.lock', 'yarn install --frozen-lockfile'],
  ['bun', 'bun.lock', 'bun install --frozen-lockfile'],
  ['bun', 'bun.lockb', 'bun install --frozen-lockfile'],
];

export async function readProject(options: ProjectOptions): Promise<Project> {
  const { root } = options;
  // Outside git the workspace a package belongs to still holds its tools.
  const repositoryTop = options.repositoryTop ?? workspaceTop(root);
  const own = readManifest(root);
  const above = foldersAbove(root, repositoryTop).map((folder) => readManifest(folder).manifest);
  const listed = await listFiles(root, options.repositoryTop !== undefined);
  const extensions = new Set(listed.files.map((file) => path.extname(file)));
  const manager = packageManagerOf(root, repositoryTop, own.manifest, above);
  const virtualEnv = options.env['VIRTUAL_ENV'];
  const toolPath = targetPath({
    root,
    repositoryTop: repositoryTop ?? root,
    userPath: options.env['PATH'] ?? '',
    ownBinDirs: options.ownBinDirs,
    ...(virtualEnv === undefined ? {} : { virtualEnv }),
  });
  return {
    root,
    repositoryTop: options.repositoryTop,
    manifest: own.manifest,
    manifestProblem: own.problem,
    dependencies: new Set([own.manifest, ...above].flatMap(dependencyNames)),
    scripts: stringsOf(own.manifest?.scripts),
    packageManager: manager.name,
    installed: [root, ...foldersAbove(root, repositoryTop)].some((folder) =>
      isFolder(path.join(folder, 'node_modules')),
    ),
    installCommand: manager.install,
    files: listed.files,
    filesCut: listed.cut,
    path: toolPath,
    suites: options.suites,
    bundle: options.bundle,
    ...(options.coverage !== undefined && { coverage: options.coverage }),
    audit: options.audit ?? DEFAULT_AUDIT,
    performance: options.performance,
    environment: (kind) =>
      toolEnvironment(kind, options.env, { path: toolPath, deploySecrets: options.secrets }),
    find: (names) => names.find((name) => existsSync(path.join(root, name))),
    hasFilesOf: (wanted) => wanted.some((extension) => extensions.has(extension)),
  };
}

/** The nearest enclosing folder that declares workspaces; undefined when there is none. */
function workspaceTop(root: string): string | undefined {
  for (let folder = root; folder !== path.dirname(folder);) {
    folder = path.dirname(folder);
    const declares = readManifest(folder).manifest?.workspaces !== undefined;
    if (declares || existsSync(path.join(folder, 'pnpm-workspace.yaml'))) return folder;
  }
  return undefined;
}

/** Folders that enclose the root, nearest first, up to the top of the repository. */
function foldersAbove(root: string, top: string | undefined): string[] {
  const found: string[] = [];
  if (top === undefined) return found;
  for (let folder = root; folder !== top && folder !== path.dirname(folder);) {
    folder = path.dirname(folder);
    found.push(folder);
  }
  return found;
}

function readManifest(folder: string): { manifest?: Manifest; problem?: string } {
  const file = path.join(folder, 'package.json');
  if (!existsSync(file)) return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      return { problem: 'package.json is not an object' };
    }
    return { manifest: parsed as Manifest };
  } catch {
    return { problem: 'package.json is not valid JSON' };
  }
}

function dependencyNames(manifest: Manifest | undefined): string[] {
  return [
    manifest?.dependencies,
    manifest?.devDependencies,
    manifest?.peerDependencies,
    manifest?.optionalDependencies,
  ].flatMap((group) => Object.keys(group ?? {}));
}

/** Only the entries that are text: a hostile or broken manifest can hold anything. */
function stringsOf(record: unknown): Record<string, string> {
  if (typeof record !== 'object' || record === null) return {};
  return Object.fromEntries(
    Object.entries(record).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** The one package.json names, else the one whose lock file is nearest: a second lock file may be left over. */
function packageManagerOf(
  root: string,
  top: string | undefined,
  manifest: Manifest | undefined,
  above: readonly (Manifest | undefined)[],
): { name: PackageManager; install: string } {
  const named = [manifest, ...above].flatMap((one) => namedManager(one) ?? [])[0];
  for (const folder of [root, ...foldersAbove(root, top)]) {
    for (const [name, lockfile, install] of LOCKFILES) {
      const fits = named === undefined || named === name;
      if (fits && existsSync(path.join(folder, lockfile))) return { name, install };
    }
  }
  const name = named ?? 'npm';
  return { name, install: `${name} install` };
}

/** https://nodejs.org/api/packages.html#packagemanager */
function namedManager(manifest: Manifest | undefined): PackageManager | undefined {
  const name = /^(npm|pnpm|yarn|bun)@/.exec(String(manifest?.packageManager ?? ''))?.[1];
  return name as PackageManager | undefined;
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

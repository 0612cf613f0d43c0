/** Where a tool is: the project's own copy, the user's PATH, or the one nemesis brings along. */

import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { resolveBinary } from './process/resolve-binary.ts';
import { namesIn, realPath } from './may-be-absent.ts';
import type { Project } from './project.ts';

export interface ToolLocation {
  /** The binary's name: `eslint`. */
  readonly name: string;
  /** The npm package a project declares for it, where that has another name: `typescript` for `tsc`. */
  readonly declaredAs?: string;
  /** For a program of Python's: the distribution it is installed by. */
  readonly distribution?: string;
  /** A program of nemesis' own, absolute, and the package it runs, which has the version people know. */
  readonly own?: {
    readonly program: () => string;
    readonly package: string;
    /** Flags of Node it is started with. */
    readonly flags?: readonly string[];
  };
  /** Where a copy of nemesis' own stands in: the npm package and the bin in it. */
  readonly brought?: { readonly package: string; readonly bin: string };
  /** `never`: only the project or the PATH; `only`: only nemesis' own; `fallback`: when nothing else is found. */
  readonly useBrought?: (project: Project) => 'never' | 'only' | 'fallback';
}

export interface Located {
  readonly found: true;
  readonly file: string;
  /** Arguments before the tool's own: the script, when the file is an interpreter. */
  readonly leadingArgv: readonly string[];
  readonly version: string | undefined;
  readonly from: 'project' | 'path' | 'nemesis';
}

export type Location =
  Located | { readonly found: false; readonly lookedIn: string; readonly help?: string };

export function locateTool(location: ToolLocation, project: Project): Location {
  if (location.own !== undefined) return ownProgram(location.own);
  const policy = location.useBrought?.(project) ?? 'never';
  if (policy !== 'only') {
    const own = resolveBinary(location.name, project.path);
    if (own.ok) {
      return {
        found: true,
        file: own.file,
        leadingArgv: [],
        version: versionOf(own.file, location),
        from: isProjects(own.file, project) ? 'project' : 'path',
      };
    }
  }
  if (policy !== 'never' && location.brought !== undefined) return broughtTool(location.brought);
  if (location.distribution !== undefined) {
    return { found: false, lookedIn: '.venv, venv and PATH' };
  }
  // Undeclared, it may still come with another package: whoever installed nothing begins there.
  const byInstall =
    project.dependencies.has(location.declaredAs ?? location.name) ||
    (!project.installed && project.dependencies.size > 0);
  return {
    found: false,
    lookedIn: 'node_modules/.bin and PATH',
    ...(byInstall ? { help: project.installCommand } : {}),
  };
}

function isProjects(file: string, { root, repositoryTop = root }: Project): boolean {
  return (
    file.includes(`${path.sep}node_modules${path.sep}`) ||
    file.startsWith(`${repositoryTop}${path.sep}`)
  );
}

function versionOf(file: string, location: ToolLocation): string | undefined {
  return location.distribution === undefined
    ? (packageVersion(file) ?? shimVersion(file, location))
    : distributionVersion(file, location.distribution);
}

/** Runs on nemesis' own Node; from the sources as well as from the bundle. */
function ownProgram(own: NonNullable<ToolLocation['own']>): Location {
  try {
    const require = createRequire(import.meta.url);
    const manifest = findManifest(require.resolve(own.package), own.package);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as PackageManifest;
    const leadingArgv = [...(own.flags ?? []), own.program()];
    return { found: true, file: process.execPath, leadingArgv, version, from: 'nemesis' };
  } catch {
    return { found: false, lookedIn: `nemesis' own ${own.package}` };
  }
}

function broughtTool(brought: { package: string; bin: string }): Location {
  const require = createRequire(import.meta.url);
  try {
    const manifestFile = findManifest(require.resolve(brought.package), brought.package);
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as PackageManifest;
    const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[brought.bin];
    if (bin === undefined) return { found: false, lookedIn: `nemesis' own ${brought.package}` };
    return {
      found: true,
      file: process.execPath,
      leadingArgv: [path.join(path.dirname(manifestFile), bin)],
      version: manifest.version,
      from: 'nemesis',
    };
  } catch {
    return { found: false, lookedIn: `nemesis' own ${brought.package}` };
  }
}

interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly bin?: string | Readonly<Record<string, string>>;
}

/** The package.json a file belongs to; packages do not export it, so it is found by walking up. */
function findManifest(file: string, name: string): string {
  for (
    let folder = path.dirname(file);
    folder !== path.dirname(folder);
    folder = path.dirname(folder)
  ) {
    const candidate = path.join(folder, 'package.json');
    try {
      const manifest = JSON.parse(readFileSync(candidate, 'utf8')) as PackageManifest;
      if (manifest.name === name) return candidate;
    } catch {
      // no package.json here: go up
    }
  }
  throw new Error(`no package.json of ${name} above ${file}`);
}

/** pnpm, and npm on Windows, put a small script into node_modules/.bin where npm puts a link. */
function shimVersion(file: string, { name, declaredAs = name }: ToolLocation): string | undefined {
  const bin = path.dirname(file);
  if (path.basename(bin) !== '.bin') return undefined;
  try {
    const manifest = path.join(path.dirname(bin), declaredAs, 'package.json');
    return (JSON.parse(readFileSync(manifest, 'utf8')) as PackageManifest).version;
  } catch {
    return undefined;
  }
}

/** Version of the npm package a binary in node_modules/.bin links to; undefined for anything else. */
function packageVersion(file: string): string | undefined {
  try {
    for (
      let folder = path.dirname(realpathSync(file));
      folder !== path.dirname(folder);
      folder = path.dirname(folder)
    ) {
      try {
        const manifest = JSON.parse(
          readFileSync(path.join(folder, 'package.json'), 'utf8'),
        ) as PackageManifest;
        if (manifest.version !== undefined) return manifest.version;
      } catch {
        if (path.basename(folder) === 'node_modules') return undefined;
      }
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** By the metadata beside `bin/black`, in `lib/python3.x/site-packages`; undefined for shims and system packages. */
function distributionVersion(file: string, distribution: string): string | undefined {
  const escaped = distribution.replace(/[-_.]+/g, '[-_.]+');
  const metadata = new RegExp(`^${escaped}-(\\d[^-]*)\\.dist-info$`, 'i');
  // The environment's own bin folder, and for a link into one the folder it points to.
  for (const program of [file, realPath(file)]) {
    const lib = path.join(path.dirname(path.dirname(program)), 'lib');
    for (const python of namesIn(lib).filter((name) => name.startsWith('python3'))) {
      for (const name of namesIn(path.join(lib, python, 'site-packages'))) {
        const version = metadata.exec(name)?.[1];
        if (version !== undefined) return version;
      }
    }
  }
  return undefined;
}

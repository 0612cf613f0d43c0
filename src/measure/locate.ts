/** Where a tool is: the project's own copy, the user's PATH, or the one nemesis brings along. */

import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { resolveBinary } from './process/resolve-binary.ts';
import type { Project } from './project.ts';

export interface ToolLocation {
  /** The binary's name: `eslint`. */
  readonly name: string;
  /** The npm package a project declares for it, where that has another name: `typescript` for `tsc`. */
  readonly declaredAs?: string;
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
  const policy = location.useBrought?.(project) ?? 'never';
  if (policy !== 'only') {
    const own = resolveBinary(location.name, project.path);
    if (own.ok) {
      const from = own.file.includes(`${path.sep}node_modules${path.sep}`) ? 'project' : 'path';
      return {
        found: true,
        file: own.file,
        leadingArgv: [],
        version: packageVersion(own.file) ?? shimVersion(own.file, location),
        from,
      };
    }
  }
  if (policy !== 'never' && location.brought !== undefined) return broughtTool(location.brought);
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

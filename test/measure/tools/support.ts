/** What the tests of tool adapters share: a project without a folder, and the fixtures. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_AUDIT } from '../../../src/config/config.ts';
import type { ToolState } from '../../../src/judge/reading.ts';
import type { Project } from '../../../src/measure/project.ts';
import type { CommandContext, RawRun } from '../../../src/measure/tool.ts';

/** Where captured output says the project was. */
export const ROOT = '/project';

export function projectWith(given: Partial<Project> = {}): Project {
  const files = given.files ?? [];
  return {
    root: ROOT,
    repositoryTop: ROOT,
    manifest: undefined,
    manifestProblem: undefined,
    dependencies: new Set(),
    scripts: {},
    packageManager: 'npm',
    installed: true,
    installCommand: 'npm ci',
    files,
    filesCut: false,
    path: '/usr/bin',
    suites: {},
    audit: DEFAULT_AUDIT,
    environment: () => ({ PATH: '/usr/bin' }),
    find: (names) => names.find((name) => files.includes(name)),
    hasFilesOf: (endings) => files.some((file) => endings.includes(path.extname(file))),
    ...given,
  };
}

/** `meta.json` of a fixture: how it was captured. */
export interface FixtureMeta {
  /** As a person would type it. */
  readonly command: string;
  readonly version: string;
  readonly exitCode: number;
  /** Where the tool came from; the project when left out. */
  readonly from?: 'project' | 'path' | 'nemesis';
  /** Of a case with `input/`: its project does not see nemesis' own node_modules. */
  readonly alone?: boolean;
  /** Of a case with `input/`: its report holds secrets, and is kept as nemesis publishes it. */
  readonly redacted?: boolean;
  /** Name of the report file; `report.json` when there is one of that name. */
  readonly report?: string;
  /** Facts about the project the adapter asks for while it reads. */
  readonly project?: Partial<Pick<Project, 'files' | 'installed' | 'installCommand'>> & {
    readonly dependencies?: readonly string[];
  };
}

export interface Fixture {
  readonly tool: string;
  readonly name: string;
  readonly raw: RawRun;
  readonly context: CommandContext;
  readonly expected: { readonly state: string };
}

const NOT_FILES = new Set(['meta.json', 'stdout', 'stderr', 'expected.json', 'input']);

export function fixturesIn(folder: string): Fixture[] {
  return foldersIn(folder).flatMap((tool) =>
    foldersIn(path.join(folder, tool)).map((name) =>
      readFixture(tool, name, path.join(folder, tool, name)),
    ),
  );
}

/** States a tool never reaches, each with the reason. */
export function unreachableStates(
  folder: string,
  tool: string,
): Partial<Record<ToolState, string>> {
  const file = path.join(folder, tool, 'unreachable.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<ToolState, string>>)
    : {};
}

function readFixture(tool: string, name: string, folder: string): Fixture {
  const text = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const optional = (file: string): string =>
    existsSync(path.join(folder, file)) ? text(file) : '';
  const meta = JSON.parse(text('meta.json')) as FixtureMeta;
  const names = readdirSync(folder).filter((file) => !NOT_FILES.has(file));
  const files = Object.fromEntries(names.map((file) => [file, text(file)]));
  const { dependencies, ...facts } = meta.project ?? {};
  return {
    tool,
    name,
    raw: {
      exitCode: meta.exitCode,
      stdout: optional('stdout'),
      stderr: optional('stderr'),
      files,
      root: ROOT,
      report: files[meta.report ?? 'report.json'],
    },
    context: {
      project: projectWith({ ...facts, dependencies: new Set(dependencies) }),
      workDir: path.join(ROOT, '.nemesis', 'reports', tool),
      tool: {
        found: true,
        file: `/usr/bin/${tool}`,
        leadingArgv: [],
        version: meta.version,
        from: meta.from ?? 'project',
      },
    },
    expected: JSON.parse(text('expected.json')) as Fixture['expected'],
  };
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

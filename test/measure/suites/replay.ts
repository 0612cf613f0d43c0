/** A captured run of a test framework, played back: a project in a folder, and an engine that starts nothing. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Suites } from '../../../src/config/config.ts';
import type {
  ProcessEnd,
  ProcessEngine,
  ProcessRequest,
} from '../../../src/measure/process/contract.ts';
import type { Manifest, Project } from '../../../src/measure/project.ts';
import type { Measurement, RunContext } from '../../../src/measure/runner.ts';
import { projectWith, ROOT } from '../tools/support.ts';
import { temporary } from '../../temporary.ts';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/suites');

export interface SuiteFixture {
  readonly framework: string;
  readonly name: string;
  readonly folder: string;
  readonly meta: {
    readonly command: string;
    readonly version: string;
    readonly exitCode: number;
    /** The package.json of the project it was captured in. */
    readonly project: Manifest;
  };
  readonly expected: Partial<Measurement>;
}

export function suiteFixtures(): SuiteFixture[] {
  return foldersIn(FIXTURES).flatMap((framework) =>
    foldersIn(path.join(FIXTURES, framework)).map((name) => {
      const folder = path.join(FIXTURES, framework, name);
      const json = (file: string): unknown =>
        JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
      return {
        framework,
        name,
        folder,
        meta: json('meta.json') as SuiteFixture['meta'],
        expected: json('expected.json') as SuiteFixture['expected'],
      };
    }),
  );
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** A real folder, since tools are looked for on the disk: `package.json` and stubs of the programs named. */
export function projectIn(
  manifest: Manifest,
  options: {
    readonly programs?: Readonly<Record<string, string>>;
    readonly files?: readonly string[];
    readonly suites?: Suites;
    readonly path?: string;
  } = {},
): Project {
  const root = temporary('suite');
  const bin = path.join(root, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  for (const [program, script] of Object.entries(options.programs ?? {})) {
    writeFileSync(path.join(bin, program), script);
    chmodSync(path.join(bin, program), 0o755);
  }
  const files = options.files ?? [];
  const dependencies = { ...manifest.dependencies, ...manifest.devDependencies };
  return projectWith({
    root,
    repositoryTop: root,
    manifest,
    dependencies: new Set(Object.keys(dependencies)),
    scripts: manifest.scripts ?? {},
    files,
    find: (names) => names.find((name) => files.includes(name)),
    path: [bin, ...(options.path === undefined ? [] : [options.path])].join(path.delimiter),
    suites: options.suites ?? {},
    environment: () => ({ PATH: options.path ?? '/usr/bin:/bin' }),
  });
}

export function contextFor(
  project: Project,
  engine: ProcessEngine,
  given: Partial<RunContext> = {},
): RunContext {
  return {
    project,
    engine,
    workDir: temporary('suite-work'),
    timeoutMs: 10_000,
    outputCapBytes: 8 * 1024 * 1024,
    signal: new AbortController().signal,
    earlier: new Map(),
    ...given,
  };
}

/** Writes what the fixture holds to where the request says, with the paths of this project. */
export function replayEngine({ folder, meta }: SuiteFixture, root: string): ProcessEngine {
  return engineOf((request) => {
    if (request.argv.includes('--version')) {
      writeFileSync(path.join(request.outputDir, 'stdout'), `v${meta.version}\n`);
      return { kind: 'exited', code: 0 };
    }
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const from = path.join(folder, file);
      const isOurs = /^(meta\.json|expected\.json|input(\/.*)?)$/.test(file);
      if (isOurs || statSync(from).isDirectory()) continue;
      const to = path.join(request.outputDir, file);
      mkdirSync(path.dirname(to), { recursive: true });
      writeFileSync(to, readFileSync(from, 'utf8').replaceAll(ROOT, root));
    }
    return { kind: 'exited', code: meta.exitCode };
  });
}

/** An engine that asks `run` what became of each request; streams it does not write are empty. */
export function engineOf(run: (request: ProcessRequest) => ProcessEnd): ProcessEngine {
  return {
    run(request) {
      const [stdoutFile, stderrFile] = ['stdout', 'stderr'].map((stream) =>
        path.join(request.outputDir, stream),
      ) as [string, string];
      const end = run(request);
      for (const file of [stdoutFile, stderrFile]) if (!existsSync(file)) writeFileSync(file, '');
      return Promise.resolve({
        end,
        durationMs: 1,
        startedAtMs: 0,
        stdoutFile,
        stderrFile,
        survivors: 0,
      });
    },
    launchDetached: () => Promise.reject(new Error('nothing is launched here')),
    close: () => Promise.resolve(),
  };
}

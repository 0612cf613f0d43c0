/**
 * The interpreter a project's tools run on, and whether what the project declares is installed for it and fits
 * together. Two questions, since `pip check` finds nothing wrong with an empty environment.
 */

import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { locateTool, type Location, type ToolLocation } from '../locate.ts';
import type { Project } from '../project.ts';
import { pythonManifest, pythonSources } from '../python/files.ts';
import { pythonInstall } from '../python/install.ts';
import { nameOf } from '../python/requirements.ts';
import { runtimeNames } from '../python/runtime.ts';
import type { Measurement, MetricValue, RunContext, Runner } from '../runner.ts';
import { hasNumbers, runTool } from '../tool.ts';
import { complaintIn } from './complaint.ts';
import { RESOLVED_METRICS } from './dependencies.ts';
import { readJsonReport } from './json-report.ts';

const ASK = `
import importlib.metadata as m, json, platform
print(json.dumps({
    "version": platform.python_version(),
    "installed": sorted({d.metadata["Name"] for d in m.distributions() if d.metadata["Name"]}),
}))`;
const Answer = z.object({ version: z.string(), installed: z.array(z.string()) });
type Answer = z.infer<typeof Answer>;

const install = 'install Python: https://www.python.org/downloads/';

export const pythonEnv: Runner = {
  id: 'python-env',
  about: 'the Python the tools run on, and whether declared dependencies are installed for it',
  needs: 'a Python project',
  install,
  metrics: {
    python_version: {
      dimension: 'version',
      better: 'higher',
      about: 'version of the interpreter: of the project’s environment, else the first on PATH',
    },
    ...RESOLVED_METRICS,
  },
  inPlay(project) {
    const because = pythonManifest(project);
    if (because === undefined) return { inPlay: false, why: 'no Python project' };
    if (pythonSources(project).length === 0) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  isFound: (project) => locateTool(interpreterOf(project), project).found,
  async measure(context): Promise<Measurement> {
    const location = interpreterOf(context.project);
    let answer: Answer | undefined;
    const asked = await runTool<never>(
      {
        ...{ id: 'python-env', install, location, kind: 'analyser' },
        // In our own folder: a file of the project may be called json.py.
        command: ({ workDir }) => ({ argv: ['-c', ASK], cwd: workDir, env: QUIET }),
        read(raw) {
          const read = readJsonReport(raw.stdout, Answer);
          if (!read.ok) {
            const said = complaintIn(raw.stderr, raw.root);
            return {
              state: 'crashed',
              why: `Python does not tell its version: ${said || read.why}`,
            };
          }
          answer = read.value;
          return { state: 'clean', metrics: {}, findings: [] };
        },
      },
      context,
    );
    if (answer === undefined) return asked;
    return withDependencies(
      asked,
      answer,
      await checkInstalled(location, context),
      context.project,
    );
  },
};

const QUIET = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };

/** An environment has `python`; outside of one that may be anything, and `python3` is the one meant. */
function interpreterOf(project: Project): ToolLocation {
  const named = (name: string): ToolLocation => ({ name, distribution: 'python' });
  const [plain, three] = ['python', 'python3'].map((name) => locateTool(named(name), project)) as [
    Location,
    Location,
  ];
  return named(three.found && !(plain.found && plain.from === 'project') ? 'python3' : 'python');
}

interface Conflicts {
  /** Each says which package misses what. */
  readonly lines: readonly string[];
  /** Why nobody could tell. */
  readonly unknown?: string;
  readonly help?: string;
}

async function checkInstalled(location: ToolLocation, context: RunContext): Promise<Conflicts> {
  const byPip = await conflictsOf(location, ['-m', 'pip', 'check'], context);
  if (byPip.unknown === undefined || !/No module named pip/.test(byPip.unknown)) return byPip;
  // uv makes environments without pip, and has a check of its own.
  const python = locateTool(location, context.project);
  const uv: ToolLocation = { name: 'uv', distribution: 'uv' };
  if (!python.found || !locateTool(uv, context.project).found) {
    const unknown = 'there is no pip in this environment, and no uv to check it';
    return { lines: [], unknown, help: `${location.name} -m ensurepip` };
  }
  return conflictsOf(uv, ['pip', 'check', '--python', python.file], context);
}

async function conflictsOf(
  location: ToolLocation,
  argv: readonly string[],
  context: RunContext,
): Promise<Conflicts> {
  let found: Conflicts = { lines: [] };
  const measured = await runTool<never>(
    {
      ...{ id: 'python-env', install, location, kind: 'analyser' },
      command: ({ workDir }) => ({ argv, cwd: workDir, env: QUIET }),
      read({ stdout, stderr, exitCode, root }) {
        const lines = `${stdout}\n${stderr}`
          .split('\n')
          .filter((line) => CONFLICT.test(line))
          .map((line) => line.trim());
        if (exitCode !== 0 && lines.length === 0) {
          return { state: 'crashed', why: complaintIn(`${stderr}\n${stdout}`, root) };
        }
        found = { lines };
        return { state: 'findings', metrics: {}, findings: [] };
      },
    },
    { ...context, workDir: `${context.workDir}/check` },
  );
  return hasNumbers(measured) ? found : { lines: [], unknown: measured.why ?? measured.state };
}

/** Of pip: `a 1.0 requires b, which is not installed.`; of uv: ``The package `a` requires `b>=2`, but …``. */
const CONFLICT =
  /requires .+, which is not installed|has requirement .+, but you have|is not supported on this platform|^The package `/;

function withDependencies(
  asked: Measurement,
  { version, installed }: Answer,
  conflicts: Conflicts,
  project: Project,
): Measurement {
  const here = new Set(installed.map(nameOf));
  const wanted = runtimeNames(project);
  const absent = wanted.filter((name) => !here.has(name));
  const own = asked.evidence?.from === 'project';
  // The Python of the whole machine holds a few of them by chance, and what belongs to others, too.
  const notHere = !own && absent.length * 2 > wanted.length;
  const findings = [
    ...absent.map((name) => unresolved('missing', `${name} is declared and not installed`)),
    ...conflicts.lines
      .filter((line) => own || isAbout(line, wanted))
      .map((line) => unresolved('conflict', line)),
  ].slice(0, notHere ? 0 : undefined);
  const resolved: Count = notHere
    ? { missing: `dependencies are not installed: ${pythonInstall(project)}` }
    : findings.length === 0 && conflicts.unknown !== undefined
      ? { missing: conflicts.unknown }
      : findings.length;
  const help = typeof resolved === 'object' ? pythonInstall(project) : undefined;
  return {
    ...asked,
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: {
      python_version: version,
      all_resolved: typeof resolved === 'number' ? resolved === 0 : resolved,
      dependencies_unresolved: resolved,
    },
    findings,
    summary: `Python ${version}, ${
      notHere
        ? 'dependencies not installed'
        : findings.length === 0
          ? `${wanted.length} declared, all installed`
          : `${findings.length} not as declared`
    }`,
    ...(help === undefined ? {} : { help: conflicts.help ?? help }),
  };
}

/** How many are not as declared, or why that cannot be told. */
type Count = Exclude<MetricValue, boolean | string>;

function isAbout(line: string, names: readonly string[]): boolean {
  const name = /^(?:The package `)?([\w.-]+)/.exec(line)?.[1] ?? '';
  return names.includes(nameOf(name));
}

function unresolved(rule: string, message: string): Finding {
  return {
    tool: 'python-env',
    rule,
    severity: 'error',
    message,
    metric: 'dependencies_unresolved',
  };
}

/**
 * A tool run as a subprocess: the two pure halves (`command`, `read`) around the shared process engine.
 *
 * The order of judgement is the same for every tool: not started, timed out, killed, cut at the cap,
 * then the tool's own `read`, then the cross-check that exit code and report agree.
 */

import { rmSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import type { MetricDeclaration } from '../judge/catalogue.ts';
import type { Finding } from '../judge/finding.ts';
import type { Exposed } from './exposed.ts';
import { locateTool, type Located, type ToolLocation } from './locate.ts';
import type { Mirror } from './mirror.ts';
import { clearWorkFolder, keepForNext, layOut } from './work-folder.ts';
import { mebibytes, readOutputs, reportNames, tailOf } from './outputs.ts';
import type { ProcessOutcome } from './process/contract.ts';
import type { Project } from './project.ts';
import type { InPlay, Measurement, MetricValue, RunContext, Runner } from './runner.ts';
import type { ToolState } from '../judge/reading.ts';

/** What a finished process left behind; all that `read` may look at. */
export interface RawRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The report file's text; undefined when the tool wrote none. Absent for tools that report on stdout. */
  readonly report?: string | undefined;
  /** Further files of `command.alsoRead`, by name; undefined when the tool wrote none. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** Absolute path that reported paths are made relative to. */
  readonly root: string;
}

export type Reading<M extends string> =
  | {
      readonly state: 'clean' | 'findings';
      readonly metrics: Readonly<Record<M, MetricValue>>;
      readonly findings: readonly Finding[];
      /** As in `Measurement`. */
      readonly counts?: Readonly<Record<string, readonly (readonly number[])[]>>;
      readonly findingsCut?: boolean;
      /** As in `Measurement`. */
      readonly exposed?: readonly Exposed[];
      readonly summary?: string;
      readonly why?: string;
      /** The tool did complain, of something that is left out on purpose: then clean may exit non-zero. */
      readonly exitExplained?: boolean;
    }
  | {
      readonly state: Exclude<ToolState, 'clean' | 'findings'>;
      readonly why: string;
      readonly help?: string;
      readonly findings?: readonly Finding[];
    };

export interface ToolCommand {
  readonly argv: readonly string[];
  /** Relative to the project's root; the root itself by default. */
  readonly cwd?: string;
  /** On top of the environment the engine gives this kind of tool. */
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the report file in the work folder; without it the tool reports on stdout. */
  readonly report?: string;
  /** Other files in the work folder that `read` wants. */
  readonly alsoRead?: readonly string[];
  /** Files of the project linked into the work folder before the start, and taken away after the end. */
  readonly mirror?: Mirror;
  /** Files put into the work folder before the start, by name, and taken away after the end. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Files the tool leaves in the work folder that nobody wants: caches, build state. */
  readonly discard?: readonly string[];
  /** Of those to be discarded, what makes the next run shorter, and the name it is kept under until then. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Files of the project to be copied into the work folder before the start: absolute path by name. */
  readonly copies?: Readonly<Record<string, string>>;
}

/** A step before the tool could not be done: the measurement is already known. */
export interface NoCommand {
  readonly instead: Reading<never> & { readonly state: Exclude<ToolState, 'clean' | 'findings'> };
}

export interface CommandContext {
  readonly project: Project;
  /** Absolute; `path.join(workDir, report)` is where the report goes. */
  readonly workDir: string;
  readonly tool: Located;
}

export interface ToolSpec<M extends string> {
  readonly id: string;
  readonly about: string;
  readonly needs: string;
  readonly install: string;
  readonly metrics: Readonly<Record<M, MetricDeclaration>>;
  readonly location: ToolLocation;
  /** Analysers get an allow-listed environment; `project` code (tests, scripts) inherits the user's. */
  readonly kind: 'analyser' | 'project';
  readonly asksNetwork?: true;
  readonly perFile?: true;
  readonly isTouchedBy?: (file: string) => boolean;
  inPlay(project: Project): InPlay;
  command(context: CommandContext): ToolCommand | NoCommand;
  read(raw: RawRun, context: CommandContext): Reading<M>;
  /** The arguments that mend in place of those that measure. */
  readonly fix?: (argv: readonly string[]) => readonly string[];
  /**
   * The report as it may be published: without secrets, sources and people's names. The report file is
   * replaced by it however the run ended, and deleted when this throws.
   */
  redact?(report: string): string;
}

/** A runner whose two halves can be called without a process: that is how its fixtures are walked. */
export interface ToolRunner extends Runner {
  readonly spec: ToolSpec<string>;
}

export function defineTool<const M extends string>(spec: ToolSpec<M>): ToolRunner {
  return {
    id: spec.id,
    about: spec.about,
    needs: spec.needs,
    install: spec.install,
    metrics: spec.metrics,
    ...(spec.asksNetwork && { asksNetwork: true }),
    ...(spec.perFile && { perFile: true }),
    ...(spec.isTouchedBy && { isTouchedBy: spec.isTouchedBy }),
    inPlay: (project) => spec.inPlay(project),
    isFound: (project) => locateTool(spec.location, project).found,
    measure: (context) => runTool(spec, context),
    ...(spec.fix && { fix: (context: RunContext) => runFix(spec, spec.fix!, context) }),
    spec,
  };
}

/** What came of it is seen in the files. A tool of nemesis' own mends nothing: nobody here has chosen its rules. */
async function runFix<M extends string>(
  spec: ToolSpec<M>,
  fix: NonNullable<ToolSpec<M>['fix']>,
  context: RunContext,
): Promise<void> {
  const { project, workDir } = context;
  const located = locateTool(spec.location, project);
  if (!located.found || located.from === 'nemesis') return;
  const command = spec.command({ project, workDir, tool: located });
  if ('instead' in command) return;
  makeFolder(workDir);
  await start(located, { ...command, argv: fix(command.argv) }, spec.kind, context);
  clearWorkFolder(spec, command, context);
}

function start(
  located: Located,
  command: ToolCommand,
  kind: ToolSpec<string>['kind'],
  { project, workDir, timeoutMs, outputCapBytes, engine, signal }: RunContext,
): Promise<ProcessOutcome> {
  return engine.run(
    {
      file: located.file,
      argv: [...located.leadingArgv, ...command.argv],
      cwd: path.resolve(project.root, command.cwd ?? '.'),
      env: { ...project.environment(kind), ...command.env },
      timeoutMs,
      outputCapBytes,
      outputDir: workDir,
    },
    signal,
  );
}

/** Runs one tool to its measurement. Never rejects for what the tool did. */
export async function runTool<M extends string>(
  spec: Omit<ToolSpec<M>, 'inPlay' | 'about' | 'needs' | 'metrics'>,
  context: RunContext,
): Promise<Measurement> {
  const { project, workDir } = context;
  const located = locateTool(spec.location, project);
  if (!located.found) {
    const why = `${spec.location.name} is not installed (looked in ${located.lookedIn})`;
    return absent('not_installed', why, located.help ?? spec.install);
  }
  const forCommand: CommandContext = { project, workDir, tool: located };
  const command = spec.command(forCommand);
  if ('instead' in command) return { metrics: {}, findings: [], ...command.instead };

  makeFolder(workDir);
  // A report of an earlier run must not be taken for this one's.
  for (const name of reportNames(command)) {
    rmSync(path.join(workDir, name), { recursive: true, force: true });
  }
  layOut(spec.id, command, context);
  const outcome = await start(located, command, spec.kind, context);
  const measurement = judgeRun(spec, forCommand, command, outcome, context);
  if (hasNumbers(measurement)) keepForNext(spec.id, command, context);
  clearWorkFolder(spec, command, context);
  return {
    ...measurement,
    evidence: {
      tool: spec.location.name,
      ...(located.version === undefined ? {} : { version: located.version }),
      argv: [spec.location.name, ...shortened(command.argv)],
      ...(outcome.end.kind === 'exited' ? { exitCode: outcome.end.code } : {}),
      report: command.report ?? 'stdout',
      durationMs: outcome.durationMs,
      from: located.from,
      ...(hasNumbers(measurement) ? {} : { tail: tailOf(outcome) }),
    },
  };
}

function judgeRun<M extends string>(
  spec: Pick<ToolSpec<M>, 'read' | 'location' | 'install'>,
  forCommand: CommandContext,
  command: ToolCommand,
  outcome: ProcessOutcome,
  context: RunContext,
): Measurement {
  const { end } = outcome;
  const name = spec.location.name;
  switch (end.kind) {
    case 'not_started':
      return end.code === 'ENOENT'
        ? absent('not_installed', `${name} could not be started: ${end.message}`, spec.install)
        : absent('crashed', `${name} could not be started: ${end.message}`);
    case 'timed_out':
      return absent('timed_out', `${name} was ended after ${end.afterMs / 1000} s`);
    case 'aborted':
      return absent('skipped', `${name} was interrupted`);
    case 'signalled':
      return absent('crashed', `${name} was killed by ${end.signal}`);
    case 'output_capped':
      return absent(
        'bad_report',
        `${name} was ended: its ${end.stream} reached the cap of ${mebibytes(end.capBytes)}, so the report is cut`,
      );
    case 'exited':
      break;
  }
  const texts = readOutputs(outcome, command, context);
  if (!texts.ok) return absent('bad_report', `${name}: ${texts.why}`);
  const raw: RawRun = { exitCode: end.code, root: context.project.root, ...texts.value };
  const reading = spec.read(raw, forCommand);
  if (!('metrics' in reading)) return { metrics: {}, findings: [], ...reading };
  const { exitExplained = false, ...measured } = reading;
  if (measured.state === 'clean' && raw.exitCode !== 0 && !exitExplained) {
    return {
      ...absent('unexplained_failure', `${name} exited ${raw.exitCode} and reports nothing wrong`),
      findings: measured.findings,
    };
  }
  return measured;
}

const MOST_ARGUMENTS_SHOWN = 60;

/** Thousands of file names in a command help nobody to check it. */
function shortened(argv: readonly string[]): readonly string[] {
  if (argv.length <= MOST_ARGUMENTS_SHOWN) return argv;
  const rest = argv.length - MOST_ARGUMENTS_SHOWN;
  return [...argv.slice(0, MOST_ARGUMENTS_SHOWN), `… and ${rest} more`];
}

export function absent(
  state: Exclude<ToolState, 'clean' | 'findings'>,
  why: string,
  help?: string,
): Measurement {
  return { state, why, metrics: {}, findings: [], ...(help === undefined ? {} : { help }) };
}

export function hasNumbers({ state }: Pick<Measurement, 'state'>): boolean {
  return state === 'clean' || state === 'findings';
}

/** Runs gates and tells about it: shared by `deploy:check` and the `test:` commands. */

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { Config } from '../config/config.ts';
import { readBaseline } from '../config/baseline-file.ts';
import type { Cell } from '../judge/matrix.ts';
import { askVersion } from '../measure/ask-version.ts';
import type { ProcessEngine } from '../measure/process/contract.ts';
import type { Project } from '../measure/project.ts';
import { redactor, type Redact } from '../measure/redact.ts';
import type { Baseline } from '../judge/baseline.ts';
import type { Runner } from '../measure/runner.ts';
import { runCheck, type CheckOptions } from '../pipeline/check.ts';
import type { Past } from '../pipeline/past.ts';
import type { CheckResult, TrustedConfig } from '../pipeline/result.ts';
import type { Reporter } from '../report/reporter.ts';
import { readJobs, readOptions, type AskedCheck } from './asked-check.ts';
import { commitOf, endingOf, notRecorded } from './check-answer.ts';
import { cellOf } from './cell.ts';
import { changeReader, type ReadChange } from '../measure/change/change.ts';
import { checkMemory } from './check-memory.ts';
import type { Ending } from './exit.ts';
import { guarded, guardOf } from './guard.ts';
import { lastGoodRelease } from './last-good-release.ts';
import { historyPlace, interruptedOr } from './history.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { openOutputs, type Outputs } from './outputs.ts';
import { reporterFor } from './reporters.ts';
import { openAsked } from './asked-session.ts';
import { projectOf, runnersOf, type Session } from './session.ts';
import { clearLeftovers, clearRun, diskFailure, keepResult, makeStateDir } from './state-dir.ts';
import { tell } from './tell.ts';

/** Measures, judges and tells; the ending says what the exit code will be. */
export async function checkAndTell(asked: AskedCheck, bare: Io, parts: Parts): Promise<Ending> {
  const session = await openAsked(bare, parts, asked.cwd, asked.trustedConfig);
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const io = guarded(bare, guardOf(session.value, bare));
  const hasConfig = session.value.loaded.config.file !== undefined;
  const outputs = await openOutputs(asked, session.value, io, parts.version);
  if (!outputs.ok) return { kind: 'failed', failure: outputs.failure };
  const report = () => reporterFor(asked, io, parts, hasConfig, outputs.value);
  const ending = await check(asked, session.value, io, parts, report);
  return await afterOutputs(ending, outputs.value, io);
}

/** A yes without the file that was asked for is none; a no stays a no. */
async function afterOutputs(ending: Ending, outputs: Outputs, io: Io): Promise<Ending> {
  for (const failure of outputs.remarks()) await tell(failure, io);
  const [last, ...others] = [...outputs.lost()].reverse();
  if (last === undefined) return ending;
  for (const failure of others) await tell(failure, io);
  if (ending.kind === 'yes')
    return { kind: 'failed', failure: { ...last, kind: 'cannot_act' } as Failure };
  await tell(last, io);
  return ending;
}

async function check(
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
  report: () => Promise<Reporter>,
): Promise<Ending> {
  if (asked.merge !== undefined) {
    const { mergeAndTell } = await import('./merge-reports.ts');
    return mergeAndTell(asked.merge, asked, session, io, parts, report);
  }
  if (asked.record === true) return await checkAndRecord(asked, session, io, parts, report);
  const result = await performCheck(asked, session, io, parts, report);
  return result.ok
    ? endingOf(result.value, asked.strict ?? false)
    : { kind: 'failed', failure: result.failure };
}

/** A yes that is not recorded is none; a no stays a no. What asked for a part only says that it is not recorded. */
async function checkAndRecord(
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
  report: () => Promise<Reporter>,
): Promise<Ending> {
  const place = historyPlace(session, io.env);
  const asksForAll = (asked.gates ?? []).length === 0 && (asked.only ?? []).length === 0;
  if (!place.ok && asksForAll) return { kind: 'failed', failure: place.failure };
  const memory = checkMemory(session, io, parts);
  try {
    const result = await performCheck(asked, session, io, parts, report, () => memory.past());
    if (!result.ok) return { kind: 'failed', failure: result.failure };
    const ending = endingOf(result.value, asked.strict ?? false);
    const recorded = await memory.record(result.value);
    if (recorded.ok) return ending;
    const failure = notRecorded(recorded.failure);
    if (ending.kind === 'yes' && result.value.partial === undefined)
      return interruptedOr({ kind: 'failed', failure }, io);
    await tell(failure, io);
    return ending;
  } finally {
    await memory.close();
  }
}

/** The run itself: state folder, engine, reporter, and the result kept in `.nemesis/reports/check.json`. */
export async function performCheck(
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
  createReporter: () => Promise<Reporter>,
  past?: () => Promise<Result<Past>>,
): Promise<Result<CheckResult>> {
  const { config, agents } = session.loaded;
  const runners = await runnersOf(session, parts);
  const prepared = await prepare(asked, session, runners, io, parts);
  if (!prepared.ok) return prepared;
  const { options, project, ...more } = prepared.value;
  const runId = randomUUID();
  const engine = await parts.engine(runId);
  const cell = await cellAsked(asked, session, { project, engine, runId, io });
  if (!cell.ok) {
    await engine.close();
    clearRun(session.stateDir, runId);
    return cell;
  }
  const reporter = await createReporter();
  try {
    const result = await runCheck(
      { ...options, ...(cell.value && { cell: cell.value }) },
      {
        config,
        agents,
        runners,
        project,
        engine,
        ...more,
        runId,
        signal: io.signal,
        stateDir: session.stateDir,
        redact: redactorOf(session, io),
        now: () => io.now(),
        makesBaseline: asked.makesBaseline ?? false,
        past,
        trusted: withoutBaseline(session),
        ...(await commitOf(session)),
        ...(session.staged && {
          shownRoot: session.staged.shownRoot,
          keepDir: session.staged.keepDir,
        }),
      },
      (event) => {
        // An interrupted run has no answer to tell.
        if (event.kind !== 'run_ended' || event.result.stoppedBy !== 'interrupted')
          reporter.on(event);
      },
    );
    if (result.stoppedBy === 'interrupted') {
      return fail({ kind: 'interrupted', signal: io.signal.reason as Interruption });
    }
    // Once more: a tool that cleans up may have taken the folder, and the file that hides it from git.
    const still = makeStateDir(session.stateDir);
    if (!still.ok) return still;
    const lost = keepResult(result, session.stateDir, parts.version, guardOf(session, io));
    if (lost !== undefined) await tell(lost, io);
    return ok(result);
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    return fail(failure);
  } finally {
    reporter.close();
    await engine.close();
    clearRun(session.stateDir, runId);
  }
}

interface Prepared {
  readonly options: CheckOptions;
  readonly jobs: number;
  readonly baseline: Baseline | undefined;
  readonly project: Project;
  readonly change: () => Promise<ReadChange>;
}

/** Everything that can be refused before a process starts. */
async function prepare(
  asked: AskedCheck,
  session: Session,
  runners: readonly Runner[],
  io: Io,
  parts: Parts,
): Promise<Result<Prepared>> {
  const options = readOptions(
    asked,
    runners.map(({ id }) => id),
    session.loaded.config.trial?.speed,
  );
  if ('kind' in options) return fail(options);
  const jobs = jobsAsked(asked, session.loaded.config);
  if (!jobs.ok) return jobs;
  const baseline = baselineOf(session);
  if (!baseline.ok) return baseline;
  const made = makeStateDir(session.stateDir);
  if (!made.ok) return made;
  clearLeftovers(session.stateDir, io.now());
  const project = await projectOf(session, io, parts);
  const nothing = nothingToMeasure(project, asked);
  if (nothing !== undefined) return fail(nothing);
  const change = await changeOf(asked.base, project.root, session, io, parts);
  if (!change.ok) return change;
  return ok({
    ...{ options, project },
    ...{ jobs: jobs.value, baseline: baseline.value, change: change.value },
  });
}

function redactorOf({ loaded, staged }: Session, io: Io): Redact {
  const redact = redactor(io.env, loaded.config.secrets);
  return staged === undefined ? redact : (text) => staged.rename(redact(text));
}

function jobsAsked({ jobs }: AskedCheck, config: Config): Result<number> {
  const count = readJobs(jobs ?? String(config.jobs));
  if (count !== undefined) return ok(count);
  const message = `--jobs takes a number from 1 to 64, or auto; got ${jobs ?? ''}`;
  return fail({ kind: 'usage', message });
}

interface CellPlace {
  readonly project: Project;
  readonly engine: ProcessEngine;
  readonly runId: string;
  readonly io: Io;
}

async function cellAsked(
  { cell }: AskedCheck,
  { loaded, stateDir }: Session,
  { project, engine, runId, io }: CellPlace,
): Promise<Result<Cell | undefined>> {
  if (cell === undefined) return ok(undefined);
  const outputDir = path.join(stateDir, 'tmp', runId, 'cell');
  return cellOf(cell, loaded.agents, {
    platform: process.platform,
    path: project.path,
    versionOf: (file) =>
      askVersion(
        { file, cwd: project.root, env: project.environment('analyser'), outputDir },
        engine,
        io.signal,
      ),
  });
}

/** Whoever asks for a document gets one all the same. */
function nothingToMeasure(
  { files, root }: Project,
  { json = false, outputs = [] }: AskedCheck,
): Failure | undefined {
  if (files.length > 0 || json || outputs.length > 0) return undefined;
  return {
    kind: 'cannot_act',
    message: `nothing to measure: ${root} holds no files`,
    help: ['run it in a repository, or name one with --cwd'],
  };
}

/** Nothing is asked of git before a runner asks, unless a person named what to compare with. */
async function changeOf(
  base: string | undefined,
  root: string,
  session: Session,
  io: Io,
  parts: Parts,
): Promise<Result<() => Promise<ReadChange>>> {
  const lastGood = () => lastGoodRelease(session, io, parts);
  const change = changeReader({ root, asked: base, env: io.env, lastGood });
  const read = base === undefined ? undefined : await change();
  return read?.kind === 'wrong'
    ? fail({ kind: 'usage', message: read.why, help: [read.help] })
    : ok(change);
}

/** That of the ref, where the configuration is. */
const baselineOf = ({ root, trusted }: Session) =>
  trusted === undefined ? readBaseline(root) : ok(trusted.baseline);

function withoutBaseline({ trusted }: Session): TrustedConfig | undefined {
  if (trusted === undefined) return undefined;
  const { baseline: _, ...rest } = trusted;
  return rest;
}

type Interruption = Extract<Failure, { kind: 'interrupted' }>['signal'];

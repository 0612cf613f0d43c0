/** Runs gates and tells about it: shared by `deploy:check` and the `test:` commands. */

import { randomUUID } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { askGit } from '../measure/git.ts';
import { redactor } from '../measure/redact.ts';
import { runCheck } from '../pipeline/check.ts';
import type { Past } from '../pipeline/past.ts';
import type { CheckResult } from '../pipeline/result.ts';
import type { Reporter } from '../report/reporter.ts';
import { readJobs, readOptions, type AskedCheck } from './asked-check.ts';
import { checkMemory } from './check-memory.ts';
import type { Ending } from './exit.ts';
import { historyPlace, interruptedOr } from './history.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { reporterFor } from './reporters.ts';
import { openSession, projectOf, runnersOf, type Session } from './session.ts';
import { clearLeftovers, clearRun, diskFailure, keepResult, makeStateDir } from './state-dir.ts';
import { tell } from './tell.ts';

/** Measures, judges and tells; the ending says what the exit code will be. */
export async function checkAndTell(asked: AskedCheck, io: Io, parts: Parts): Promise<Ending> {
  const session = await openSession(io, parts, asked.cwd);
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const hasConfig = session.value.loaded.config.file !== undefined;
  const report = () => reporterFor(asked, io, parts, hasConfig);
  if (asked.record !== true) {
    const result = await performCheck(asked, session.value, io, parts, report);
    return result.ok
      ? endingOf(result.value, asked.strict ?? false)
      : { kind: 'failed', failure: result.failure };
  }
  return await checkAndRecord(asked, session.value, io, parts, report);
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

function notRecorded(failure: Failure): Failure {
  const message = 'message' in failure ? failure.message : 'the configuration is wrong';
  const help = 'help' in failure ? failure.help : undefined;
  return {
    kind: 'cannot_act',
    message: `the result of this check could not be recorded: ${message}`,
    ...(help !== undefined && { help }),
  };
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
  const options = readOptions(
    asked,
    runners.map(({ id }) => id),
    config.trial?.speed,
  );
  if ('kind' in options) return fail(options);
  const jobs = readJobs(asked.jobs ?? String(config.jobs));
  if (jobs === undefined) {
    const message = `--jobs takes a number from 1 to 64, or auto; got ${asked.jobs ?? ''}`;
    return fail({ kind: 'usage', message });
  }
  const made = makeStateDir(session.stateDir);
  if (!made.ok) return made;
  clearLeftovers(session.stateDir, io.now());

  const project = await projectOf(session, io, parts);
  if (project.files.length === 0 && !asked.json) {
    const message = `nothing to measure: ${project.root} holds no files`;
    return fail({
      kind: 'cannot_act',
      message,
      help: ['run it in a repository, or name one with --cwd'],
    });
  }
  const runId = randomUUID();
  const reporter = await createReporter();
  const engine = await parts.engine(runId);
  try {
    const result = await runCheck(
      options,
      {
        config,
        agents,
        runners,
        project,
        engine,
        jobs,
        runId,
        signal: io.signal,
        stateDir: session.stateDir,
        redact: redactor(io.env, config.secrets),
        now: () => io.now(),
        ...(past !== undefined && { past }),
        ...(await commitOf(project.root)),
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
    const lost = keepResult(result, session.stateDir, parts.version);
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

/** Undefined where git cannot tell: outside a repository, or before the first commit. */
async function commitOf(root: string): Promise<Pick<CheckResult, 'commit' | 'dirty'>> {
  const commit = await askGit(root, 'rev-parse', '--verify', '--quiet', 'HEAD');
  const changed = await askGit(root, 'status', '--porcelain', '--', '.');
  return { commit: commit?.trim(), dirty: changed === undefined ? undefined : changed !== '' };
}

type Interruption = Extract<Failure, { kind: 'interrupted' }>['signal'];

function endingOf({ readiness, partial }: CheckResult, strict: boolean): Ending {
  switch (readiness.kind) {
    case 'blocked':
      return { kind: 'blocked' };
    case 'undecided':
      return { kind: 'undecided' };
    case 'caution':
      return strict && partial === undefined ? { kind: 'blocked' } : { kind: 'yes' };
    case 'ready':
      return { kind: 'yes' };
  }
}

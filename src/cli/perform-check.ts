/** A check from the session to its result: state folder, engine and reporter, opened and closed whatever happens. */

import { randomUUID } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { redactor, type Redact } from '../measure/redact.ts';
import { runCheck } from '../pipeline/check.ts';
import type { Past } from '../pipeline/past.ts';
import type { CheckResult, TrustedConfig } from '../pipeline/result.ts';
import type { Reporter } from '../report/reporter.ts';
import type { AskedCheck } from './asked-check.ts';
import { cellAsked } from './asked-cell.ts';
import { commitOf } from './check-answer.ts';
import { guardOf } from './guard.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { prepareCheck } from './prepare-check.ts';
import { runnersOf, type Session } from './session.ts';
import { claimRun, clearRun } from './run-folder.ts';
import { diskFailure, keepResult, makeStateDir } from './state-dir.ts';
import { tell } from './tell.ts';

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
  const prepared = await prepareCheck(asked, session, runners, io, parts);
  if (!prepared.ok) return prepared;
  const { options, project, ...more } = prepared.value;
  const runId = randomUUID();
  claimRun(session.stateDir, runId);
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

function redactorOf({ loaded, staged }: Session, io: Io): Redact {
  const redact = redactor(io.env, loaded.config.secrets);
  return staged === undefined ? redact : (text) => staged.rename(redact(text));
}

function withoutBaseline({ trusted }: Session): TrustedConfig | undefined {
  if (trusted === undefined) return undefined;
  const { baseline: _, ...rest } = trusted;
  return rest;
}

type Interruption = Extract<Failure, { kind: 'interrupted' }>['signal'];

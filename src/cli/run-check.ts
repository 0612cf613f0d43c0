/** Runs gates and tells about it: shared by `deploy:check` and the `test:` commands. */

import type { Failure } from '../failure.ts';
import type { Reporter } from '../report/reporter.ts';
import type { AskedCheck } from './asked-check.ts';
import { openAsked } from './asked-session.ts';
import { endingOf, notRecorded } from './check-answer.ts';
import { checkMemory } from './check-memory.ts';
import type { Ending } from './exit.ts';
import { guarded, guardOf } from './guard.ts';
import { historyPlace, interruptedOr } from './history.ts';
import type { Io } from './io.ts';
import { openOutputs, type Outputs } from './outputs.ts';
import type { Parts } from './parts.ts';
import { performCheck } from './perform-check.ts';
import { reporterFor } from './reporters.ts';
import type { Session } from './session.ts';
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
export async function afterOutputs(ending: Ending, outputs: Outputs, io: Io): Promise<Ending> {
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

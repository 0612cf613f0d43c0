/**
 * `deploy:check --staged`: the code gate on what will be committed. The index is checked out to a tree of its own, so
 * that neither the work tree nor the stash is touched, and the tools look at the files that are staged.
 */

import type { Failure, Result } from '../failure.ts';
import type { StagedPlace } from '../measure/staged/place.ts';
import type { AskedCheck } from './asked-check.ts';
import type { Ending } from './exit.ts';
import { fixStaged } from './fix.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { reporterFor } from './reporters.ts';
import { endingOf } from './check-answer.ts';
import { openOutputs } from './outputs.ts';
import { performCheck } from './perform-check.ts';
import { afterOutputs } from './run-check.ts';
import type { Session } from './session.ts';
import { changesIn, findStaged, openTree, placeFor, type StagedProject } from './staged-tree.ts';
import { makeStateDir } from './state-dir.ts';

export async function checkStaged(asked: AskedCheck, io: Io, parts: Parts): Promise<Ending> {
  const wrong = refused(asked);
  if (wrong !== undefined) return { kind: 'failed', failure: wrong };
  const found = await findStaged(asked.cwd, io);
  if (!found.ok) return { kind: 'failed', failure: found.failure };
  const staged = found.value;
  if (changesIn(staged).length === 0) {
    tellNothing(asked, io);
    return { kind: 'yes' };
  }
  const made = makeStateDir(staged.stateDir);
  if (!made.ok) return { kind: 'failed', failure: made.failure };
  const place = placeFor(staged, io);
  try {
    const session =
      asked.fix === true
        ? await openMended(asked, staged, place, io, parts)
        : await openTree(staged, place, io, parts);
    if (!session.ok) return { kind: 'failed', failure: session.failure };
    const isConfigured = session.value.loaded.config.file !== undefined;
    const outputs = await openOutputs(asked, session.value, io, parts.version);
    if (!outputs.ok) return { kind: 'failed', failure: outputs.failure };
    const report = () => reporterFor(asked, io, parts, isConfigured, outputs.value);
    const gates = { ...asked, gates: ['code'] };
    const result = await performCheck(gates, session.value, io, parts, report);
    const ending: Ending = result.ok
      ? endingOf(result.value, asked.strict ?? false)
      : { kind: 'failed', failure: result.failure };
    return await afterOutputs(ending, outputs.value, io);
  } finally {
    place.release();
  }
}

/** What a commit hook can wait for. */
function refused({ gates = [] }: AskedCheck): Failure | undefined {
  const other = gates.find((gate) => gate !== 'code');
  if (other === undefined) return undefined;
  return {
    kind: 'usage',
    message: `--staged measures the code gate only; got ${other}`,
    help: [`nemesis deploy:check --gate ${other} measures the work tree`],
  };
}

function tellNothing({ json }: AskedCheck, io: Io): void {
  if (json) io.out(`${JSON.stringify({ schema: 'nemesis.staged/1', staged: [] })}\n`);
  else io.out('nothing is staged, so there is nothing to measure\n');
}

/** A session on what is staged after the tools have mended it. */
async function openMended(
  asked: AskedCheck,
  staged: StagedProject,
  place: StagedPlace,
  io: Io,
  parts: Parts,
): Promise<Result<Session>> {
  const fixed = await fixStaged(asked, staged, place, io, parts);
  if (!fixed.ok) return fixed;
  const again = await findStaged(asked.cwd, io);
  return again.ok ? await openTree(again.value, place, io, parts) : again;
}

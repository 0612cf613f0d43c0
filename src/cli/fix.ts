/**
 * `deploy:check --fix`: the project's own eslint and prettier mend the changed files, one tool after the other, in a
 * tree of their own. What came of it is brought back: with `--staged` to what is staged, else to the files themselves.
 */

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { checkOut } from '../measure/staged/checkout.ts';
import { mend, type Mended } from '../measure/staged/mended.ts';
import type { StagedPlace } from '../measure/staged/place.ts';
import {
  takeOverFiles,
  takeOverStaged,
  type Exchange,
  type TakenOver,
} from '../measure/staged/take-over.ts';
import { readWorkTree } from '../measure/staged/work-tree.ts';
import type { AskedCheck } from './asked-check.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { projectOf, runnersOf, type Session } from './session.ts';
import { findStaged, openTree, placeFor, type StagedProject } from './staged-tree.ts';
import { claimRun, clearRun } from './run-folder.ts';
import { makeStateDir } from './state-dir.ts';

/** Mends what is staged, and the work tree along with it. */
export async function fixStaged(
  asked: AskedCheck,
  staged: StagedProject,
  place: StagedPlace,
  io: Io,
  parts: Parts,
): Promise<Result<void>> {
  const { repository, index } = staged;
  // `git commit FILE`: what is written to this index is committed, and then missing in the other one.
  if (path.basename(repository.index).startsWith('next-index-')) {
    const message = '--fix mends nothing in a commit of named files';
    return fail({
      kind: 'cannot_act',
      message,
      help: ['git add them, and git commit without names'],
    });
  }
  return await mendAndTake(asked, staged, place, io, parts, (mended, exchange) =>
    takeOverStaged(mended, index.entries, exchange),
  );
}

/** Mends the files of the work tree that are not as they were committed; what is staged stays. */
export async function fixWorkTree(asked: AskedCheck, io: Io, parts: Parts): Promise<Result<void>> {
  const found = await findStaged(asked.cwd, io);
  if (!found.ok) return found;
  const { repository, index, stateDir } = found.value;
  const made = makeStateDir(stateDir);
  if (!made.ok) return made;
  const place = placeFor(found.value, io);
  try {
    const ready = await checkOut(place.folder, repository, index);
    if (!ready.ok) return ready;
    const changed = await readWorkTree(repository, index, path.join(place.folder, 'git'));
    if (!changed.ok) return changed;
    const inWork = { ...found.value, index: changed.value };
    return await mendAndTake(asked, inWork, place, io, parts, (mended, exchange) =>
      Promise.resolve(ok(takeOverFiles(mended, exchange))),
    );
  } finally {
    // It holds bytes that no commit will have: what is staged is checked out anew.
    rmSync(path.join(place.folder, 'listing'), { force: true });
    place.release();
  }
}

async function mendAndTake(
  asked: AskedCheck,
  staged: StagedProject,
  place: StagedPlace,
  io: Io,
  parts: Parts,
  takeOver: (mended: readonly Mended[], exchange: Exchange) => Promise<Result<TakenOver>>,
): Promise<Result<void>> {
  const session = await openTree(staged, place, io, parts);
  if (!session.ok) return session;
  const mended = await mendIn(asked, session.value, io, parts);
  if (io.signal.aborted)
    return fail({ kind: 'interrupted', signal: io.signal.reason as Interruption });
  const { repository, stateDir } = staged;
  const own = path.join(stateDir, 'tmp', `staged-${process.pid}`);
  const { below } = session.value.staged;
  const exchange = { repository, place: place.folder, below, scratch: path.join(own, 'scratch') };
  try {
    const taken = await takeOver(mended, exchange);
    if (!taken.ok) return taken;
    tellMended(taken.value, asked, io);
    return ok(undefined);
  } finally {
    rmSync(place.folder === own ? exchange.scratch : own, { recursive: true, force: true });
  }
}

type Interruption = Extract<Failure, { kind: 'interrupted' }>['signal'];

async function mendIn(
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
): Promise<readonly Mended[]> {
  const { only = [], skip = [] } = asked;
  const inGates = session.loaded.agents.flatMap(({ runners }) => runners.flat());
  const runners = (await runnersOf(session, parts))
    .filter((runner) => runner.fix !== undefined && inGates.includes(runner.id))
    .filter(({ id }) => !skip.includes(id) && (only.length === 0 || only.includes(id)));
  const project = await projectOf(session, io, parts);
  const { timeoutMs, outputCapBytes } = session.loaded.config;
  const runId = randomUUID();
  claimRun(session.stateDir, runId);
  const engine = await parts.engine(runId);
  try {
    return await mend(runners, ({ id }) => {
      const workDir = path.join(session.stateDir, 'tmp', runId, id);
      return { project, engine, workDir, timeoutMs, outputCapBytes, signal: io.signal };
    });
  } finally {
    await engine.close();
    clearRun(session.stateDir, runId);
  }
}

/** On the stream of complaints: the answer of the check that follows stands alone. */
function tellMended({ fixed, left }: TakenOver, { quiet, json }: AskedCheck, io: Io): void {
  if (quiet === true || json === true) return;
  const lines = [
    ...fixed.map((file) => `mended    ${file}`),
    ...left.map(({ file, why }) => `left      ${file}: ${why}`),
  ];
  if (lines.length === 0) lines.push('nothing that eslint or prettier could mend');
  io.err(`${lines.map(shown).join('\n')}\n`);
}

/** A file name is no command for a terminal. */
function shown(line: string): string {
  return line.replace(/\p{Cc}/gu, '?');
}

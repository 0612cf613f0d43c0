/** Everything of a check that can be refused before a process starts. */

import { fail, ok, type Failure, type Result } from '../failure.ts';
import { readBaseline } from '../config/baseline-file.ts';
import type { Config } from '../config/config.ts';
import type { Baseline } from '../judge/baseline.ts';
import { changeReader, type ReadChange } from '../measure/change/change.ts';
import type { Project } from '../measure/project.ts';
import type { Runner } from '../measure/runner.ts';
import type { CheckOptions } from '../pipeline/check.ts';
import { readJobs, readOptions, type AskedCheck } from './asked-check.ts';
import type { Io } from './io.ts';
import { lastGoodRelease } from './last-good-release.ts';
import type { Parts } from './parts.ts';
import { projectOf, type Session } from './session.ts';
import { clearLeftovers } from './run-folder.ts';
import { makeStateDir } from './state-dir.ts';

export interface PreparedCheck {
  readonly options: CheckOptions;
  readonly jobs: number;
  readonly baseline: Baseline | undefined;
  readonly project: Project;
  readonly change: () => Promise<ReadChange>;
}

export async function prepareCheck(
  asked: AskedCheck,
  session: Session,
  runners: readonly Runner[],
  io: Io,
  parts: Parts,
): Promise<Result<PreparedCheck>> {
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

function jobsAsked({ jobs }: AskedCheck, config: Config): Result<number> {
  const count = readJobs(jobs ?? String(config.jobs));
  if (count !== undefined) return ok(count);
  const message = `--jobs takes a number from 1 to 64, or auto; got ${jobs ?? ''}`;
  return fail({ kind: 'usage', message });
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
  const change = changeReader({
    ...{ root, asked: base, env: io.env, lastGood },
    ofCommit: session.staged !== undefined,
  });
  const read = base === undefined ? undefined : await change();
  return read?.kind === 'wrong'
    ? fail({ kind: 'usage', message: read.why, help: [read.help] })
    : ok(change);
}

/** That of the ref, where the configuration is. */
const baselineOf = ({ root, trusted }: Session) =>
  trusted === undefined ? readBaseline(root) : ok(trusted.baseline);

/** Runs gates and tells about it: shared by `deploy:check` and the `test:` commands. */

import { randomUUID } from 'node:crypto';
import { rmSync, renameSync, mkdirSync, writeFileSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { nearest } from '../language/index.ts';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { GateName } from '../judge/agent.ts';
import { askGit } from '../measure/git.ts';
import { CHECKED_GATES, runCheck, type CheckOptions } from '../pipeline/check.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { checkJson, jsonReporter } from '../report/json.ts';
import { prettyReporter } from '../report/pretty.ts';
import type { Reporter } from '../report/reporter.ts';
import { styleFor } from '../report/text.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { makeStateDir, openSession, projectOf, runnersOf, type Session } from './session.ts';

export interface AskedCheck {
  readonly cwd?: string | undefined;
  readonly gates?: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Of all sentences, judge only those about a metric for which this is true. */
  readonly about?: (metric: string) => boolean;
  readonly strict?: boolean;
  readonly failFast?: boolean;
  readonly jobs?: string | undefined;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Measures, judges and tells; the ending says what the exit code will be. */
export async function checkAndTell(asked: AskedCheck, io: Io, parts: Parts): Promise<Ending> {
  const session = await openSession(io, parts, asked.cwd);
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const hasConfig = session.value.loaded.config.file !== undefined;
  const result = await performCheck(asked, session.value, io, parts, () =>
    reporterFor(asked, io, parts, hasConfig),
  );
  return result.ok
    ? endingOf(result.value, asked.strict ?? false)
    : { kind: 'failed', failure: result.failure };
}

/** The run itself: state folder, engine, reporter, and the result kept in `.nemesis/reports/check.json`. */
export async function performCheck(
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
  createReporter: () => Promise<Reporter>,
): Promise<Result<CheckResult>> {
  const { config, agents } = session.loaded;
  const runners = await runnersOf(session, parts);
  const options = readOptions(
    asked,
    runners.map(({ id }) => id),
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
        now: () => io.now(),
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
    keepResult(result, session.stateDir, parts.version);
    return ok(result);
  } finally {
    reporter.close();
    await engine.close();
    rmSync(path.join(session.stateDir, 'tmp', runId), { recursive: true, force: true });
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

function readOptions(asked: AskedCheck, ids: readonly string[]): CheckOptions | Failure {
  const gates = asked.gates ?? [];
  const wrongGate = gates.find((gate) => !CHECKED_GATES.includes(gate as GateName));
  if (wrongGate !== undefined) {
    const near = nearest(wrongGate, CHECKED_GATES);
    const help =
      near === undefined ? `gates to check: ${CHECKED_GATES.join(', ')}` : `did you mean ${near}?`;
    return { kind: 'usage', message: `there is no gate \`${wrongGate}\` to check`, help: [help] };
  }
  for (const id of [...(asked.only ?? []), ...(asked.skip ?? [])]) {
    if (ids.includes(id)) continue;
    const near = nearest(id, ids);
    const help = near === undefined ? `runners: ${ids.join(', ')}` : `did you mean ${near}?`;
    return { kind: 'usage', message: `no runner is called \`${id}\``, help: [help] };
  }
  return {
    gates:
      gates.length === 0 ? CHECKED_GATES : CHECKED_GATES.filter((gate) => gates.includes(gate)),
    only: asked.only ?? [],
    skip: asked.skip ?? [],
    failFast: asked.failFast ?? false,
    ...(asked.about === undefined ? {} : { about: asked.about }),
  };
}

function readJobs(text: string): number | undefined {
  if (text === 'auto') return availableParallelism();
  return /^[1-9]\d?$/.test(text) && Number(text) <= 64 ? Number(text) : undefined;
}

export async function reporterFor(
  asked: AskedCheck,
  io: Io,
  parts: Parts,
  hasConfig: boolean,
): Promise<Reporter> {
  if (asked.json) return jsonReporter((text) => io.out(text), parts.version);
  const { spinner, stillness } = await import('../report/live.ts');
  const moves = io.errIsTerminal && !asked.quiet && !io.env['CI'] && io.env['TERM'] !== 'dumb';
  return prettyReporter(
    {
      out: (text) => io.out(text),
      err: (text) => io.err(text),
      style: styleFor({
        env: io.env,
        isTerminal: io.outIsTerminal && io.errIsTerminal,
        columns: io.columns,
      }),
    },
    {
      version: parts.version,
      quiet: asked.quiet ?? false,
      hasConfig,
      live: moves ? spinner(process.stderr) : stillness,
    },
  );
}

/** The whole result lies in `.nemesis/reports/check.json`, written in one step. */
function keepResult(result: CheckResult, stateDir: string, version: string): void {
  const folder = path.join(stateDir, 'reports');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = path.join(folder, `.check.json.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(checkJson(result, version), null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path.join(folder, 'check.json'));
}

/** Work folders of runs that were killed: nobody reads them, and after a day nobody is writing them either. */
function clearLeftovers(stateDir: string, now: number): void {
  const folder = path.join(stateDir, 'tmp');
  if (!statSync(folder, { throwIfNoEntry: false })) return;
  for (const name of readdirSync(folder)) {
    const left = path.join(folder, name);
    const stat = statSync(left, { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs > 86_400_000)
      rmSync(left, { recursive: true, force: true });
  }
}

/** `nemesis deploy:record`: notes a deployment that was made elsewhere. */

import { fail, ok, type Result } from '../../failure.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import { environmentOption, lineOption, neededLine, timeOption } from '../history-options.ts';
import { appendRecords, deploymentNamed, type NewRecord } from '../history-streams.ts';
import { withConfiguredHistory } from '../history.ts';
import { newId } from '../new-id.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

const STATUSES = ['succeeded', 'failed', 'rolled_back'] as const;
type Status = (typeof STATUSES)[number];

/** What was said, checked without looking at the history. */
interface Said {
  readonly environment: string;
  readonly version: string;
  readonly commit: string | undefined;
  readonly committedAt: number | undefined;
  readonly status: Status;
  readonly started: number;
  readonly finished: number;
  /** When the failure was seen, of one that did not succeed. */
  readonly detected: number | null;
  readonly takesBack: string | undefined;
}

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const said = saidIn(input);
  if (!said.ok) return Promise.resolve(failed(said.failure));
  const { environment, version, status } = said.value;
  return withConfiguredHistory(input, 'write', async (history) => {
    const takesBack = await deploymentNamed(history, environment, said.value.takesBack);
    if (!takesBack.ok) return failed(takesBack.failure);
    const known = await history.store.environments(history.service);
    if (!known.ok) return failed(history.told(known.failure));
    const before = known.value.find((row) => row.environment === environment);
    const release = await releaseOf(said.value, history.session.root);
    if (!release.ok) return failed(release.failure);
    const deployment = newId();
    const records = recordsOf(said.value, deployment, {
      release: release.value,
      previous: before?.serving ?? null,
      takesBack: takesBack.value ?? null,
      hotfix: options['hotfix'] === true,
    });
    const appended = await appendRecords(history, environment, io, records);
    if (!appended.ok) return failed(appended.failure);
    const facts = { service: history.service, environment, deployment, version, status };
    io.out(
      options['json'] === true
        ? `${JSON.stringify({ schema: 'nemesis.record/1', ...facts, release: release.value }, null, 2)}\n`
        : `recorded ${version} in ${environment}: ${status.replace('_', ' ')}\ndeployment ${deployment}\n`,
    );
    return { kind: 'yes' };
  });
};

function saidIn({ options, io }: CommandInput): Result<Said> {
  const now = io.now();
  const environment = environmentOption(options);
  if (!environment.ok) return environment;
  if (environment.value === undefined)
    return fail(usage('--env is missing', 'name where it was deployed: --env production'));
  const version = neededLine(options, 'release');
  if (!version.ok) return version;
  const commit = commitOption(options);
  if (!commit.ok) return commit;
  const takesBack = lineOption(options, 'takesBack');
  if (!takesBack.ok) return takesBack;
  const status = STATUSES.find((known) => known === (textOption(options, 'status') ?? STATUSES[0]));
  if (status === undefined) {
    const message = `there is no status \`${textOption(options, 'status')}\``;
    return fail(usage(message, `write ${STATUSES.join(', ')}`));
  }
  const committedAt = timeOption(options, 'committedAt', now);
  if (!committedAt.ok) return committedAt;
  const times = timesIn(options, now);
  if (!times.ok) return times;
  if (status === 'succeeded' && times.value.detected !== null)
    return fail(usage('--detected is for one that did not succeed', 'leave it out'));
  return ok({
    ...{ environment: environment.value, version: version.value, commit: commit.value, status },
    ...{ committedAt: committedAt.value, takesBack: takesBack.value, ...times.value },
  });
}

function commitOption(options: CommandInput['options']): Result<string | undefined> {
  const commit = textOption(options, 'commit')?.toLowerCase();
  if (commit === undefined || /^[0-9a-f]{7,64}$/.test(commit)) return ok(commit);
  return fail(usage('--commit takes the id of a commit', 'see git rev-parse HEAD'));
}

function timesIn(
  options: CommandInput['options'],
  now: number,
): Result<Pick<Said, 'started' | 'finished' | 'detected'>> {
  const begun = timeOption(options, 'started', now);
  if (!begun.ok) return begun;
  const ended = timeOption(options, 'finished', now);
  if (!ended.ok) return ended;
  const finished = ended.value ?? Math.max(now, begun.value ?? now);
  const started = begun.value ?? finished;
  if (started > finished) return fail(usage('--started is after --finished', 'exchange the two'));
  const seen = timeOption(options, 'detected', now);
  if (!seen.ok) return seen;
  const detected = seen.value ?? null;
  if (detected === null || detected <= finished) return ok({ started, finished, detected });
  return fail(usage('--detected is after --finished', 'give the time the failure was seen'));
}

/** The full commit id and its time where git knows them here. */
async function releaseOf(said: Said, root: string): Promise<Result<ReleaseRecord>> {
  const { version, commit, committedAt } = said;
  const release = { version, artifact: null };
  if (commit === undefined)
    return ok({ ...release, commit: null, committed_at: committedAt ?? null });
  const isWhole = /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit);
  // To start git takes longer than all the rest, and here it has nothing to add.
  if (isWhole && committedAt !== undefined)
    return ok({ ...release, commit, committed_at: committedAt });
  const found = await commitIn(root, commit);
  if (found === undefined && !isWhole) {
    const message = `git does not know the commit ${commit} here`;
    return fail(usage(message, 'give its whole id'));
  }
  const committed_at = committedAt ?? found?.at ?? null;
  return ok({ ...release, commit: found?.id ?? commit, committed_at });
}

async function commitIn(
  root: string,
  commit: string,
): Promise<{ readonly id: string; readonly at: number } | undefined> {
  const { askGit } = await import('../../measure/git.ts');
  const asked = ['--max-count=1', '--timestamp', '--end-of-options', `${commit}^{commit}`];
  const text = await askGit(root, 'rev-list', ...asked);
  const [, seconds, id] = /^(\d{1,11}) ([0-9a-f]{40}|[0-9a-f]{64})$/.exec(text?.trim() ?? '') ?? [];
  return id === undefined ? undefined : { id, at: Number(seconds) * 1000 };
}

function recordsOf(
  { status, started, finished, detected }: Said,
  deployment: string,
  known: {
    readonly release: ReleaseRecord;
    readonly previous: string | null;
    readonly takesBack: string | null;
    readonly hotfix: boolean;
  },
): readonly NewRecord[] {
  const { release, previous, takesBack, hotfix } = known;
  const kind = takesBack === null ? ('deploy' as const) : ('rollback' as const);
  const start: NewRecord = {
    type: 'deployment_started',
    at: started,
    body: {
      ...{ deployment, kind, release, previous, takes_back: takesBack, hotfix },
      ...{ strategy: null, validation_ms: null },
    },
  };
  // What was rolled back had been met by users; of what failed nobody says so.
  const traffic: NewRecord = {
    type: 'deployment_received_traffic',
    at: started,
    body: { deployment, share: 1 },
  };
  const end: NewRecord = {
    type: 'deployment_finished',
    at: finished,
    body: { deployment, status, reason: null, failure_detected_at: detected },
  };
  return status === 'rolled_back' ? [start, traffic, end] : [start, end];
}

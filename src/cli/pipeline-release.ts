/** Which release goes through the gates: built and measured here, or what was measured before. */

import { fail, ok, type Result } from '../failure.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { GateName } from '../judge/agent.ts';
import type { Progress } from '../pipeline/progress.ts';
import { makeRelease } from '../pipeline/release.ts';
import { harmless } from '../report/text.ts';
import { checkMemory } from './check-memory.ts';
import { MEASURED, progressOfRelease } from './pipeline-records.ts';
import { reporterFor } from './reporters.ts';
import type { Rollouts } from './rollouts.ts';
import { performCheck } from './run-check.ts';
import { usage } from './store-failure.ts';

/** Built here where the measured gates are to be passed; else what was measured before. */
export async function releaseFor(
  rollouts: Rollouts,
  { from }: { readonly from: GateName },
  version: string | undefined,
): Promise<Result<{ readonly release: ReleaseRecord; readonly progress: Progress | undefined }>> {
  if (MEASURED.includes(from)) {
    const release = await builtRelease(rollouts, version);
    if (!release.ok) return release;
    const progress = await progressOfRelease(rollouts, release.value);
    return progress.ok ? ok({ release: release.value, progress: progress.value }) : progress;
  }
  const progress = await progressOfRelease(rollouts, { version });
  if (!progress.ok) return progress;
  if (progress.value === undefined || !MEASURED.every((gate) => progress.value?.gates.has(gate))) {
    const name = version ?? 'no release';
    const message =
      version === undefined
        ? 'no release has passed code, build and test yet'
        : `${name} has not passed code, build and test`;
    return fail({ kind: 'blocked', message, help: ['nemesis deploy:pipeline takes it there'] });
  }
  return ok({ release: progress.value.release, progress: progress.value });
}

async function builtRelease(
  rollouts: Rollouts,
  version: string | undefined,
): Promise<Result<ReleaseRecord>> {
  const { history, io, input } = rollouts;
  const { root, stateDir, loaded } = history.session;
  const made = await makeRelease({
    ...{ root, stateDir, version, env: io.env, config: loaded.config.release },
    build: async (argv) => {
      if (input.options['quiet'] !== true) io.err(`building: ${harmless(argv.join(' '))}\n`);
      const nobody = { version: version ?? '', commit: null, committed_at: null, artifact: null };
      const { service } = history;
      const { exitCode, tail } = await rollouts.acting.runCommand(undefined, rollouts.place)(
        { argv, timeoutMs: loaded.config.timeoutMs },
        {
          ...{ deployment: '', service, environment: '', step: 'build', release: nobody },
          ...{ stable: null, beforeTraffic: true },
        },
        io.signal,
      );
      return exitCode === 0
        ? undefined
        : `the build failed (exit code ${exitCode ?? 'none'}): ${tail.join('; ')}`;
    },
  });
  if (made.ok) return made;
  const { kind, message, help } = made.failure;
  if (io.signal.aborted) return fail({ kind: 'interrupted', signal: io.signal.reason as 'SIGINT' });
  return fail(kind === 'build' ? { kind: 'blocked', message, help: [help] } : usage(message, help));
}

/** Measures the gates before staging, whole, and records what came of it. */
export async function measure(rollouts: Rollouts) {
  const { input, io, history } = rollouts;
  const { parts } = input;
  const { session } = history;
  const hasConfig = session.loaded.config.file !== undefined;
  const asked = { quiet: true, json: false };
  const memory = checkMemory(session, io, parts);
  try {
    const toErr = { ...io, out: (text: string) => io.err(text) };
    const reporter = () =>
      reporterFor({ ...asked, quiet: input.options['quiet'] === true }, toErr, parts, hasConfig);
    const result = await performCheck(
      { ...asked, record: true },
      session,
      io,
      parts,
      reporter,
      () => memory.past(),
    );
    if (!result.ok) return result;
    const recorded = await memory.record(result.value);
    return recorded.ok ? result : recorded;
  } finally {
    await memory.close();
  }
}

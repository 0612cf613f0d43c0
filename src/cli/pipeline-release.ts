/** Which release goes through the gates: built and measured here, or what was measured before. */

import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { GateName } from '../judge/agent.ts';
import type { Progress } from '../pipeline/progress.ts';
import {
  makeRelease,
  nameRelease,
  type NamedRelease,
  type ReleaseProblem,
} from '../pipeline/release.ts';
import { harmless } from '../report/text.ts';
import { checkMemory } from './check-memory.ts';
import { MEASURED, progressOfRelease } from './pipeline-records.ts';
import { listOption, textOption } from './commands/command.ts';
import type { Io } from './io.ts';
import { openOutputs, type Outputs } from './outputs.ts';
import { reporterFor } from './reporters.ts';
import type { Rollouts } from './rollouts.ts';
import { performCheck } from './perform-check.ts';
import { usage } from './store-failure.ts';
import { tell } from './tell.ts';

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
  asked: string | undefined,
): Promise<Result<ReleaseRecord>> {
  const { history, io, input } = rollouts;
  const { root, stateDir, loaded } = history.session;
  const { release: config } = loaded.config;
  const request = { root, stateDir, version: asked, env: io.env, config };
  const named = await nameRelease(request);
  if (!named.ok) return fail(problemFailure(named.failure, rollouts));
  const built = await builtBefore(rollouts, named.value);
  if (!built.ok) return built;
  if (built.value !== undefined) return ok(built.value);
  const made = await makeRelease(
    {
      ...request,
      build: async (argv) => {
        if (input.options['quiet'] !== true) io.err(`building: ${harmless(argv.join(' '))}\n`);
        const { exitCode, tail } = await rollouts.acting.runCommand(undefined, rollouts.place)(
          { argv, timeoutMs: loaded.config.timeoutMs },
          {
            ...{ deployment: '', service: history.service, environment: '', step: 'build' },
            ...{ release: { ...named.value, artifact: null }, stable: null, beforeTraffic: true },
          },
          io.signal,
        );
        if (exitCode === 0) return undefined;
        return `the build failed (exit code ${exitCode ?? 'none'}): ${tail.join('; ')}`;
      },
    },
    named.value,
  );
  return made.ok ? made : fail(problemFailure(made.failure, rollouts));
}

function problemFailure({ kind, message, help }: ReleaseProblem, { io }: Rollouts): Failure {
  if (io.signal.aborted) return { kind: 'interrupted', signal: io.signal.reason as 'SIGINT' };
  return kind === 'build' ? { kind: 'blocked', message, help: [help] } : usage(message, help);
}

/**
 * Built once: what went through a gate goes on unchanged, also where building it again would give other bytes. Undefined
 * where there is no such build, where it did not pass, or where the work tree is not what it was built from.
 */
async function builtBefore(
  rollouts: Rollouts,
  { version, commit, isDirty }: NamedRelease,
): Promise<Result<ReleaseRecord | undefined>> {
  const { history, place } = rollouts;
  const { release: config } = history.session.loaded.config;
  if (isDirty || commit === null || typeof config.artifact === 'object') return ok(undefined);
  const progress = await progressOfRelease(rollouts, { version });
  if (!progress.ok) return progress;
  const { release, ended } = progress.value ?? {};
  if (release?.commit !== commit || release.artifact === null || ended === 'stopped')
    return ok(undefined);
  return ok(place.artifactPath(release) === undefined ? undefined : release);
}

/** Measures the gates before staging, whole, and records what came of it. */
export async function measure(rollouts: Rollouts) {
  const { input, io, history } = rollouts;
  const { parts } = input;
  const { session } = history;
  const hasConfig = session.loaded.config.file !== undefined;
  const quiet = input.options['quiet'] === true;
  const toErr = { ...io, out: (text: string) => io.err(text) };
  const outputs = await outputsOf(rollouts, toErr);
  if (!outputs.ok) return outputs;
  const memory = checkMemory(session, io, parts);
  try {
    const reporter = () => reporterFor({ quiet }, toErr, parts, hasConfig, outputs.value);
    const result = await performCheck(
      {
        ...{ quiet: true, json: false, record: true, asked: 'all' },
        trial: textOption(input.options, 'trial'),
      },
      session,
      io,
      parts,
      reporter,
      () => memory.past(),
    );
    if (!result.ok) return result;
    const recorded = await memory.record(result.value);
    // The release does not wait for a file that nobody can write.
    for (const failure of [...outputs.value.remarks(), ...outputs.value.lost()])
      await tell(failure, io);
    return recorded.ok ? result : recorded;
  } finally {
    await memory.close();
  }
}

/** Of the check on the way: standard output belongs to what becomes of the release. */
function outputsOf({ input, history }: Rollouts, io: Io): Promise<Result<Outputs>> {
  const { options, parts } = input;
  const quiet = options['quiet'] === true;
  const wanted = { outputs: listOption(options, 'output'), quiet };
  return openOutputs(wanted, history.session, io, parts.version);
}

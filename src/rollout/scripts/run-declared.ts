/** Runs a command that the project declares for a step of a rollout. `docs/driver-command.md` says what it is told. */

import type { ProcessEnd } from '../../measure/process/contract.ts';
import { killProcessesWith } from '../../measure/process/process-group.ts';
import { redactor } from '../../measure/redact.ts';
import type { CommandContext, CommandRun, WalkPorts } from '../ports.ts';
import { callScript, type Surroundings } from './call.ts';
import { releaseTold } from './release-told.ts';
import { endText, lastLines } from './said.ts';

export interface DeclaredOptions extends Surroundings {
  /** Where the release that a step is about answers; undefined where nobody knows. */
  readonly url: (context: CommandContext) => string | undefined;
}

const CAP_BYTES = 16 * 1024 * 1024;
const MOST_LINES = 5;

export function runDeclared(options: DeclaredOptions): WalkPorts['runCommand'] {
  const redact = redactor(options.env, options.secrets);
  return async ({ argv, timeoutMs }, context, signal): Promise<CommandRun> => {
    await endEarlier(context);
    const call = { argv, timeoutMs, capBytes: CAP_BYTES, ...told(context, options.url(context)) };
    const { end, stdout, stderr } = await callScript(options, call, signal);
    const [out, err] = [stdout, stderr].map((said) => lastLines(said, MOST_LINES, redact));
    // What it came to stands last: the result of one that worked, the complaint of one that did not.
    const isFine = end.kind === 'exited' && end.code === 0;
    const lines = isFine ? [...err!, ...out!] : [...out!, ...err!, ...oddity(end)];
    return { exitCode: end.kind === 'exited' ? end.code : null, tail: lines.slice(-MOST_LINES) };
  };
}

/** What a nemesis that was killed had started for the same step, and what lives on: two of them never run at once. */
async function endEarlier({ deployment, step }: CommandContext): Promise<void> {
  if (deployment === '') return;
  await killProcessesWith(`NEMESIS_DEPLOYMENT=${deployment}`, `NEMESIS_STEP=${step}`);
}

/** Ended by the clock or by nemesis, the caller knows why. */
function oddity(end: ProcessEnd): readonly string[] {
  if (end.kind === 'exited' || end.kind === 'timed_out' || end.kind === 'aborted') return [];
  return [endText(end)];
}

function told(context: CommandContext, url: string | undefined) {
  const { deployment, service, environment, step, release, stable, beforeTraffic } = context;
  return {
    document: {
      ...{ schema: 'nemesis.step/1', deployment, service, environment, step },
      release: releaseTold(release),
      previous: stable === null ? null : releaseTold(stable),
      before_traffic: beforeTraffic,
      url: url ?? null,
    },
    values: {
      NEMESIS_SERVICE: service,
      NEMESIS_ENVIRONMENT: environment,
      NEMESIS_DEPLOYMENT: deployment,
      NEMESIS_STEP: step,
      NEMESIS_VERSION: release.version,
      NEMESIS_ARTIFACT: release.artifact,
      NEMESIS_COMMIT: release.commit,
      NEMESIS_PREVIOUS_VERSION: stable?.version,
      NEMESIS_URL: url,
    },
  };
}

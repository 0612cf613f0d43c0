/** All critical paths by the one step that a project declares for them. */

import type { EnvironmentConfig } from '../config/environment.ts';
import type { Probe } from '../config/probe.ts';
import type { AgentAction } from '../judge/deployment.ts';
import { harmless } from '../report/text.ts';
import type { RolloutParts, RolloutPlace } from '../rollout/parts.ts';
import type { PathsAsked } from '../rollout/scripts/try-paths.ts';
import type { CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { failed, usage } from './store-failure.ts';

interface At {
  readonly environment: EnvironmentConfig;
  readonly place: RolloutPlace;
  readonly url: string;
  readonly acting: RolloutParts;
}

export async function walkByStep(
  { step, maxMs }: NonNullable<AgentAction['smoke']>,
  { environment, place, url, acting }: At,
  { io, options }: CommandInput,
): Promise<Ending> {
  const { name } = step;
  const command = Object.hasOwn(environment.steps, name) ? environment.steps[name] : undefined;
  if (command === undefined) {
    const help = `declare it: environments.${environment.name}.steps.${name}: <command>`;
    return failed(usage(`nobody declares the step ${name} for ${environment.name}`, help));
  }
  const timeoutMs = Math.min(command.timeoutMs, maxMs);
  const probe: Probe = {
    ...{ kind: 'run', argv: command.argv, timeoutMs, needs: [] },
    place: step.place,
  };
  const asked: PathsAsked = {
    ...{ suite: 'smoke', url, timeoutMs, service: place.service, environment: environment.name },
    ...{ deployment: '', version: undefined, probes: [{ name, section: null, probe }] },
  };
  const [result] = await acting.tryPaths(environment, place, asked, () => undefined, io.signal);
  if (result === undefined)
    return failed({ kind: 'interrupted', signal: io.signal.reason as 'SIGINT' });
  const { state, why } = result;
  if (options['json'] === true) {
    const verdict = state === 'holds' ? 'holds' : state === 'fails' ? 'fails' : 'untold';
    const report = { schema: 'nemesis.probes/1', url, environment: environment.name, verdict };
    io.out(`${JSON.stringify({ ...report, results: [result] }, null, 2)}\n`);
  } else io.out(`${[`${name}: ${state}`, ...why].map((line) => `${harmless(line)}\n`).join('')}`);
  return { kind: state === 'holds' ? 'yes' : state === 'fails' ? 'blocked' : 'undecided' };
}

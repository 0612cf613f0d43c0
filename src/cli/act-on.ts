/** One environment, acted on: `deploy:resume` and `deploy:rollback` begin and end alike. */

import type { EnvironmentConfig } from '../config/environment.ts';
import type { Result } from '../failure.ts';
import type { Plan } from '../rollout/plan.ts';
import type { Outcome, RolloutEvent } from '../rollout/ports.ts';
import type { StageContext, StageRefusal } from '../rollout/stage.ts';
import { outcomeLines } from '../report/rollout-text.ts';
import type { CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { environmentOption } from './history-options.ts';
import { endingOfOutcome, refusalOf } from './rollout-ending.ts';
import { rememberEnd, withRollouts, type Rollouts } from './rollouts.ts';
import { failed } from './store-failure.ts';

type Act = (
  rollouts: Rollouts,
  environment: EnvironmentConfig,
  context: StageContext,
) => Promise<Result<Outcome, StageRefusal>>;

export function actOn(
  input: CommandInput,
  act: Act,
  ending: (outcome: Outcome, plan: Plan | undefined) => Ending = (outcome, plan) =>
    endingOfOutcome(outcome, plan, input.io),
): Promise<Ending> {
  const { io, options } = input;
  const named = environmentOption(options);
  if (!named.ok) return Promise.resolve(failed(named.failure));
  return withRollouts(input, async (rollouts) => {
    const environment = await whichEnvironment(rollouts, named.value);
    if (!environment.ok) return failed(environment.failure);
    const { name } = environment.value;
    const context = await rollouts.context(environment.value);
    if (!context.ok) return failed(context.failure);
    let plan: Plan | undefined;
    const tell = (event: RolloutEvent) => {
      if ('plan' in event) ({ plan } = event);
      context.value.tell(event);
    };
    const acted = await act(rollouts, environment.value, { ...context.value, tell });
    await rememberEnd(rollouts.history, name, acted);
    if (!acted.ok) return failed(refusalOf(acted.failure, name, rollouts.history.told, io));
    if (options['json'] === true) {
      const result = { schema: 'nemesis.rollout/1', environment: name, plan, outcome: acted.value };
      io.out(`${JSON.stringify(result, null, 2)}\n`);
    } else if (plan !== undefined)
      io.out(`${outcomeLines(plan, acted.value, rollouts.style).join('\n')}\n`);
    return ending(acted.value, plan);
  });
}

/** The one that is named; else the one in which something is half done, else the only one. */
async function whichEnvironment(
  { history, environment }: Rollouts,
  named: string | undefined,
): Promise<Result<EnvironmentConfig>> {
  if (named !== undefined) return environment(named);
  const { store, service } = history;
  const rows = await store.environments(service);
  const busy: string[] = [];
  for (const row of rows.ok ? rows.value : []) {
    const current = await store.current(row);
    if (current.ok && current.value.running().length > 0) busy.push(row.environment);
  }
  return environment(busy.length === 1 ? busy[0] : undefined);
}

/** The steps that gates name: what nemesis does for them itself, and what a project has to declare. Pure. */

import type { AgentAction, StepName } from './deployment.ts';

/** Of a blue-green deployment, in `deploy`: the first and the last step, and nowhere else. */
export const BLUE_GREEN_ENDS = ['deploy_to_blue_slot', 'switch_traffic_if_green'] as const;

/** Steps of the specification that need no declaration. */
export const BUILT_IN_STEPS = [
  ...BLUE_GREEN_ENDS,
  'create_deployment_record',
  'close_deployment_record',
  'backup_current_state',
  'verify_staging_resources',
  'enable_enhanced_monitoring',
  'verify_health_checks',
  'verify_all_instances_healthy',
] as const;

export const isBuiltIn = (name: string): boolean =>
  BUILT_IN_STEPS.some((builtIn) => builtIn === name);

/** Every step an agent names, in the order they are taken. */
export function stepsOf({ deployment, smoke }: AgentAction): readonly StepName[] {
  const { before = [], between = [], after = [] } = deployment ?? {};
  return [...before, ...between, ...after, ...(smoke === undefined ? [] : [smoke.step])];
}

/** The steps an agent names that are neither built in nor declared for its environment. */
export function missingSteps(
  action: AgentAction,
  environment: { readonly steps: Readonly<Record<string, unknown>> },
): readonly StepName[] {
  return stepsOf(action).filter(
    ({ name }) => !isBuiltIn(name) && !Object.hasOwn(environment.steps, name),
  );
}

/** Where an agent acts; undefined where it acts on no environment. */
export function environmentOf(action: AgentAction): string | undefined {
  const { deployment, smoke, canary, validation } = action;
  return (deployment ?? smoke ?? canary ?? validation)?.environment;
}

/** The steps that gates name: what nemesis does for them itself, and what a project has to declare. Pure. */

import type { AgentAction, PathName, StepName } from './deployment.ts';

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

/** Every step an agent names, in the order they are taken; a step that may walk paths for others too. */
export function stepsOf({ deployment, smoke, validation }: AgentAction): readonly StepName[] {
  const { before = [], between = [], after = [] } = deployment ?? {};
  const whole = [smoke?.step, validation?.step].filter((step) => step !== undefined);
  return [...before, ...between, ...after, ...whole];
}

/** Critical paths and checks, each a probe of its own. */
export function pathsOf({ smoke, validation }: AgentAction): readonly PathName[] {
  return [...(smoke?.paths ?? []), ...(validation?.checks ?? [])];
}

export interface Declared {
  readonly steps: Readonly<Record<string, unknown>>;
  readonly probes?: Readonly<Record<string, unknown>>;
  readonly sla?: readonly { readonly check: string }[];
}

/** The paths that an environment has no probe and no promised limit for. */
export function undeclaredPaths(
  paths: readonly PathName[],
  { probes = {}, sla = [] }: Declared,
): readonly PathName[] {
  const limits = sla.map(({ check }) => check);
  return paths.filter(({ name }) => !Object.hasOwn(probes, name) && !limits.includes(name));
}

/** Does the one step walk them all? It does where it is declared and none of the paths is. */
export function isWalkedByStep(
  step: StepName | undefined,
  paths: readonly PathName[],
  environment: Declared,
): boolean {
  const { steps, probes = {} } = environment;
  if (step === undefined || !Object.hasOwn(steps, step.name)) return false;
  return paths.every(({ name }) => !Object.hasOwn(probes, name));
}

/** The steps and paths an agent needs that are neither built in nor declared for its environment. */
export function missingSteps(action: AgentAction, environment: Declared): readonly StepName[] {
  const { smoke, validation } = action;
  const plain = stepsOf(action).filter(
    (step) =>
      (step !== smoke?.step || smoke.paths === undefined) &&
      step !== validation?.step &&
      !isBuiltIn(step.name) &&
      !Object.hasOwn(environment.steps, step.name),
  );
  return [...plain, ...missingPaths(smoke, environment), ...missingChecks(validation, environment)];
}

function missingPaths(smoke: AgentAction['smoke'], environment: Declared): readonly StepName[] {
  const paths = smoke?.paths ?? [];
  return isWalkedByStep(smoke?.step, paths, environment) ? [] : undeclaredPaths(paths, environment);
}

function missingChecks(
  validation: AgentAction['validation'],
  environment: Declared,
): readonly StepName[] {
  if (validation?.undeclared !== 'refuse') return [];
  const { step, checks = [] } = validation;
  return isWalkedByStep(step, checks, environment) ? [] : undeclaredPaths(checks, environment);
}

/** Where an agent acts; undefined where it acts on no environment. */
export function environmentOf(action: AgentAction): string | undefined {
  const { deployment, smoke, canary, validation } = action;
  return (deployment ?? smoke ?? canary ?? validation)?.environment;
}

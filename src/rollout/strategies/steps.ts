/** Steps named by the specification: what each does here, and which a project has to declare itself. */

import type { DeclaredStep } from '../../config/environment.ts';
import type { StepName } from '../../judge/deployment.ts';
import type { BLUE_GREEN_ENDS, BUILT_IN_STEPS } from '../../judge/steps.ts';
import type { BuiltIn, Step } from '../plan.ts';

/** Steps nemesis does itself. A project may declare a command of the same name, which runs after it. */
export const BUILT_IN = {
  create_deployment_record: 'record',
  close_deployment_record: 'record',
  backup_current_state: 'restorable',
  verify_staging_resources: 'resources',
  enable_enhanced_monitoring: 'enhanced_monitoring',
  verify_health_checks: 'healthy',
  verify_all_instances_healthy: 'healthy',
} as const satisfies Readonly<Record<Acting, BuiltIn>>;

/** Every built-in step but the two that a blue-green deployment begins and ends with. */
type Acting = Exclude<(typeof BUILT_IN_STEPS)[number], (typeof BLUE_GREEN_ENDS)[number]>;

/** A step that is neither built in nor declared, or a path without a probe. */
export interface MissingStep extends StepName {
  /** Of a path. */
  readonly section?: string;
  readonly environment: string;
}

export interface NamedSteps {
  readonly steps: readonly Step[];
  readonly missing: readonly StepName[];
}

export function namedSteps(
  names: readonly StepName[],
  agent: string,
  declared: Readonly<Record<string, DeclaredStep>>,
  longestMs = Infinity,
): NamedSteps {
  const steps: Step[] = [];
  const missing: StepName[] = [];
  for (const step of names) {
    const { name } = step;
    const does = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name as Acting] : undefined;
    const command = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (does !== undefined) steps.push({ kind: 'builtin', name, agent, does });
    if (command !== undefined) {
      const timeoutMs = Math.min(command.timeoutMs, longestMs);
      steps.push({ kind: 'command', name, agent, argv: command.argv, timeoutMs });
    }
    if (does === undefined && command === undefined) missing.push(step);
  }
  return { steps, missing };
}

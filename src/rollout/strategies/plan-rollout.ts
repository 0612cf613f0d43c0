/** From what the gates ask and the environment has to a plan. Pure: the same asked gives the same planned. */

import { fail, ok, type Result } from '../../failure.ts';
import type { EnvironmentConfig } from '../../config/environment.ts';
import type { AgentAction, RollbackTrigger, StepName } from '../../judge/deployment.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import { releaseKey, type Dial } from '../driver.ts';
import type { ArmedTrigger, Plan, Step } from '../plan.ts';
import { blueGreen } from './blue-green.ts';
import { canary } from './canary.ts';
import { rolling } from './rolling.ts';
import { withoutDips } from './dips.ts';
import type { Fleet } from './shapes.ts';
import { slaTriggers, smokeSteps, validationSteps } from './probe-steps.ts';
import type { MissingStep } from './steps.ts';
import { windows } from './watching.ts';

/** An agent of a deploying gate. */
export interface Actor {
  readonly id: string;
  readonly action: AgentAction;
}

export interface PlanRequest {
  readonly service: string;
  readonly environment: EnvironmentConfig;
  /** What the driver can turn. */
  readonly dials: readonly Dial[];
  /** In the order their triggers make. */
  readonly actors: readonly Actor[];
  readonly release: ReleaseRecord;
  /** What serves now; null where nothing does. */
  readonly stable: ReleaseRecord | null;
  /** Above 1 in a trial: every wait is divided by it. */
  readonly speed: number;
  readonly migrations: 'none' | 'reversible' | 'forward-only';
}

export type PlanRefusal =
  | { readonly kind: 'missing_steps'; readonly steps: readonly MissingStep[] }
  | { readonly kind: 'nothing_deploys'; readonly environment: string }
  | { readonly kind: 'serves_already'; readonly release: ReleaseRecord };

export function planRollout(request: PlanRequest): Result<Plan, PlanRefusal> {
  const { service, environment, release, stable, speed } = request;
  if (stable !== null && releaseKey(stable) === releaseKey(release))
    return fail({ kind: 'serves_already', release });
  const actors = request.actors.filter(({ action }) => actsOn(action, environment.name));
  const deploying = actors.find(({ action }) => action.deployment !== undefined);
  if (deploying?.action.deployment === undefined)
    return fail({ kind: 'nothing_deploys', environment: environment.name });
  const fleet: Fleet = {
    candidate: release,
    stable,
    instances: environment.instances,
    dials: request.dials,
  };
  const planned = actors.map((actor) => stepsOf(actor, fleet, environment, speed));
  const missing = planned.flatMap((one) => one.missing);
  if (missing.length > 0) {
    const steps = missing.map((step) => ({ ...step, environment: environment.name }));
    return fail({ kind: 'missing_steps', steps });
  }
  const steps = withoutDips(
    planned.flatMap((one) => one.steps),
    fleet,
  );
  const unmeasured = planned.flatMap((one) => one.unmeasured);
  const validation = actors.find(({ action }) => action.validation !== undefined)?.action;
  const forward = request.migrations === 'forward-only';
  return ok({
    schema: 'nemesis.plan/1',
    service,
    environment: environment.name,
    strategy: deploying.action.deployment.strategy,
    release,
    stable,
    instances: environment.instances,
    dials: request.dials,
    steps,
    triggers: actors.flatMap((actor) => armed(actor, environment)),
    floor: stable === null ? 0 : environment.instances,
    promoteMs: steps.reduce((sum, step) => sum + (step.kind === 'watch' ? step.forMs : 0), 0),
    rollbackMs: environment.readyWithinMs,
    window: windows(speed),
    load: environment.load ?? null,
    alerts: environment.alerts ?? null,
    ...(environment.metrics !== undefined && { metrics: environment.metrics }),
    validationMs:
      validation?.validation === undefined ? null : validation.validation.windowMs / speed,
    onInterrupt: environment.onInterrupt,
    holdsOnFailure: forward,
    withoutTraffic: environment.withoutTraffic,
    trialSpeed: speed === 1 ? null : speed,
    ...(unmeasured.length > 0 && { unmeasured }),
    notes: notesOn(
      request,
      planned.flatMap((one) => one.notes),
    ),
  });
}

function actsOn(action: AgentAction, environment: string): boolean {
  const named = [action.deployment, action.smoke, action.canary, action.validation];
  return named.some((part) => part?.environment === environment);
}

interface PlannedSteps {
  readonly steps: readonly Step[];
  readonly missing: readonly StepName[];
  readonly notes: readonly string[];
  readonly unmeasured: readonly string[];
}

function stepsOf(
  { id, action }: Actor,
  fleet: Fleet,
  environment: EnvironmentConfig,
  speed: number,
): PlannedSteps {
  const steps: Step[] = [];
  const missing: StepName[] = [];
  const notes: string[] = [];
  const unmeasured: string[] = [];
  const add = (more: {
    readonly steps: readonly Step[];
    readonly missing: readonly StepName[];
  }) => {
    steps.push(...more.steps);
    missing.push(...more.missing);
  };
  const { deployment, smoke, canary: watched, validation } = action;
  if (deployment?.strategy === 'blue-green') add(blueGreen(deployment, id, fleet, environment));
  if (deployment?.strategy === 'rolling') add(rolling(deployment, id, fleet, environment, speed));
  if (smoke !== undefined) add(smokeSteps(smoke, id, environment));
  if (watched !== undefined) {
    if (fleet.stable === null)
      notes.push(`no canary: ${environment.name} has served no release to compare with`);
    else steps.push(...canary(watched, action.rollbackTriggers, id, fleet, environment, speed));
  }
  if (validation !== undefined) {
    const planned = validationSteps(validation, id, environment, speed);
    add(planned);
    unmeasured.push(...planned.unmeasured);
  }
  return { steps, missing, notes, unmeasured };
}

function armed({ id, action }: Actor, environment: EnvironmentConfig): readonly ArmedTrigger[] {
  const { rollbackTriggers, validation } = action;
  const own = rollbackTriggers.map((trigger: RollbackTrigger) => ({ ...trigger, agent: id }));
  return validation === undefined ? own : [...own, ...slaTriggers(validation, id, environment)];
}

function notesOn(
  { stable, dials, environment, speed, migrations }: PlanRequest,
  notes: readonly string[],
): readonly string[] {
  return [
    ...(stable === null ? ['first deployment: there is nothing to go back to'] : []),
    ...(dials.includes('traffic')
      ? []
      : [`${environment.name} cannot split traffic: it goes by instances`]),
    ...notes,
    ...(migrations === 'forward-only'
      ? ['forward-only migration: a failure holds and alerts, it is not taken back by itself']
      : []),
    ...(speed === 1 ? [] : [`a trial: every wait is divided by ${speed}`]),
  ];
}

/** What an agent does to an environment, in lines and as JSON, for `gates:list`. */

import type { AgentAction, RollbackTrigger, StepName } from '../judge/deployment.ts';
import { environmentOf, missingSteps } from '../judge/steps.ts';
import { durationText, shareText } from '../judge/written.ts';
import type { EnvironmentConfig } from '../config/environment.ts';

/** @param environments those the project has: a step that none of them declares is marked */
export function actionLines(
  action: AgentAction,
  environments: readonly EnvironmentConfig[],
): string[] {
  const own = environments.find(({ name }) => name === environmentOf(action));
  const missing = own === undefined ? [] : missingSteps(action, own).map(({ name }) => name);
  const shown = ({ name }: StepName) => (missing.includes(name) ? `${name} (not declared)` : name);
  const steps = (when: string, names: readonly StepName[]) =>
    names.length === 0 ? [] : [`  ${when.padEnd(8)} ${names.map(shown).join(', ')}`];
  const { deployment, smoke, canary, validation, requiresApproval, rollbackTriggers } = action;
  const lines: string[] = [];
  if (deployment !== undefined) {
    const { environment, strategy, batchShare, batchIntervalMs } = deployment;
    const batches =
      strategy === 'rolling'
        ? ` by ${shareText(batchShare)}, watched for ${durationText(batchIntervalMs)} each time`
        : '';
    const approval = requiresApproval ? '; a person approves it' : '';
    lines.push(`  deploys to ${environment}, ${strategy}${batches}${approval}`);
    lines.push(...steps('before', deployment.before), ...steps('between', deployment.between));
    lines.push(...steps('after', deployment.after));
  }
  if (smoke !== undefined) {
    const { step, environment, maxMs } = smoke;
    lines.push(`  walks ${environment} by ${shown(step)}, for at most ${durationText(maxMs)}`);
  }
  if (canary !== undefined) {
    const { share, environment, durationMs } = canary;
    const traffic = `${shareText(share)} of the traffic of ${environment}`;
    lines.push(`  watches ${traffic} for ${durationText(durationMs)}`);
  }
  if (validation !== undefined) {
    lines.push(`  watches ${validation.environment} for ${durationText(validation.windowMs)}`);
  }
  return [...lines, ...rollbackTriggers.map(triggerText)];
}

function triggerText(trigger: RollbackTrigger): string {
  const changedBy = trigger.kind === 'sentence' ? trigger.changedBy : undefined;
  const change = changedBy === undefined ? '' : `  (${changedBy})`;
  return `  rolls back on  ${trigger.text.trim()}  :${trigger.place.line}${change}`;
}

export function actionJson(action: AgentAction | undefined): unknown {
  if (action === undefined) return null;
  const { deployment, smoke, canary, validation, requiresApproval, rollbackTriggers } = action;
  const names = (steps: readonly StepName[]) => steps.map(({ name }) => name);
  return {
    deployment: deployment && {
      environment: deployment.environment,
      strategy: deployment.strategy,
      batch_share: deployment.batchShare,
      batch_interval_ms: deployment.batchIntervalMs,
      before: names(deployment.before),
      between: names(deployment.between),
      after: names(deployment.after),
    },
    smoke: smoke && {
      environment: smoke.environment,
      step: smoke.step.name,
      max_ms: smoke.maxMs,
    },
    canary: canary && {
      environment: canary.environment,
      share: canary.share,
      duration_ms: canary.durationMs,
    },
    validation: validation && {
      environment: validation.environment,
      window_ms: validation.windowMs,
    },
    requires_approval: requiresApproval,
    rollback_triggers: rollbackTriggers.map((trigger) => ({
      text: trigger.text.trim(),
      line: trigger.place.line,
      changed_by: trigger.kind === 'sentence' ? (trigger.changedBy ?? null) : null,
    })),
  };
}

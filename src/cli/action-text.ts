/** What an agent does to an environment, in lines and as JSON, for `gates:list`. */

import type {
  AgentAction,
  CanarySpec,
  PathName,
  RollbackTrigger,
  StepName,
} from '../judge/deployment.ts';
import { environmentOf, isWalkedByStep, missingSteps, undeclaredPaths } from '../judge/steps.ts';
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
    const { step, paths = [], environment, maxMs } = smoke;
    const isOne = smoke.paths === undefined || (own && isWalkedByStep(step, paths, own));
    const by = isOne ? `by ${shown(step)}` : `on ${paths.length} paths`;
    lines.push(`  walks ${environment} ${by}, for at most ${durationText(maxMs)}`);
    if (isOne !== true) lines.push(...sectionLines(paths, shown));
  }
  if (canary !== undefined) {
    const { share, environment, durationMs } = canary;
    const traffic = `${shareText(share)} of the traffic of ${environment}`;
    lines.push(`  watches ${traffic} for ${durationText(durationMs)}`, ...promotedLines(canary));
  }
  if (validation !== undefined) {
    const { environment, windowMs, checks = [], sensitivity } = validation;
    const looks = sensitivity === 'high' ? '; one bad look takes it back' : '';
    lines.push(`  watches ${environment} for ${durationText(windowMs)}${looks}`);
    lines.push(...checkLines(validation, checks, own));
  }
  return [...lines, ...rollbackTriggers.map(triggerText)];
}

function promotedLines({ comparisons, criteria, judge }: CanarySpec): readonly string[] {
  const sentences = [...comparisons, ...criteria.map(({ name, place }) => ({ text: name, place }))];
  const by = judge === 'statistical' ? ['  judged by statistical tests'] : [];
  return [...by, ...sentences.map(({ text, place }) => `  promotes when  ${text}  :${place.line}`)];
}

function sectionLines(
  paths: readonly PathName[],
  shown: (path: PathName) => string,
): readonly string[] {
  const sections = [...new Set(paths.map(({ section }) => section))];
  return sections.map((section) => {
    const names = paths.filter((path) => path.section === section).map(shown);
    return `  ${section}: ${names.join(', ')}`;
  });
}

/** A check nobody declares is not measured, and that is said. */
function checkLines(
  { step }: NonNullable<AgentAction['validation']>,
  checks: readonly PathName[],
  own: EnvironmentConfig | undefined,
): readonly string[] {
  if (own !== undefined && isWalkedByStep(step, checks, own)) return [`  checked by ${step!.name}`];
  const absent = own === undefined ? [] : undeclaredPaths(checks, own).map(({ name }) => name);
  return sectionLines(checks, ({ name }) =>
    absent.includes(name) ? `${name} (not declared)` : name,
  );
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
      paths: smoke.paths === undefined ? null : bySection(smoke.paths),
      max_ms: smoke.maxMs,
    },
    canary: canary && {
      environment: canary.environment,
      share: canary.share,
      duration_ms: canary.durationMs,
      judge: canary.judge,
      metrics_comparison: canary.comparisons.map(({ text, place }) => ({ text, line: place.line })),
      promotion_criteria: canary.criteria.map(({ name }) => name),
    },
    validation: validation && {
      environment: validation.environment,
      window_ms: validation.windowMs,
      checks: validation.checks === undefined ? null : bySection(validation.checks),
      sensitivity: validation.sensitivity ?? 'normal',
      undeclared: validation.undeclared ?? 'warn',
    },
    requires_approval: requiresApproval,
    rollback_triggers: rollbackTriggers.map((trigger) => ({
      text: trigger.text.trim(),
      line: trigger.place.line,
      changed_by: trigger.kind === 'sentence' ? (trigger.changedBy ?? null) : null,
    })),
  };
}

function bySection(paths: readonly PathName[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { section, name } of paths) (found[section] ??= []).push(name);
  return found;
}

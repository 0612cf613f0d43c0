/** Rolling: a batch of instances at a time, each started before the ones it replaces stop, each watched. */

import type { EnvironmentConfig } from '../../config/environment.ts';
import type { DeploymentSpec } from '../../judge/deployment.ts';
import type { Step } from '../plan.ts';
import { lookEvery } from './watching.ts';
import { batchesOf, shape, type Fleet } from './shapes.ts';
import { namedSteps, type NamedSteps } from './steps.ts';

/** @param speed what every wait is divided by */
export function rolling(
  spec: DeploymentSpec,
  agent: string,
  fleet: Fleet,
  { steps: declared, readyWithinMs }: EnvironmentConfig,
  speed: number,
): NamedSteps {
  const { instances, stable } = fleet;
  const before = namedSteps(spec.before, agent, declared);
  const after = namedSteps(spec.after, agent, declared);
  // With nothing to replace there is nothing to go slowly for.
  const batches = stable === null ? [instances] : batchesOf(instances, spec.batchShare);
  const enhanced = before.steps.some(
    (step) => step.kind === 'builtin' && step.does === 'enhanced_monitoring',
  );
  const steps = batches.flatMap((target, index): Step[] => {
    const reached = batches[index - 1] ?? 0;
    const name = `deploy_batch_${index + 1} (${Math.round((target / instances) * 100)}%)`;
    const move = (left: number, share: number): Step => ({
      kind: 'shape',
      name,
      agent,
      desired: shape(fleet, target, left, share),
      withinMs: readyWithinMs,
    });
    const forMs = spec.batchIntervalMs / speed;
    const watch: Step = {
      kind: 'watch',
      name: `verify_metrics (batch ${index + 1})`,
      agent,
      forMs,
      everyMs: lookEvery(forMs, enhanced),
    };
    const isLast = target === instances;
    return [
      move(instances - reached, reached / instances),
      move(instances - target, target / instances),
      ...(isLast ? [] : [watch]),
    ];
  });
  return {
    steps: [...before.steps, ...steps, ...after.steps],
    missing: [before, after].flatMap(({ missing }) => missing),
  };
}

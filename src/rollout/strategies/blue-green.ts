/** Blue-green: all instances of the candidate beside the ones that serve, tried without traffic, then all traffic. */

import type { EnvironmentConfig } from '../../config/environment.ts';
import type { DeploymentSpec } from '../../judge/deployment.ts';
import type { Step } from '../plan.ts';
import { shape, type Fleet } from './shapes.ts';
import { namedSteps, type NamedSteps } from './steps.ts';

export function blueGreen(
  spec: DeploymentSpec,
  agent: string,
  fleet: Fleet,
  { steps: declared, readyWithinMs }: EnvironmentConfig,
): NamedSteps {
  const { instances } = fleet;
  const move = (name: string, share: number): Step => ({
    kind: 'shape',
    name,
    agent,
    desired: shape(fleet, instances, instances, share),
    withinMs: readyWithinMs,
  });
  const before = namedSteps(spec.before, agent, declared);
  const between = namedSteps(spec.between, agent, declared);
  const after = namedSteps(spec.after, agent, declared);
  const switched: Step = fleet.dials.includes('traffic')
    ? move('switch_traffic_if_green', 1)
    : {
        ...move('switch_traffic_if_green', 1),
        kind: 'shape',
        desired: shape(fleet, instances, 0, 1),
        withinMs: readyWithinMs,
      };
  return {
    steps: [
      ...before.steps,
      move('deploy_to_blue_slot', 0),
      ...between.steps,
      switched,
      ...after.steps,
    ],
    missing: [before, between, after].flatMap(({ missing }) => missing),
  };
}

/** The events that start agents, in the order they come, and who emits each. They alone make the order of agents. */

import type { GateName } from './agent.ts';

export interface Trigger {
  readonly name: string;
  /** `outside`: a commit hook or a push; a gate: when it has passed; an agent id: when it has done its work. */
  readonly emittedBy: 'outside' | GateName | `DEPLOY_${string}`;
  /** The first gate whose agents may wait for it; one that waits earlier could never start. */
  readonly from: GateName;
}

export const TRIGGERS: readonly Trigger[] = [
  { name: 'pre-commit', emittedBy: 'outside', from: 'code' },
  { name: 'on_push', emittedBy: 'outside', from: 'code' },
  { name: 'build_success', emittedBy: 'build', from: 'test' },
  { name: 'test_phase', emittedBy: 'build', from: 'test' },
  { name: 'integration_tests_passed', emittedBy: 'DEPLOY_TEST_001', from: 'test' },
  { name: 'all_tests_passed', emittedBy: 'test', from: 'staging' },
  { name: 'staging_deployed', emittedBy: 'DEPLOY_STAGING_001', from: 'staging' },
  { name: 'smoke_tests_passed', emittedBy: 'DEPLOY_STAGING_002', from: 'staging' },
  { name: 'canary_approved', emittedBy: 'DEPLOY_STAGING_003', from: 'production' },
  { name: 'deployment_complete', emittedBy: 'DEPLOY_PROD_001', from: 'production' },
];

/** In the order their triggers come; what has none stays last. */
export function inTriggerOrder<A extends { readonly trigger?: string }>(agents: readonly A[]): A[] {
  const place = ({ trigger }: A): number => {
    const found = TRIGGERS.findIndex(({ name }) => name === trigger);
    return found < 0 ? TRIGGERS.length : found;
  };
  return [...agents].sort((a, b) => place(a) - place(b));
}

/** The keys of a gate file that say what its agent does to an environment. Names are proved in `prove-action.ts`. */

import * as z from 'zod/mini';
import { environmentName, id, oneOf, optional, percent, text, truth, wait } from './atoms.ts';

const list = <T extends z.ZodMiniType>(entry: T, of: string) =>
  z.array(entry, { error: `expected a list of ${of}` }).check(z.maxLength(50));

const steps = list(id, 'step names');
const triggers = list(text, 'sentences or signals').check(z.minLength(1));

/** A part of the specification whose checks arrive together with what measures them. */
const notYet = (what: string) => z.optional(z.never(`this version does not judge ${what} yet`));

const sequence = z.union([list(text, 'steps such as `deploy_batch_1 (25%)`'), text], {
  error: 'expected a list of steps such as `deploy_batch_1 (25%)`',
});

const deployment = z.strictObject({
  environment: environmentName,
  strategy: oneOf('blue-green', 'rolling'),
  batch_size: optional(percent, 'Rolling: the part of the fleet one batch adds'),
  batch_interval: optional(wait, 'Rolling: how long metrics are watched after each batch'),
  pre_deploy: optional(steps, 'Steps before anything is changed'),
  deploy: optional(steps, 'Blue-green: deploy_to_blue_slot … switch_traffic_if_green'),
  deploy_sequence: optional(
    sequence,
    'Rolling: the batches written out; must agree with the above',
  ),
  post_deploy: optional(steps, 'Steps when the release has all traffic'),
});

const canary = z.strictObject({
  traffic_split: percent,
  duration: wait,
  metrics_comparison: notYet('metrics_comparison'),
  automatic_rollback: optional(triggers, 'When to take the candidate back'),
  promotion_criteria: notYet('promotion_criteria'),
});

/** One step walks all of them in this version; sections of named paths are refused when they are proved. */
const criticalPaths = z.union([list(id, 'step names'), z.record(id, z.array(text))], {
  error: 'expected a list with the name of a step',
});

export const rolloutKeys = {
  deployment: optional(deployment, 'Releases to an environment'),
  rollback_triggers: optional(triggers, 'When to take a release back: error_rate > 5%'),
  instant_rollback_triggers: optional(triggers, 'As rollback_triggers'),
  requires_approval: optional(truth, 'Whether a person says yes before anything is changed'),
  critical_paths: optional(criticalPaths, 'The step that walks the critical paths: [smoke]'),
  max_duration: optional(wait, 'Longest time for the critical paths; 5m by default'),
  failure_threshold: optional(oneOf('any'), 'Any failure fails'),
  canary_config: optional(canary, 'Watches the candidate under a part of the traffic'),
  validation_suite: notYet('validation_suite'),
  monitoring_window: optional(wait, 'How long a release is watched when it has all traffic'),
};

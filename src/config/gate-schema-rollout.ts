/** The keys of a gate file that say what its agent does to an environment. Names are proved in `prove-action.ts`. */

import * as z from 'zod/mini';
import { CRITERIA } from '../judge/deployment.ts';
import {
  environmentName,
  id,
  oneOf,
  optional,
  percent,
  scalar,
  text,
  truth,
  wait,
} from './atoms.ts';

const list = <T extends z.ZodMiniType>(entry: T, of: string) =>
  z.array(entry, { error: `expected a list of ${of}` }).check(z.maxLength(50));

const steps = list(id, 'step names');
const triggers = list(text, 'sentences or signals').check(z.minLength(1));

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
  metrics_comparison: optional(
    list(
      z.union([text, z.record(id, scalar)], {
        error: 'expected a sentence such as `error_rate <= baseline + 1%`',
      }),
      'sentences',
    ).check(z.minLength(1)),
    'Sentences that have to hold before it is promoted: error_rate <= baseline + 1%',
  ),
  automatic_rollback: optional(triggers, 'When to take the candidate back'),
  promotion_criteria: optional(
    list(oneOf(...CRITERIA), 'criteria').check(z.minLength(1)),
    'What else has to hold: all_metrics_within_threshold, no_new_error_types, user_feedback_neutral_or_positive',
  ),
  judge: optional(
    oneOf('limits', 'statistical'),
    'limits (default): what the sentences say; statistical: only what chance does not explain is a no',
  ),
});

const sections = z.record(id, list(id, 'names'), {
  error: 'expected sections, each a list of names',
});

/** In sections each is a probe of its own; a list has the one step that walks all of them. */
const criticalPaths = z.union([list(id, 'step names'), sections], {
  error: 'expected sections of paths, or a list with the name of a step',
});

export const rolloutKeys = {
  deployment: optional(deployment, 'Releases to an environment'),
  rollback_triggers: optional(triggers, 'When to take a release back: error_rate > 5%'),
  instant_rollback_triggers: optional(triggers, 'As rollback_triggers'),
  requires_approval: optional(truth, 'Whether a person says yes before anything is changed'),
  critical_paths: optional(
    criticalPaths,
    'Paths in sections, each a declared probe; or the step that walks all: [smoke]',
  ),
  max_duration: optional(wait, 'Longest time for the critical paths; 5m by default'),
  failure_threshold: optional(oneOf('any'), 'Any failure fails'),
  canary_config: optional(canary, 'Watches the candidate under a part of the traffic'),
  validation_suite: optional(sections, 'Checks in sections, each a declared probe'),
  monitoring_window: optional(wait, 'How long a release is watched when it has all traffic'),
  alert_sensitivity: optional(
    oneOf('normal', 'high'),
    'In that window two bad looks in a row take a release back (normal), or one (high)',
  ),
  undeclared: optional(
    oneOf('warn', 'refuse'),
    'A check nobody declares is listed as not measured (warn), or refused when it is planned',
  ),
};
